# SPDX-License-Identifier: GPL-2.0
# Makes the arrays for golden.c, and says what R thinks of them.
# usage: Rscript golden.R make FILE; Rscript golden.R check TOPIC OUTPUT

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "..", "..", "compare", "block.R"))

# --- arrays ---

# Rounds that a neighbour disturbs for so many at a time.
bursts <- function(n, rounds) {
	lengths <- 1 + rgeom(n, 1 / rounds)
	rep(rep(0:1, length.out = n), lengths)[seq_len(n)]
}

kinds <- list(
	lognormal = function(n) round(exp(rnorm(n, 10, 0.5))),
	heavy = function(n) pmin(round(1e4 / runif(n)^2), 2^40),
	ties = function(n) sample(c(416, 468, 520, 572), n, TRUE),
	two_values = function(n) sample(c(999, 1000), n, TRUE, c(0.9, 0.1)),
	equal = function(n) rep(round(runif(1, 1, 1e9)), n),
	huge = function(n) 2^40 + round(rnorm(n, 0, 1e6)),
	huge_spread = function(n) round(runif(n, 1, 2^40)),
	negative = function(n) round(rnorm(n, 0, 30)),
	all_negative = function(n) round(rnorm(n, -5000, 100)),
	two_modes = function(n) round(rnorm(n, sample(c(1e5, 3e5), n, TRUE), 2000)),
	falling = function(n) 3e6 - seq_len(n),
	zeros = function(n) rep(0, n),
	bursts = function(n) round(1e5 * (1 + bursts(n, 8)) + rnorm(n, 0, 2000)),
	few_in_bursts = function(n) 500 + 52 * (bursts(n, 3) + rbinom(n, 1, 0.3)),
	drift = function(n) round(1e6 + 1e4 * as.numeric(filter(rnorm(n), 0.9, "recursive"))))

# A million numbers and the same shifted by about so many standard deviations of U:
# below 1.96 the test must not see a difference.
shifted_pair <- function(sigmas) {
	n <- 1e6
	steps <- round(sigmas * sqrt(n^2 * (2 * n + 1) / 12) / n)
	list(kind = "shifted", x = 2 * seq_len(n), y = 2 * (seq_len(n) + steps) + 1)
}

# The second array is the first one's kind too, a little shifted in some.
make_pair <- function(i) {
	if (i == 999)
		return(shifted_pair(1.8))
	name <- names(kinds)[(i - 1) %% length(kinds) + 1]
	kind <- kinds[[name]]
	small <- length(kinds) * 45
	n <- if (i <= small) (i - 1) %/% length(kinds) + 1 else sample(46:3000, 1)
	paired <- i %% 4 != 0
	m <- if (paired) n else sample(1:3000, 1)
	if (i == 1000)
		n <- m <- 1e6
	list(kind = name, x = kind(n), y = round(kind(m) * sample(c(1, 1, 1.005, 1.03, 0.7), 1)))
}

make_pairs <- function() {
	set.seed(20260101)
	lapply(1:1000, make_pair)
}

write_pairs <- function(file) {
	out <- file(file, "w")
	for (pair in make_pairs()) {
		cat(length(pair$x), length(pair$y), "\n", file = out)
		writeLines(format(pair$x, scientific = FALSE, trim = TRUE), out)
		writeLines(format(pair$y, scientific = FALSE, trim = TRUE), out)
	}
	close(out)
}

# --- what R says ---

summarise <- function(x) {
	n <- length(x)
	sorted <- sort(x)
	p50 <- floor(median(x))
	answer <- c(n = n, distinct = length(unique(x)), interval = as.numeric(n >= 6), min = min(x), p50 = p50,
		    p50_lo = 0, p50_hi = 0,
		    p90 = quantile(x, 0.90, type = 1, names = FALSE),
		    p99 = quantile(x, 0.99, type = 1, names = FALSE), max = max(x),
		    # a sum above 2^53 is not exact in R
		    mean = if (sum(abs(x)) < 2^53) trunc(sum(x) / n) else NA,
		    mad = floor(median(abs(x - p50))))
	if (n >= 6) {
		rank <- (n - floor(sqrt(4 * n))) %/% 2
		answer["p50_lo"] <- sorted[rank]
		answer["p50_hi"] <- sorted[n + 1 - rank]
		# 95 % by the binomial, and up to n = 2000 no more than one rank wider;
		# after that 2 sigma instead of 1.96 shows
		exact <- qbinom(0.025, n, 0.5)
		wider <- if (n <= 2000) 1 else 1 + 0.02 * sqrt(n)
		stopifnot(1 - 2 * pbinom(rank - 1, n, 0.5) >= 0.95, rank >= exact - wider)
	}
	answer
}

quotient <- function(a, b) (a - a %% b) / b

# floor(baseline * 10^6 / arm) without a product above 2^53
ratios <- function(baseline, arm) {
	baseline <- pmax(baseline, 1)
	arm <- pmax(arm, 1)
	whole <- quotient(baseline, arm)
	rest <- (baseline %% arm) * 1000
	thousandths <- quotient(rest, arm)
	whole * 1e6 + thousandths * 1000 + quotient((rest %% arm) * 1000, arm)
}

