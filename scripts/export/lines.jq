# SPDX-License-Identifier: GPL-2.0
# A line for each row, as dmabuf_heap_bench of Android's libdmabufheap prints them: the
# mean, and what all calls took together. Input: a list of results folders.

.[] | .runs[] | .unit as $unit | .rows[] | select(.["mean_" + $unit] != null)
| (.iterations * (.batch // 1)) as $times | .["mean_" + $unit] as $mean
| "\(.heap) heap, \(.strategy): \(if .op == .phase then .op else "\(.op) \(.phase)" end)"
	+ " \(.size_bytes) bytes \($times) times in \($times * $mean) \($unit) \t \($mean) \($unit)/call"
