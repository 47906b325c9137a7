# SPDX-License-Identifier: GPL-2.0
# Turns the runs of measure_heaps.sh into figures.csv, a row for each role, op, phase,
# order, size and arm. The rounds of all runs of a line are taken together: each has
# buffers of its own.
# usage: Rscript heap_figures.R DIR

source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))),
		 "intervals.R"))

die <- function(...) {
	message("patch.sh: ", ...)
	quit(status = 3)
}

# --- reading ---

read_rows <- function(file)
	read.csv(file, comment.char = "#", stringsAsFactors = FALSE)

# The samples of a run with the name of their arm, net of what reading the clock costs:
# the engine's median is net, that of its samples is not.
read_run <- function(dir, run) {
	rows <- read_rows(file.path(dir, sprintf("%s.csv", run$run)))
	samples <- read_rows(file.path(dir, sprintf("%s.samples.csv", run$run)))
	if (any(rows$complete != 1))
		die("run ", run$run, " was not complete")
	names <- strsplit(run$arms, " ")[[1]]
	phases <- unique(rows$phase)
	parts <- list()
	for (arm in seq_along(names)) for (phase in phases) {
		# a phase that such a heap has not
		if (any(grepl("absent", rows$flags[rows$phase == phase])))
			next
		raw <- samples$ns[samples$arm == arm - 1 & samples$phase == phase]
		net <- rows[rows$heap == sprintf("fd%d", arm + 2) & rows$phase == phase, ]
		if (nrow(net) != 1 || !length(raw))
			die("run ", run$run, " has no row of ", names[arm], ", ", phase)
		cost <- sort(raw)[ceiling(length(raw) / 2)] / net$batch - net$p50_ns
		parts[[length(parts) + 1]] <- data.frame(role = run$role, op = run$op,
			orders = run$orders, phase = phase, size = net$size_bytes, arm = names[arm],
			round = paste(run$run, seq_along(raw)), count = raw / net$batch - cost)
	}
	do.call(rbind, parts)
}

# --- figures ---

# The rows of one op, phase, order and size; the first arm is the baseline.
figures_of <- function(cell) {
	arms <- unique(cell$arm)
	base <- cell[cell$arm == arms[1], ]
	rows <- lapply(arms, function(arm) {
		here <- cell[cell$arm == arm, ]
		count <- median_interval(here$count)
		slack <- max(least_share * abs(count[1]), least_count)
		count <- widen(count, slack)
		ratio <- c(1, 1, 1)
		verdict <- "baseline"
		if (arm != arms[1]) {
			ratio <- ratio_of(base, here, slack / abs(count[1]))
			verdict <- verdict_of(ratio, abs(count[1] - median(base$count)))
		}
		data.frame(role = here$role[1], op = here$op[1], phase = here$phase[1],
			   orders = here$orders[1], size_bytes = here$size[1], arm = arm,
			   n = nrow(here), t(round(count)), t(sprintf("%.6f", ratio)),
			   verdict = verdict)
	})
	do.call(rbind, rows)
}

# Of the paired rounds. Where a phase does nothing, nothing can be said of it.
ratio_of <- function(base, arm, slack) {
	arm <- arm[match(base$round, arm$round), ]
	if (any(base$count <= 0) || any(arm$count <= 0))
		return(rep(NA_real_, 3))
	ratio <- median_interval(base$count / arm$count)
	widen(ratio, slack * ratio[1])
}

write_figures <- function(dir) {
	runs <- read.csv(file.path(dir, "runs", "runs.csv"), stringsAsFactors = FALSE,
			 colClasses = c(orders = "character"))
	samples <- do.call(rbind, lapply(seq_len(nrow(runs)),
					 function(i) read_run(file.path(dir, "runs"), runs[i, ])))
	key <- with(samples, paste(role, op, orders, size, phase))
	cells <- split(samples, factor(key, unique(key)))
	table <- do.call(rbind, lapply(cells, figures_of))
	names(table)[8:13] <- c("p50_instructions", "p50_lo_instructions",
				"p50_hi_instructions", "ratio", "ratio_lo", "ratio_hi")
	write.csv(table, file.path(dir, "figures.csv"), row.names = FALSE, quote = FALSE)
}

write_figures(commandArgs(TRUE)[1])
