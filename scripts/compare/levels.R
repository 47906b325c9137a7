# SPDX-License-Identifier: GPL-2.0
# Where figures vary: from boot to boot, from load to load of the module, from buffer
# to buffer, from round to round (Kalibera and Jones, Rigorous benchmarking in
# reasonable time, ISMM 2013). Sourced by compare.R.
#
# A cell has the rounds of each buffer in parts, and the boot and load of each in boots
# and loads.

above_rounds <- c("boots", "loads", "buffers")	# from the highest
min_figures <- 6	# fewer have no interval of 95 %
differ <- 0.01		# chance of such a difference between equal units

# --- the units of a level ---

count_units <- function(cell, level)
	switch(level, boots = length(unique(cell$boots)), loads = length(unique(cell$loads)),
	       buffers = length(cell$parts))

# What each load was of, in the order of figures_of(cell, "loads").
boots_of_loads <- function(cell)
	as.vector(tapply(cell$boots, cell$loads, `[`, 1))

# One figure for each unit: the median of those of the level below.
figures_of <- function(cell, level) {
	figures <- vapply(cell$parts, median, 0)
	if (level == "buffers")
		return(figures)
	figures <- as.vector(tapply(figures, cell$loads, median))
	if (level == "loads")
		return(figures)
	as.vector(tapply(figures, boots_of_loads(cell), median))
}

# --- rounds ---

# The figures of a run that are as good as independent: medians of odd blocks where
# rounds are correlated, none where the run is too short for that.
independent <- function(x) {
	if (length(x) < 30)
		return(list(x = x, level = "rounds"))
	block <- block_find(x, median(x))
	size <- (block$widened / 100)^2
	if (block$wanted > 0)
		return(list(x = numeric(), level = "rounds"))
	if (size < 2)
		return(list(x = x, level = "rounds"))
	size <- 2 * ceiling((size - 1) / 2) + 1
	blocks <- length(x) %/% size
	list(x = apply(matrix(x[seq_len(blocks * size)], size), 2, median), level = "blocks")
}

# --- which level ---

# The highest one of which both sides have enough. Rounds of few buffers say nothing of
# the next buffer, nor buffers of few loads of the next load.
choose_level <- function(old, new) {
	for (level in above_rounds)
		if (min(count_units(old, level), count_units(new, level)) >= min_figures)
			return(level)
	"rounds"
}

# Sets the cell's figures, their level, the level that varied most, and those that
# vary too much for that level.
take_level <- function(cell, level) {
	cell$level <- level
	if (level == "rounds") {
		figures <- lapply(cell$parts, independent)
		cell$samples <- unlist(lapply(figures, `[[`, "x"))
		if (any(vapply(figures, `[[`, "", "level") == "blocks"))
			cell$level <- "blocks"
		cell$part <- rep(seq_along(figures), lengths(lapply(figures, `[[`, "x")))
	} else {
		cell$samples <- figures_of(cell, level)
	}
	shares <- level_shares(cell)
	cell$varied <- names(which.max(shares))
	cell$unrepeated <- find_unrepeated(cell, level, shares)
	cell
}

# Mean variance of the figures of units that belong together, NA when none do.
variance_within <- function(figures, parent) {
	variances <- tapply(figures, parent, var)
	if (all(is.na(variances)))
		return(NA)
	mean(variances, na.rm = TRUE)
}

# How much of the variance of the cell's figure each level accounts for: that of its
# units, without what they inherit from the units of the level below, divided by their
# number.
level_shares <- function(cell) {
	rounds <- median(vapply(cell$parts, mad, 0)^2)
	inherited <- rounds * pi / 2 / median(lengths(cell$parts))
	shares <- c(rounds = inherited / length(cell$parts))
	for (level in rev(above_rounds)) {
		figures <- figures_of(cell, level)
		parent <- switch(level, boots = rep(1, length(figures)),
				 loads = boots_of_loads(cell), buffers = cell$loads)
		variance <- variance_within(figures, parent)
		if (is.na(variance))
			next
		shares[level] <- max(variance - inherited, 0) / length(figures)
		inherited <- variance * length(unique(parent)) / length(figures)
	}
	shares
}

# Do the groups differ by more than chance? Rounds are many and have long tails; of
# medians there are a few, of which ranks would never tell.
groups_differ <- function(figures, group, level) {
	if (length(unique(group)) < 2 || length(figures) <= length(unique(group)))
		return(FALSE)
	p <- if (level == "rounds") kruskal.test(figures, group)$p.value
	     else suppressWarnings(anova(lm(figures ~ factor(group))))[1, "Pr(>F)"]
	!is.na(p) && p < differ
}

# Levels above the one taken of which there are a few units, too few for an interval,
# that differ by more than chance and vary most.
find_unrepeated <- function(cell, level, shares) {
	groups <- switch(level, boots = list(),
			 loads = list(boots = boots_of_loads(cell)),
			 buffers = list(boots = cell$boots, loads = cell$loads),
			 rounds = list(buffers = cell$part))
	differing <- vapply(groups, function(group) groups_differ(cell$samples, group, level), NA)
	intersect(names(which(unlist(differing))), cell$varied)
}

# --- what is said of it ---

level_notes <- function(old, new) {
	cells <- c(old, new)
	all_levels <- c(above_rounds, "rounds")
	count <- function(what) vapply(cells, what, 0)
	either <- function(test) sum(mapply(function(a, b) test(a) || test(b), old, new))
	notes <- character()
	few <- either(function(cell) cell$level %in% c("rounds", "blocks"))
	if (few)
		notes <- sprintf("%d cells are of rounds of fewer than %d buffers, and say nothing of other buffers: measure with buffers=N, or in several runs",
				 few, min_figures)
	single <- Filter(function(level) all(count(function(cell) count_units(cell, level)) == 1),
			 c("boots", "loads"))
	if (length(single))
		notes <- c(notes, sprintf("all is of one %s on each side: nothing is said of others (bench.sh --repeat N)",
					  paste(sub("s$", "", rev(single)), collapse = " and one ")))
	for (level in all_levels) {
		most <- either(function(cell) identical(cell$varied, level))
		if (most)
			notes <- c(notes, sprintf("%s varied most in %d of %d cells", level, most,
						  length(old)))
	}
	for (level in above_rounds) {
		unrepeated <- either(function(cell) level %in% cell$unrepeated)
		if (unrepeated)
			notes <- c(notes, sprintf("%d cells are unclear because %s differ, and there are fewer than %d: measure more",
						  unrepeated, level, min_figures))
	}
	short <- either(function(cell) length(cell$samples) < min_figures)
	if (short)
		notes <- c(notes, sprintf("%d cells have fewer than %d figures, or rounds correlated beyond what the run can show: take longer runs",
					  short, min_figures))
	notes
}
