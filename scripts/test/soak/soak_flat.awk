# SPDX-License-Identifier: GPL-2.0
# Is the memory of a soak flat? Reads soak.csv. The growth of a column is the median of the
# differences between samples that are a quarter of the soak apart, for the whole of it: a
# leak moves all of them, a step that comes once a third at most, and noise some up and
# some down. Flat is a growth within the column's limit. The first samples, while caches
# fill, do not count. What is alive after a sample has to be nothing. Exit status: 0 flat;
# 1 not flat; 2 too few samples, or runs, to say.

BEGIN {
	FS = ","
	# kB: some twice what a soak without a defect moved by
	limit["free_kb"] = 1024; limit["slab_kb"] = 192; limit["unreclaimable_kb"] = 768
	limit["kmalloc_kb"] = 64; limit["vmalloc_kb"] = 128; limit["percpu_kb"] = 128
	limit["tables_kb"] = 128; limit["stacks_kb"] = 128
}

NR == 1 {
	for (i = 1; i <= NF; i++)
		name[i] = $i
	columns = NF
	next
}

{
	n++
	for (i = 1; i <= NF; i++)
		value[n, i] = $i
	for (i = 12; i <= NF; i++)
		if ($i != 0)
			alive = alive sprintf("  sample %d: %s=%s\n", n, name[i], $i)
}

function median(v, n,	k, j, t) {
	for (k = 2; k <= n; k++) {
		t = v[k]
		for (j = k - 1; j > 0 && v[j] > t; j--)
			v[j + 1] = v[j]
		v[j + 1] = t
	}
	return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

# Of column @i from sample @from to @to.
function growth_of(i, from, to,	lag, k, steps) {
	lag = int((to - from + 1) / 4)
	for (k = from; k + lag <= to; k++)
		steps[k - from + 1] = value[k + lag, i] - value[k, i]
	return median(steps, to - lag - from + 1) * (to - from) / lag
}

END {
	warm = int(n / 5) < 2 ? 2 : int(n / 5)
	if (n - warm < 8) {
		printf "%d samples, %d of them warm-up: too few to say\n", n, warm
		exit 2
	}
	from = warm + 1
	done = value[n, 3] - value[from, 3]
	if (done < 100) {
		printf "%d runs after the warm-up: too few to say\n", done
		exit 2
	}
	printf "%d runs in %d s after the warm-up of %d samples\n", done,
		value[n, 2] - value[from, 2], warm
	printf "%-18s %10s %10s %9s %9s %13s\n", "kB", "first", "last", "growth", "limit",
		"bytes a run"
	for (i = 4; i < 12; i++) {
		growth = growth_of(i, from, n) * (name[i] == "free_kb" ? -1 : 1)
		bad = growth > limit[name[i]]
		all_bad += bad
		printf "%-18s %10d %10d %9d %9d %13.1f%s\n", name[i], value[from, i],
			value[n, i], growth, limit[name[i]], growth * 1024 / done,
			bad ? "  NOT FLAT" : ""
	}
	if (alive != "")
		printf "alive when nothing should be:\n%s", alive
	exit all_bad || alive != ""
}
