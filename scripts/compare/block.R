# SPDX-License-Identifier: GPL-2.0
# bench/stat/block.c again, for compare.R and the golden tests. Sourced.

block_t2 <- round(1000 * qt(0.975, 5:30)^2)

# Signs of the distances from the median; values equal to it go up and down in turn.
block_signs <- function(x, p50) {
	signs <- sign(x - p50)
	ties <- sum(signs == 0)
	up <- floor((ties + sum(signs < 0) - sum(signs > 0)) / 2)
	if (ties)
		signs[signs == 0] <- 2 * diff(floor((0:ties) * up / ties)) - 1
	signs
}

# Variance of the sum of all signs, from blocks of so many. Above 2^53 a double is not
# what the kernel has.
block_variance <- function(signs, length, exact) {
	n <- base::length(signs)
	blocks <- n %/% length
	sums <- colSums(matrix(signs[seq_len(blocks * length)], length))
	product <- sum(sums^2) * n
	if (exact && product > 2^53)
		return(NA)
	product %/% ((blocks - 1) * length)
}

block_find <- function(x, p50 = floor(median(x)), exact = FALSE) {
	n <- length(x)
	answer <- list(rank = (n - floor(sqrt(4 * n))) %/% 2, length = 1, widened = 100, wanted = 0)
	give_up <- function(variance) {
		answer$rank <<- 0
		answer$wanted <<- max((50 * variance) %/% n, 2 * n)
		if (exact && n > 1e5)	# 50 * variance is more than a double holds
			answer$wanted <<- NA
		answer
	}
	if (n < 6) {
		answer$rank <- 0
		return(answer)
	}
	signs <- block_signs(x, p50)
	if (n < 30) {
		sum <- sum(signs[-1] * signs[-n])
		if (sum > 0 && sum^2 > 4 * (n - 1) && 5 * sum > n - 1)
			return(give_up((n * (n - 1 + sum)) %/% (n - sum)))
		return(answer)
	}
	last <- before <- quarter <- n
	reach <- 4 * n
	length <- 3
	while (n %/% length >= 6) {
		quarter <- before
		before <- last
		last <- block_variance(signs, length, exact)
		if (is.na(last))
			return(NULL)
		longer <- last + max(last - before, 0) %/% 2
		t2 <- block_t2[min(n %/% length - 5, base::length(block_t2))]
		reach <- max(reach, (longer * t2) %/% 1000)
		answer$length <- length
		length <- 2 * length - 1
	}
	answer$widened <- floor(sqrt((10000 * reach) %/% (4 * n)))
	answer$rank <- if (floor(sqrt(reach)) < n - 1) (n - floor(sqrt(reach))) %/% 2 else 0
	if (answer$rank < 1 || 3 * last > n * (3 + answer$length) || 2 * last > 5 * max(quarter, n))
		return(give_up(longer))
	answer
}
