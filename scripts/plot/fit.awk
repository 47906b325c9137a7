# SPDX-License-Identifier: GPL-2.0
# The line that is nearest to a cost, after read.awk: fit() sets constant, slope, n (how
# many sizes), smallest and largest, and what find_deviation() sets.

# cost = constant + slope * pages, by least squares of the relative error: each
# size counts the same, though the largest costs a hundred times the smallest.
function fit(phase, strategy, how,   i, key, x, y, w, sw, sx, sy, sxx, sxy, d) {
	sw = sx = sy = sxx = sxy = n = 0
	for (i = 1; i <= nsizes; i++) {
		key = phase ";" strategy ";" how ";" sizes[i]
		if (!(key in cost) || cost[key] <= 0)
			continue
		x = pages_of(sizes[i])
		y = cost[key]
		w = 1 / (y * y)
		sw += w
		sx += w * x
		sy += w * y
		sxx += w * x * x
		sxy += w * x * y
		if (!n++)
			smallest = i
		largest = i
	}
	if (n < 3)
		return 0
	d = sw * sxx - sx * sx
	slope = (sw * sxy - sx * sy) / d
	constant = (sxx * sy - sx * sxy) / d
	find_deviation(phase, strategy, how)
	return 1
}

# Sets deviation, the largest in percent of the fit, and the size it is at.
function find_deviation(phase, strategy, how,   i, key, line, percent) {
	deviation = 0
	deviation_size = sizes[smallest]
	for (i = smallest; i <= largest; i++) {
		key = phase ";" strategy ";" how ";" sizes[i]
		if (!(key in cost) || cost[key] <= 0)
			continue
		line = constant + slope * pages_of(sizes[i])
		percent = line > 0 ? (cost[key] / line - 1) * 100 : 100
		if (percent * percent <= deviation * deviation)
			continue
		deviation = percent
		deviation_size = sizes[i]
	}
}
