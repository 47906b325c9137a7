# SPDX-License-Identifier: GPL-2.0
# Why CPU access to a buffer is slow: a rule a cause. Each returns 2 when the 95 %
# intervals support it, 1 when only the medians do, else 0, and sets cost, in ns of a
# frame that is the whole buffer, and text. README.md here explains the thresholds.

BEGIN {
	FS = ","
	FRAME_NS = 1e9 / 60
	MATTERS_PCT = 5		# of a frame: less is no reason to change anything
	GROWS = 0.5		# of a cost that size explains
	READ_SLOW = 3		# times ordinary memory, as the following
	WRITE_SLOW = 3
	BYTES_SLOW = 2		# bytes against 64, beyond what they cost in ordinary memory
	STREAM_FAST = 2		# copying against loads past the caches
	RANDOM_SLOW = 2
	LINEAR_CLOSE = 1.5
	FAULTS_MANY = 0.5	# a page
	TOUCH_SLOW = 2
	ALLOC_SLOW = 4
	MMAP_SLOW = 2		# against first touch
	ATTACHED_MANY = 2
	BUSY_SHARE = 0.5	# of the polls
}

# --- memory that the CPU does not cache ---

function reads_slow(run) {
	return faults_explain(run, "copy_out") ? 0 : \
		both(slower(run, "copy_out", READ_SLOW), slower(run, "read_8", READ_SLOW))
}

function writes_slow(run) {
	return both(slower(run, "copy_in", WRITE_SLOW), both(slower(run, "write_8", WRITE_SLOW),
		slower(run, "write_64", WRITE_SLOW)))
}

function writes_close(run) {
	return either(close_to(run, "copy_in", WRITE_SLOW), close_to(run, "write_64", WRITE_SLOW))
}

# Pages that fault each time are slow to read whatever their caching.
function faults_explain(run, phase) {
	return faults(run, "second") >= FAULTS_MANY && has(run, "second") && \
		figure(run, "exporter", phase, "diff_ns") / largest[run, phase] <= \
		2 * figure(run, "exporter", "second", "diff_ns") / largest[run, "second"]
}

# With what is known of its writes.
function reads_at(run, score, writes) {
	cost_beyond(run, "copy_out")
	score = both(score, both(reads_slow(run), matters()))
	text = "reads of this buffer run at " rate(run, "exporter", "copy_out") ", " \
		in_times(times_slower(run, "copy_out")) " slower than ordinary memory (" \
		rate(run, "anon", "copy_out") "), copying it out takes " of_frame(cost) " more, " \
		writes "; " cure(run)
	# for which it has looked at other costs
	cost_beyond(run, "copy_out")
	return score
}

function rule_uncached(run) {
	return reads_at(run, writes_slow(run), "and writes run at " \
		rate(run, "exporter", "copy_in") ", " in_times(times_slower(run, "copy_in")) \
		" slower: it is mapped uncached")
}

function rule_write_combined(run) {
	return reads_at(run, writes_close(run), "writes at " rate(run, "exporter", "copy_in") \
		" are not slow: it is mapped write-combined")
}

# Without writes, or with writes that do not tell.
function rule_not_cached(run) {
	if (writes_slow(run) == 2 || writes_close(run) == 2)
		return 0
	return reads_at(run, 2, "and writes do not tell why: it is mapped uncached or write-combined")
}

function cure(run,    streams) {
	streams = per_byte(run, "exporter", "copy_out", "lo_") / \
		(has(run, "read_stream") ? per_byte(run, "exporter", "read_stream", "hi_") + 1e-9 : 1e9)
	return "allocate from a cached heap and bracket access by DMA_BUF_IOCTL_SYNC: " \
		crossover(run) (streams < STREAM_FAST ? "" : "; until then read it by streaming" \
		" loads of whole lines, " in_times(streams) " faster here than memcpy()")
}

