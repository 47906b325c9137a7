# SPDX-License-Identifier: GPL-2.0
# How often the interval of bench/stat/block.c holds the median that a run without
# end would have. Takes minutes; no test runs it.
# usage: Rscript coverage.R [RUNS [ROUNDS...]]

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "..", "..", "compare", "block.R"))

# Correlation falls by rho from a round to the next.
correlated <- function(n, rho) {
	first <- min(2000, ceiling(10 / (1 - rho)))
	series <- filter(rnorm(n + first), rho, "recursive") * sqrt(1 - rho^2)
	as.numeric(series)[-seq_len(first)]
}

# A neighbour that runs for so many rounds at a time, this share of the time.
neighbour <- function(n, rounds, duty = 0.5) {
	stop <- 1 / rounds
	start <- stop * duty / (1 - duty)
	running <- runif(1) < duty
	lengths <- 1 + rgeom(n, rep(if (running) c(stop, start) else c(start, stop),
				    length.out = n))
	rep(rep(if (running) 1:0 else 0:1, length.out = n), lengths)[seq_len(n)]
}

heavy <- function(n) rt(n, 1.5)

# Logarithms of ratios, and the median of a run without end.
series <- list(
	independent = list(0, function(n) rnorm(n)),
	heavy = list(0, heavy),
	ar0.2 = list(0, function(n) correlated(n, 0.2)),
	ar0.5 = list(0, function(n) correlated(n, 0.5)),
	ar0.8 = list(0, function(n) correlated(n, 0.8)),
	ar0.9 = list(0, function(n) correlated(n, 0.9)),
	ar0.95 = list(0, function(n) correlated(n, 0.95)),
	ar0.99 = list(0, function(n) correlated(n, 0.99)),
	ar0.9_skewed = list(1, function(n) exp(2 * correlated(n, 0.9))),
	ar0.95_heavy = list(0, function(n) correlated(n, 0.95) + 0.3 * heavy(n)),
	slow_drift = list(0, function(n) correlated(n, 0.999) + rnorm(n)),
	bursts3 = list(0.15, function(n) 0.3 * neighbour(n, 3) + rnorm(n, 0, 0.05)),
	bursts10 = list(0.15, function(n) 0.3 * neighbour(n, 10) + rnorm(n, 0, 0.05)),
	bursts30 = list(0.15, function(n) 0.3 * neighbour(n, 30) + rnorm(n, 0, 0.05)),
	bursts100 = list(0.15, function(n) 0.3 * neighbour(n, 100) + rnorm(n, 0, 0.05)),
	bursts300 = list(0.15, function(n) 0.3 * neighbour(n, 300) + rnorm(n, 0, 0.05)))

# Of so many runs: in percent, intervals given and those of them that hold the truth.
try_runs <- function(kind, n, runs) {
	answers <- replicate(runs, {
		# as integers, which the kernel has
		x <- round(1e6 * kind[[2]](n))
		block <- block_find(x)
		if (block$rank < 1)
			return(c(NA, block$widened))
		ends <- sort(x)[c(block$rank, n + 1 - block$rank)]
		truth <- 1e6 * kind[[1]]
		c(ends[1] <= truth && truth <= ends[2], block$widened)
	})
	given <- !is.na(answers[1, ])
	sprintf("%d %.1f %.2f", round(100 * mean(given)), 100 * mean(answers[1, given]),
		median(answers[2, given]) / 100)
}

arguments <- as.numeric(commandArgs(trailingOnly = TRUE))
runs <- if (length(arguments)) arguments[1] else 400
rounds <- if (length(arguments) > 1) arguments[-1] else c(20, 51, 101, 501, 2001, 20001)
set.seed(20260101)
cat("series rounds given_pct holds_pct widened\n")
for (name in names(series))
	for (n in rounds)
		cat(name, n, try_runs(series[[name]], n, runs), "\n")
