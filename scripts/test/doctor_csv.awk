# SPDX-License-Identifier: GPL-2.0
# A csv as dmabuf_probe prints it, from what a test says of a source; what it does not
# say is as of a healthy buffer of a desktop. A line is one of
#   source NAME BYTES      begins a source; the figures below are of so many bytes
#   fact KEY VALUE         of its line "# source="
#   env KEY VALUE          of all
#   reads RATE             MB/s of the buffer, all but bytes and random; so writes
#   PHASE ANON EXPORTER    MB/s of access, us of anything else
#   spread PERCENT         half of each 95 % interval from here on; "none": there is none
#   fixed PHASE SHARE      of the largest size's cost, that each size has
# Copies, loads and stores of ordinary memory run at 5000 MB/s, by bytes at 1000.

BEGIN {
	access = "write_1 write_4 write_8 write_16 write_64 write_stream copy_in read_1 read_4" \
		" read_8 read_16 read_64 read_stream copy_out random"
	others = "alloc free mmap first second munmap begin_read end_read begin_write end_write" \
		" begin_rw end_rw"
	env["page_size_bytes"] = 4096
	env["accel"] = "none"
	env["virtualised"] = "none"
	print "# program=dmabuf_probe"
}

/^#/ || !NF {
	next
}

$1 == "source" {
	begin_source($2, $3)
	next
}

$1 == "fact" {
	fact[run, $2] = $3
	next
}

$1 == "env" {
	env[$2] = $3
	next
}

$1 == "reads" || $1 == "writes" {
	n = split(access, phases, " ")
	for (i = 1; i <= n; i++)
		if (phases[i] ~ ($1 == "reads" ? "read_[48s6]|read_16|copy_out" : \
			"write_[48s6]|write_16|copy_in"))
			exporter[run, phases[i]] = $2
	next
}

$1 == "spread" {
	spread[run] = $2
	next
}

$1 == "fixed" {
	fixed[run, $2] = $3
	next
}

{
	anon[run, $1] = $2
	exporter[run, $1] = $3
}

function begin_source(name, bytes,    n, i, phases, mib) {
	run++
	names[run] = name
	size[run] = bytes
	spread[run] = 2
	mib = bytes / 1048576
	n = split(access, phases, " ")
	for (i = 1; i <= n; i++)
		anon[run, phases[i]] = exporter[run, phases[i]] = \
			phases[i] ~ /_1$/ ? 1000 : phases[i] == "random" ? 6000 : 5000
	set("alloc", 250 * mib, 300 * mib)
	set("free", 30 * mib, 30 * mib)
	set("mmap", 2, 20 * mib)
	set("first", 250 * mib, 4 * mib)
	set("second", 3 * mib, 3 * mib)
	set("munmap", 30 * mib, 5 * mib)
	n = split(others, phases, " ")
	for (i = 7; i <= n; i++)
		set(phases[i], 0, 1)
}

function set(phase, ordinary, own) {
	anon[run, phase] = ordinary
	exporter[run, phase] = own
}

function facts(r,    key, i, n, list) {
	n = split("buffer_bytes measured_bytes inode mmap writable sync partial_sync polls" \
		" busy_polls first_faults_per_page second_faults_per_page huge_kib pagemap chunks",
		list, " ")
	key["buffer_bytes"] = key["measured_bytes"] = size[r]
	key["inode"] = 100 + r
	key["mmap"] = key["sync"] = "ok"
	key["writable"] = "yes"
	key["partial_sync"] = "none"
	key["polls"] = 100
	key["busy_polls"] = key["huge_kib"] = key["chunks"] = 0
	key["first_faults_per_page"] = key["second_faults_per_page"] = "0.000"
	key["pagemap"] = "not_shown"
	printf "# source=%s", names[r]
	for (i = 1; i <= n; i++)
		printf " %s=%s", list[i], (r, list[i]) in fact ? fact[r, list[i]] : key[list[i]]
	print ""
}

function ns_of(r, phase, value, part) {
	if (access ~ phase)
		return value ? size[r] / value * 1000 : 0
	return value * 1000 * (fixed[r, phase] + (1 - fixed[r, phase]) / part)
}

function interval(value, half,    lo, hi) {
	if (half == "none")
		return sprintf("%.3f,,", value)
	return sprintf("%.3f,%.3f,%.3f", value, value * (1 - half / 100), value * (1 + half / 100))
}

function row(r, arm, phase, part,    base, own, ns, sync, half, i) {
	base = ns_of(r, phase, anon[r, phase], part)
	own = ns_of(r, phase, exporter[r, phase], part)
	sync = phase ~ /^(begin|end)_/
	ns = arm == "anon" ? base : own
	half = spread[r]
	printf "%d,op,%s,%s,%s,%.0f,0,25,1,0,20,1,%.0f,%s,0,0,0,0,0,", r, phase, arm,
		arm == "anon" ? "anon" : names[r], size[r] / part, ns, interval(ns, half)
	if (arm == "anon" || sync)
		printf ",,,unclear,,,,"
	else if (half == "none")
		printf "%.3f,,,unclear,%.0f,,,", base / own, own - base
	else
		printf "%s,unclear,%.0f,%.0f,%.0f,", interval(base / own, 2 * half), own - base,
			own - base - half / 100 * (own + base), own - base + half / 100 * (own + base)
	printf "same,0,1,,,1,1,,25,\n"
}

function rows(r, list, parts,    n, i, part, arm, phases) {
	n = split(list, phases, " ")
	for (part = 1; part <= parts; part *= 4)
		for (arm = 1; arm <= 2; arm++)
			for (i = 1; i <= n; i++)
				if (exporter[r, phases[i]] != "-")
					row(r, arm == 1 ? "anon" : "exporter", phases[i], part)
}

END {
	for (key in env)
		print "# " key "=" env[key]
	for (r = 1; r <= run; r++)
		facts(r)
	print "run,op,phase,strategy,heap,size_bytes,chunks,iterations,complete,disturbed," \
		"overhead_ns,tick_ns,min_ns,p50_ns,p50_lo_ns,p50_hi_ns,p90_ns,p99_ns,max_ns,mean_ns," \
		"mad_ns,speedup,speedup_lo,speedup_hi,verdict,diff_ns,diff_lo_ns,diff_hi_ns,mw," \
		"lag1_permille,modes,mode_lo_ns,mode_hi_ns,batch,threads,flags,buffers,bytes_per_s"
	for (r = 1; r <= run; r++) {
		rows(r, others, fact[r, "fixed_size"] ? 1 : 64)
		rows(r, access, 1)
	}
}