# The bytes a frame from which cached reads with a synchronisation of the buffer are
# faster than uncached ones without. At the ends of the intervals that are against it.
function crossover(run,    of, sync, gain) {
	of = synced_source(run)
	if (of == "")
		return "from how many bytes read a frame that wins is not known, as no" \
			" synchronisation was measured: give a node of a cached heap, too"
	cost_of(of, "begin_read end_read", largest[of, "begin_read"])
	sync = cost_hi == "" ? cost : cost_hi
	gain = per_byte(run, "exporter", "copy_out", "lo_") - per_byte(run, "anon", "copy_out", "hi_")
	gain = gain > 0 ? gain : 1e-9
	if (sync / gain > frame_bytes(run))
		return "but that does not win, as " synced(of) " takes more than reading all " \
			in_bytes(frame_bytes(run)) " as it is"
	return "that wins from " in_bytes(sync / gain) " read a frame on, where " synced(of) " takes " \
		duration(sync) not_coherent(run, sync, gain)
}

# What no attached device shows: cleaning the caches for one that does not look into them.
function not_coherent(run, sync, gain,    clean) {
	clean = environment["clean_ns_per_page"] * pages_of(frame_bytes(run))
	if (!clean)
		return " (for devices that are not coherent add what cleaning the caches takes)"
	clean += sync
	return "; for a device that is not coherent it takes " duration(clean) ", and " \
		(clean / gain > frame_bytes(run) ? "does not win" : \
		"wins from " in_bytes(clean / gain) " on")
}

function synced(of) {
	return "synchronising " name[of]
}

# A cached source of the same run, else the buffer itself.
function synced_source(run,    i) {
	for (i = 1; i <= sources; i++)
		if (has(runs[i], "begin_read") && has(runs[i], "copy_out") && !reads_slow(runs[i]))
			return runs[i]
	return has(run, "begin_read") ? run : ""
}

# --- how it is read and written ---

function rule_bytes(run, way, verb,    one, all, theirs, theirs_hi, scale) {
	one = way "_1"
	all = way "_64"
	if (!has(run, one) || !has(run, all) || faults_explain(run, one))
		return 0
	theirs = per_byte(run, "anon", one, "") / per_byte(run, "anon", all, "")
	theirs_hi = per_byte(run, "anon", one, "hi_") / (per_byte(run, "anon", all, "lo_") + 1e-9)
	scale = frame_bytes(run)
	cost = (per_byte(run, "exporter", one, "") - theirs * \
		per_byte(run, "exporter", all, "")) * scale
	cost_lo = (per_byte(run, "exporter", one, "lo_") - theirs_hi * \
		per_byte(run, "exporter", all, "hi_")) * scale
	if (per_byte(run, "exporter", one, "lo_") == "" || per_byte(run, "anon", one, "hi_") == "" || \
	    per_byte(run, "exporter", all, "lo_") == "" || per_byte(run, "anon", all, "lo_") == "")
		cost_lo = ""
	text = verb " byte by byte runs at " rate(run, "exporter", one) ", by 64 bytes at " \
		rate(run, "exporter", all) ", " in_digits(per_byte(run, "exporter", one, "") / \
		per_byte(run, "exporter", all, "") / theirs) " x the difference that it makes in" \
		" ordinary memory, up to " of_frame(cost) ": have the program use memcpy() of rows" \
		" or vectors, never bytes"
	return both(matters(), above(cost, cost_lo, (BYTES_SLOW - 1) * theirs * \
		per_byte(run, "exporter", all, "") * scale))
}

function rule_tlb(run,    score, huge) {
	cost_beyond(run, "random")
	score = both(slower(run, "random", RANDOM_SLOW), matters())
	score = both(score, both(close_to(run, "copy_out", LINEAR_CLOSE),
		close_to(run, "read_8", LINEAR_CLOSE)))
	huge = source[name[run], "huge_kib"] + 0
	text = "random reads are " in_times(times_slower(run, "random")) " slower than in ordinary" \
		" memory, linear ones are not: each page takes a TLB entry of its own (" chunks(run) \
		"), with one read a line " of_frame(cost) " more; read it in linear order, or" \
		" allocate it in larger chunks and map those by huge pages"
	return huge > 0 ? 0 : score
}

function chunks(run,    n) {
	n = source[name[run], "chunks"] + 0
	return n ? n " chunks for " pages_of(source[name[run], "measured_bytes"]) " pages" : \
		"mapped without huge pages; its chunks are not shown: " source[name[run], "pagemap"]
}

