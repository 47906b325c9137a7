# SPDX-License-Identifier: GPL-2.0
# Prints what the most costly call of a recording of callers.sh costs, of those that the
# measured ops make.
# usage: awk -v ops="vmap mmap" -v machine=NAME -f calls_seen.awk callers.csv

BEGIN {
	FS = ","
	wanted["dma_buf_vmap"] = ops ~ /vmap|array|vtouch|replay/
	wanted["dma_buf_mmap"] = wanted["dma_buf_mmap_internal"] = ops ~ /mmap|(^| )touch/
}

/^# kernel=/ { split($0, word, " ") }

/^# wall_ns=/ { wall_ns = substr($0, 11) }

/^#/ { next }

$1 == "function" {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}

wanted[$1] {
	who = $at["caller"] " [" $at["caller_module"] "]"
	if ($at["driver"] != "-")
		who = who " for the driver " $at["driver"]
	printf "on %s, Linux %s, %s: %s took %.3f ms of %.3f s in %d calls; one call takes" \
		" %.3f ms (p50), %.2f %% of a frame at 60 Hz\n", machine, word[4], who, $1,
		$at["total_ns"] / 1e6, wall_ns / 1e9, $at["calls"], $at["p50_ns"] / 1e6,
		$at["p50_ns"] / 166666.67
	exit
}
