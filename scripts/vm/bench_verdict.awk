# SPDX-License-Identifier: GPL-2.0
# Prints the verdict of "make bench" from the engine's results.csv files of the
# ops pages, vmap and mmap, in any order: awk -f bench_verdict.awk CSV... The
# engine's ns are instructions here, because the guest counted them.

BEGIN { FS = "," }

FNR == 1 { delete at }

/^# / {
	key = value = substr($0, 3)
	sub(/=.*/, "", key)
	sub(/^[^=]*=/, "", value)
	environment[key] = value
	next
}

$1 == "run" {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}

{
	row = $at["op"] " " $at["phase"] " " $at["strategy"]
	size[row] = $at["size_bytes"]
	rounds[row] = $at["iterations"]
	complete[row] = $at["complete"]
	median[row] = $at["p50_ns"]
	ratio[row] = $at["speedup"]
	low[row] = $at["speedup_lo"]
	high[row] = $at["speedup_hi"]
}

function binary(bytes)
{
	if (bytes >= 1073741824 && bytes % 1073741824 == 0)
		return bytes / 1073741824 " GiB"
	return bytes / 1048576 " MiB"
}

function millions(count)
{
	return sprintf(count < 1e7 ? "%.2f M" : "%.1f M", count / 1e6)
}

# Of the reader's two words, the one that makes the number larger than 1.
function fewer(row)
{
	if (low[row] == "")
		return sprintf("%5.2f x fewer [too few rounds]", ratio[row])
	if (ratio[row] >= 1)
		return sprintf("%5.2f x fewer [%.2f, %.2f]", ratio[row], low[row],
			high[row])
	return sprintf("%5.2f x more  [%.2f, %.2f]", 1 / ratio[row],
		1 / high[row], 1 / low[row])
}

# line TITLE ROW TEXT: ROW without its strategy
function line(title, row, text,   old, new)
{
	old = row " page"
	new = row " sg"
	if (!(old in median) || !(new in median) || complete[old] != 1 ||
	    complete[new] != 1) {
		printf "no complete result of %s\n", row >"/dev/stderr"
		failed = 1
		return
	}
	printf "%-20s %7s -> %6s %s  %s\n", title " " binary(size[old]),
		millions(median[old]), millions(median[new]), fewer(new), text
}

END {
	printf "dmabuf-bench %s, Linux %s, QEMU -icount: instructions, not time\n",
		environment["module_version"], environment["kernel"]
	line("page array", "pages fill", "vmap patch, its loop alone")
	line("vmap+vunmap", "vmap total", "vmap patch")
	line("mmap", "mmap mmap", "mmap patch")
	if (failed)
		exit 1
	printf "Strategy page -> sg: a step a page -> a step a scatterlist entry;\n"
	printf "medians of %d rounds, 95 %% interval of the paired ratios.\n",
		rounds["mmap mmap sg"]
	array = median["vmap array page"] + median["vmap fill page"]
	printf "vmap: the page array is %.0f %% of page's total, vmap() and vunmap() are the rest.\n",
		100 * array / median["vmap total page"]
	if (environment["pat"] ~ /^(yes|on|1|enabled)/)
		printf "mmap: x86 PAT look-ups, page by page, hide more; without them (apply) %s.\n",
			trim(fewer("mmap mmap apply"))
	printf "Caches, TLBs and memory cost nothing here. On a device: sh scripts/bench.sh\n"
}

function trim(text)
{
	gsub(/^ +/, "", text)
	return text
}
