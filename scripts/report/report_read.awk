# SPDX-License-Identifier: GPL-2.0
# Reads csv of the engine, of sweep.sh and figures.csv of patch.sh for the programs
# beside it.
#
#   env[file, key]       the "# key=value" lines; files and file_name[]; the keys in
#                        order are key_order[1..keys]
#   cells                runs of the engine, or a size and orders of a sweep:
#                        cell_op[] cell_heap[] cell_heaps[] (how many) cell_size[]
#                        cell_chunks[] cell_orders[] cell_threads[] cell_batch[]
#                        cell_swept[] cell_role[] (of patch.sh) cell_file[]
#                        cell_first[] cell_last[]; rows are those between
#   phase[], strategy[], heap[], p50[] and so on, as the columns are named
#   clock_unit           of the columns; page_bytes

BEGIN { FS = "," }

FNR == 1 {
	file_name[++files] = FILENAME
	split("", at)
	last_key = ""
}

{ sub(/\r$/, "") }

/^# [a-z0-9_]+=/ {
	key = value = substr($0, 3)
	sub(/=.*/, "", key)
	sub(/^[^=]*=/, "", value)
	env[files, key] = value
	if (!(key in key_known))
		key_order[++keys] = key
	key_known[key] = 1
	if (key == "page_size_bytes")
		page_bytes = value + 0
	next
}

/^#/ { next }

$1 == "run" || $1 == "role" {
	for (i = 1; i <= NF; i++) {
		at[$i] = i
		if ($i ~ /^p50_[a-z]+$/)
			clock_unit = substr($i, 5)
	}
	at["p50"] = at["p50_" clock_unit]
	next
}

# refused in a sweep
!("op" in at) || $at["phase"] == "" { next }

{ read_row() }

function get(name)
{
	return name in at ? $at[name] : ""
}

function figure(name)
{
	return get(name "_" clock_unit)
}

function read_row(   key)
{
	key = files SUBSEP get("role") SUBSEP get("op") SUBSEP \
		get("size_bytes") SUBSEP get("orders")
	if (key != last_key)
		cell_of_key = cell_known(key)
	last_key = key
	read_figures(++rows)
	cell_last[cell_of_key] = rows
	count_heap(cell_of_key, heap[rows])
}

# Rows of one cell follow each other: of a sweep, those of a second run of more
# strategies do, too.
function cell_known(key)
{
	cells++
	cell_role[cells] = get("role")
	cell_op[cells] = get("op")
	cell_size[cells] = get("size_bytes")
	cell_chunks[cells] = get("chunks")
	cell_threads[cells] = get("threads")
	cell_batch[cells] = get("batch")
	cell_orders[cells] = "orders" in at ? get("orders") : env[files, "orders"]
	cell_swept[cells] = "refused" in at
	cell_file[cells] = files
	cell_first[cells] = rows + 1
	return cells
}

function count_heap(cell, name)
{
	if (!((cell, name) in heap_seen)) {
		heap_seen[cell, name] = 1
		cell_heaps[cell]++
		cell_heap[cell] = cell_heap[cell] == "" ? name : cell_heap[cell]
	}
}

function read_figures(r)
{
	row_cell[r] = cells
	phase[r] = get("phase")
	strategy[r] = "arm" in at ? get("arm") : get("strategy")
	heap[r] = get("heap")
	iterations[r] = "n" in at ? get("n") : get("iterations")
	complete[r] = "complete" in at ? get("complete") : 1
	disturbed[r] = get("disturbed")
	least_cost[r] = figure("min")
	p50[r] = figure("p50")
	p50_lo[r] = figure("p50_lo")
	p50_hi[r] = figure("p50_hi")
	p90[r] = figure("p90")
	p99[r] = figure("p99")
	most_cost[r] = figure("max")
	mad[r] = figure("mad")
	speedup[r] = "ratio" in at ? get("ratio") : get("speedup")
	speedup_lo[r] = "ratio" in at ? get("ratio_lo") : get("speedup_lo")
	speedup_hi[r] = "ratio" in at ? get("ratio_hi") : get("speedup_hi")
	verdict[r] = get("verdict")
	flags[r] = get("flags")
}

# An arm is a strategy, with its heap where they differ.
function arm_name(r)
{
	return cell_heaps[row_cell[r]] > 1 ? heap[r] ":" strategy[r] : strategy[r]
}

# 67108864 -> "64 MiB"
function size_name(bytes,   i, name)
{
	split("bytes KiB MiB GiB TiB", name, " ")
	for (i = 1; i < 5 && bytes >= 1024; i++)
		bytes /= 1024
	return sprintf("%.4g %s", bytes, name[i])
}