# --- page faults and mappings ---

function faults(run, touch) {
	return source[name[run], touch "_faults_per_page"] + 0
}

function per_page(run) {
	return duration(cost / pages_of(frame_bytes(run))) " a page"
}

function rule_faults(run,    score) {
	if (faults(run, "first") < FAULTS_MANY || faults(run, "second") >= FAULTS_MANY)
		return 0
	cost_beyond(run, "first")
	score = both(slower(run, "first", TOUCH_SLOW), matters())
	text = "the first touch of each page of a mapping faults and takes " of_frame(cost) \
		" more than that of ordinary memory (" per_page(run) "): map the buffer once and" \
		" keep the mapping, or have the exporter map all in mmap() or more than a page a fault"
	return score
}

function rule_mappings_lost(run,    score) {
	if (faults(run, "second") < FAULTS_MANY)
		return 0
	cost_beyond(run, "second")
	score = both(slower(run, "second", TOUCH_SLOW), matters())
	text = "pages that were touched before fault again, which takes " of_frame(cost) \
		" (" per_page(run) "): something unmaps what the exporter has mapped, as a driver" \
		" does that moves buffers or revokes mappings; keep the buffer from moving, or" \
		" copy it once into ordinary memory"
	return score
}

function rule_mmap(run,    touch, touch_hi, score) {
	if (!has(run, "mmap") || !has(run, "first"))
		return 0
	score = has_sizes(run, "mmap") ? grows(run, "mmap") : 2
	touch = figure(run, "anon", "first", "p50_ns")
	touch_hi = figure(run, "anon", "first", "p50_hi_ns")
	cost_of(run, "mmap", largest[run, "mmap"])
	score = both(score, above(cost, touch_hi == "" ? "" : \
		cost_lo - MMAP_SLOW * (touch_hi - touch), MMAP_SLOW * touch))
	touch = cost / (touch > 0 ? touch : 1)
	scale_cost(frame_bytes(run) / largest[run, "mmap"])
	text = "mmap() of this buffer takes " of_frame(cost) " (" per_page(run) "), " \
		in_times(touch) " what first touch takes of as much ordinary memory: " \
		(fact["pat"] == "yes" ? "it is mapped page by page, with an x86 PAT look-up each" : \
		"it is mapped page by page") "; map it once and keep the mapping, or have the" \
		" exporter map a scatterlist entry at a time, as mainline's heaps do from 6.19 on"
	return both(score, matters())
}

# The mapping of a process comes and goes between samples of its maps.
function rule_mapped_each_frame(run,    inode, i, changes) {
	inode = source[name[run], "inode"] + 0
	for (i = 2; i <= samples; i++)
		changes += where[inode, i] != where[inode, i - 1]
	if (!changes)
		return 0
	cost_of(run, "mmap first munmap", largest[run, "mmap"])
	scale_cost(frame_bytes(run) / largest[run, "mmap"])
	text = "the process maps and unmaps the buffer again and again (its mapping came, went or" \
		" moved between " changes " of " samples - 1 " looks), and mmap(), first touch and" \
		" munmap() take " of_frame(cost) ": keep the mapping for as long as the buffer lives"
	return matters()
}

function rule_unmappable(run) {
	if (source[name[run], "mmap"] == "ok" || source[name[run], "mmap"] == "")
		return 0
	cost = 0
	text = "user space cannot map this buffer: mmap() fails with " source[name[run], "mmap"] \
		"; use the interface of the driver that exported it, or have a device copy it into" \
		" a buffer of a cached heap"
	return 2
}

# --- synchronisation ---

# The direction that takes longest: sets cost and cost_lo; returns its phases.
function dearest_sync(run,    ways, i, phases, most, dearest) {
	dearest = "begin_read end_read"
	split("read write rw", ways, " ")
	for (i = 1; i <= 3; i++) {
		phases = "begin_" ways[i] " end_" ways[i]
		if (!has(run, "begin_" ways[i]))
			continue
		cost_of(run, phases, largest[run, "begin_" ways[i]])
		if (cost > most) {
			most = cost
			dearest = phases
		}
	}
	cost_of(run, dearest, largest[run, "begin_read"])
	return dearest
}