# The enum: faster 1, slower 2, same 3, unclear 4.
judge <- function(ratio) {
	lo <- ratio[["p50_lo"]]
	hi <- ratio[["p50_hi"]]
	if (!ratio[["interval"]]) 4
	else if (lo > 1010000) 1
	else if (hi < 990000) 2
	else if (lo >= 990000 && hi <= 1010000) 3
	else 4
}

# Mean product of the signs of neighbours, in thousandths, towards zero.
lag1 <- function(x) {
	n <- length(x)
	if (n < 2)
		return(0)
	signs <- sign(x - floor(median(x)))
	trunc(1000 * sum(signs[-1] * signs[-n]) / (n - 1))
}

# W of R counts pairs in which the first is larger.
mann_whitney <- function(x, y) {
	test <- suppressWarnings(wilcox.test(y, x, exact = FALSE, correct = FALSE))
	twice_u <- 2 * test$statistic[[1]]
	c(twice_u = twice_u, differ = as.numeric(isTRUE(test$p.value < 0.05)),
	  higher = as.numeric(twice_u > as.numeric(length(x)) * length(y)))
}

# No test of R's: what must and must not be seen as two groups.
two_modes <- function(x, kind) {
	if (length(x) < 20)
		return(c(modes = 1, mode_lo = 0, mode_hi = 0))
	if (length(x) < 100)
		return(NULL)
	if (kind == "two_modes")
		return(c(modes = 2, mode_lo = floor(median(x[x < 2e5])),
			 mode_hi = floor(median(x[x > 2e5]))))
	if (kind %in% c("lognormal", "equal", "huge", "falling", "zeros", "huge_spread"))
		return(c(modes = 1))
	NULL
}

# How often a sort asks whether it is cancelled: it takes n / 2 steps to make a heap
# and n - 1 to take the values out.
cancelled <- function(x) {
	n <- length(x)
	c(asked = (n %/% 2 + n - 1) %/% 4096, ends = 1)
}

# Of a run of 10 rounds more that was stopped: R's own cut into 7, 13 or 60 groups.
groups <- function(x) {
	n <- length(x)
	planned <- n + 10
	wanted <- if (planned < 40) 7 else if (planned < 1000) 13 else 60
	of <- rep(seq_len(wanted), planned %/% wanted + (seq_len(wanted) <= planned %% wanted))
	parts <- split(x, of[seq_len(n)])
	medians <- vapply(parts, function(part) floor(median(part)), 0)
	spreads <- vapply(parts, function(part)
		floor(median(abs(part - floor(median(part))))), 0)
	p50 <- floor(median(medians))
	noise <- (floor(median(spreads)) * 1772) %/% floor(sqrt(1e6 * (planned %/% wanted)))
	count <- length(medians)
	block <- block_find(unname(medians))
	rank <- block$rank
	ends <- if (rank) sort(unname(medians))[c(rank, count + 1 - rank)] else c(0, 0)
	c(groups = count, varies = as.numeric(floor(median(abs(medians - p50))) > noise),
	  gi = as.numeric(rank > 0), gw = block$wanted, g50 = p50, g50_lo = ends[1], g50_hi = ends[2])
}

topics <- list(
	cancelled = function(pair) cancelled(pair$x),
	group = function(pair) groups(pair$x),
	block = function(pair) block_find(pair$x, exact = TRUE),
	summary = function(pair) c(summarise(pair$x), lag1 = lag1(pair$x)),
	mannwhitney = function(pair) mann_whitney(pair$x, pair$y),
	modes = function(pair) two_modes(pair$x, pair$kind),
	paired = function(pair) {
		if (length(pair$x) != length(pair$y))
			return(NULL)
		ratio <- summarise(ratios(pair$x, pair$y))
		c(setNames(ratio, paste0("ratio_", names(ratio))), verdict = judge(ratio))
	})

check <- function(topic, output) {
	pairs <- make_pairs()
	lines <- readLines(output)
	if (length(lines) != length(pairs))
		stop("there are ", length(lines), " answers for ", length(pairs), " arrays")
	checked <- wrong <- 0
	for (i in seq_along(pairs)) {
		words <- strsplit(lines[i], "[ =]")[[1]]
		odd <- seq(1, length(words), 2)
		got <- setNames(as.numeric(words[odd + 1]), words[odd])
		wanted <- unlist(topics[[topic]](pairs[[i]]))
		for (name in names(wanted)[!is.na(wanted)]) {
			checked <- checked + 1
			if (identical(unname(got[name]), unname(wanted[name])))
				next
			wrong <- wrong + 1
			if (wrong <= 10)
				cat(sprintf("array %d (%s, n=%d): %s is %.0f, R says %.0f\n", i,
					    pairs[[i]]$kind, length(pairs[[i]]$x), name, got[name], wanted[name]))
		}
	}
	cat(checked, "figures compared,", wrong, "differ\n")
	quit(status = as.integer(wrong > 0 || !checked))
}

arguments <- commandArgs(trailingOnly = TRUE)
if (arguments[1] == "make") write_pairs(arguments[2]) else check(arguments[2], arguments[3])
