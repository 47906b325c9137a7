# SPDX-License-Identifier: GPL-2.0
# Intervals and verdicts of both ways of patch.sh. Sourced.

# Boots of one kernel differ by up to so much, and small counts by so many instructions
# (scripts/exact.sh has what was seen).
least_share <- 0.002
least_count <- 32
level <- 0.95

# The median and its interval, from the ranks of the binomial distribution
median_interval <- function(values) {
	values <- sort(values)
	n <- length(values)
	rank <- max(1, qbinom((1 - level) / 2, n, 0.5))
	c(median(values), values[rank], values[n + 1 - rank])
}

# No interval is narrower than this on either side.
widen <- function(interval, by)
	c(interval[1], min(interval[2], interval[1] - by), max(interval[3], interval[1] + by))

# Of a ratio before / after with its interval; differ: of the medians, in instructions
verdict_of <- function(ratio, differ = Inf) {
	if (anyNA(ratio))
		return("unclear")
	if (ratio[2] > 1)
		return("faster")
	if (ratio[3] < 1)
		return("slower")
	is_close <- ratio[2] > 0.99 && ratio[3] < 1.01
	if (is_close || differ <= least_count) "same" else "unclear"
}