# Was a device still writing between the calls?
function waits(run,    polls) {
	polls = source[name[run], "polls"] + 0
	return polls && source[name[run], "busy_polls"] + 0 >= BUSY_SHARE * polls ? 2 : 0
}

function rule_fence(run,    score, phase) {
	if (!has(run, "begin_read"))
		return 0
	score = waits(run)
	phase = dearest_sync(run)
	sub(/ .*/, "", phase)
	cost_of(run, phase, largest[run, phase])
	text = "the beginning of CPU access waits " of_frame(cost) " for a device that still works" \
		" on the buffer (poll() found it busy " source[name[run], "busy_polls"] " of " \
		source[name[run], "polls"] " times): poll() the dma-buf or wait for its fence first," \
		" and have more buffers in the queue, so that one that is done is at hand"
	return both(score, matters())
}

function attached(run,    inode) {
	inode = source[name[run], "inode"] + 0
	return inode in attachments ? attachments[inode] : -1
}

function sync_slow(run) {
	if (!has(run, "begin_read") || waits(run) == 2)
		return 0
	dearest_sync(run)
	return matters()
}

function synced_for(run) {
	return "DMA_BUF_IOCTL_SYNC takes " of_frame(cost)
}

function rule_bounced(run,    score) {
	score = sync_slow(run)
	if (fact["swiotlb"] != "force" || !attached(run))
		return 0
	text = synced_for(run) ", copying through bounce buffers (swiotlb=force on the kernel's" \
		" command line): remove that, or give the device a DMA mask or an IOMMU that" \
		" reaches all memory"
	return score
}

function rule_attached(run,    score) {
	score = sync_slow(run)
	if (attached(run) < ATTACHED_MANY || rule_bounced(run))
		return 0
	text = synced_for(run) ", and is done for each of " attached(run) " attached devices, " \
		duration(cost / attached(run)) " each: detach those that do not use the buffer," \
		" and synchronise once a frame, not around each access"
	return score
}

function rule_sync_whole(run,    score, sized, reads) {
	if (rule_bounced(run) || rule_attached(run))
		return 0
	score = sync_slow(run)
	cost_of(run, "begin_read end_read", largest[run, "begin_read"])
	reads = cost
	sized = has_sizes(run, "begin_read") ? grows(run, dearest_sync(run)) : 2
	dearest_sync(run)
	text = synced_for(run) (has_sizes(run, "begin_read") ? ", " per_page(run) ", whatever part of" \
		" the buffer is used" : "; whether that grows with the size is not known, as its size" \
		" is fixed") ": " (source[name[run], "partial_sync"] == "known_to_this_kernel" ? \
		"use this kernel's ioctl for a part of a buffer" : "use buffers no larger than what is" \
		" read") ", do it once a frame" (reads < cost / 2 ? \
		", and say READ where you only read, which takes " duration(reads) : "")
	return both(score, sized)
}

function rule_sync_fixed(run,    score, phases) {
	if (rule_bounced(run) || rule_attached(run))
		return 0
	score = sync_slow(run)
	phases = dearest_sync(run)
	score = both(score, stays(run, phases))
	dearest_sync(run)
	text = synced_for(run) " for each size, and no device is at work on the buffer: that is no" \
		" cache maintenance, but something done each time, as for each attached device (" \
		(attached(run) < 0 ? "root sees them in debugfs, dma_buf/bufinfo" : \
		attached(run) " here") ") or by firmware; synchronise once a frame, not around each access"
	return score
}

# --- new buffers ---

function rule_alloc(run,    score) {
	if (!has(run, "alloc"))
		return 0
	score = both(slower(run, "alloc", ALLOC_SLOW), grows(run, "alloc"))
	cost_beyond(run, "alloc")
	text = "a new buffer takes " of_frame(cost) " more than as much ordinary memory, " \
		in_times(times_slower(run, "alloc")) " as long (" per_page(run) "), most of it for each" \
		" page: keep a pool of buffers and use them again, rather than to allocate in a frame"
	return both(score, matters())
}
