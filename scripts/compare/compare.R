# SPDX-License-Identifier: GPL-2.0
# The statistics behind compare.sh; see its --help.
# usage: Rscript compare.R LIMIT PHASES FORCE OLD NEW

for (part in c("block.R", "levels.R"))
	source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(),
							  value = TRUE))), part))

# What makes two results unlike. Keys of the environment header, then those of
# its line "params".
env_keys <- c("kernel", "arch", "page_size_bytes", "preempt", "cpus",
	      "clocksource", "pat", "governor", "virtualised", "debug_options",
	      "traced")
param_keys <- c("verify", "clock", "purge", "cpu")

level <- 0.95		# of the intervals, two-sided
max_samples <- 20000	# more are thinned out evenly, for the time it takes

die <- function(...) {
	message("compare.sh: ", ...)
	quit(status = 3)
}

# --- reading ---

split_pairs <- function(pairs)
	setNames(sub("^[^=]*=", "", pairs), sub("=.*", "", pairs))

# The "# key=value" lines as a named vector.
read_header <- function(lines)
	split_pairs(sub("^# ", "", grep("^# [a-z_]+=", lines, value = TRUE)))

read_params <- function(header)
	split_pairs(strsplit(paste(header["params"]), " ")[[1]])

# What makes results unlike, of both.
read_environment <- function(lines) {
	env <- read_header(lines)
	params <- read_params(env)
	env <- env[intersect(env_keys, names(env))]
	params <- params[intersect(param_keys, names(params))]
	c(env, setNames(params, sprintf("parameter %s", names(params))))
}

read_table <- function(file, lines, wanted) {
	table <- tryCatch(read.csv(text = lines, comment.char = "#",
				   stringsAsFactors = FALSE),
			  error = function(e) NULL)
	if (is.null(table) || !all(wanted %in% names(table)))
		die(file, " is not a csv of bench.sh: it has no column ",
		    paste(setdiff(wanted, names(table)), collapse = ", "))
	table
}

column_or <- function(table, name, other) {
	if (!(name %in% names(table)))
		return(rep(other, nrow(table)))
	ifelse(is.na(table[[name]]), other, table[[name]])
}

# What a clock counts is the end of its columns' names.
read_unit <- function(file, lines) {
	header <- grep("^run,", lines, value = TRUE)
	unit <- sub(".*,p50_([a-z]+),.*", "\\1", header[1])
	if (!length(header) || unit == header[1])
		die(file, " is not a csv of bench.sh: it has no column p50_ns")
	unit
}

# What one arm and phase measured: a figure a round, the median thread, and the
# buffer of each round. Threads of a round share what disturbs it.
read_rounds <- function(samples, unit) {
	buffer <- column_or(samples, "buffer", 0)
	if (!any(column_or(samples, "thread", 0) > 0))
		return(list(raw = samples[[unit]], buffer = buffer))
	round <- factor(samples$round, unique(samples$round))
	list(raw = unname(vapply(split(samples[[unit]], round), median, 0)),
	     buffer = buffer[!duplicated(samples$round)])
}

# One row for each cell of a run, with its boot and load and its rounds net of the clock, of one call.
read_run <- function(file) {
	lines <- readLines(file, warn = FALSE)
	unit <- read_unit(file, lines)
	header <- read_header(lines)
	in_unit <- paste0(c("overhead_", "tick_", "p50_"), unit)
	rows <- read_table(file, lines, c("op", "phase", "strategy", "heap",
		"size_bytes", "chunks", "iterations", in_unit))
	rows[c("overhead", "tick", "p50")] <- rows[in_unit]
	rows$unit <- unit
	samples_file <- sub("csv$", "samples.csv", file)
	if (!file.exists(samples_file))
		die(samples_file, " is missing")
	samples <- read_table(samples_file, readLines(samples_file, warn = FALSE),
			      c("arm", "phase", unit))
	rows$threads <- column_or(rows, "threads", 1)
	rows$batch <- column_or(rows, "batch", 1)
	# What was asked for: "auto" comes to another number each time.
	asked <- read_params(header)["batch"]
	rows$asked_batch <- if (is.na(asked)) rows$batch else asked
	# Rows come arm by arm, each with every phase.
	rows$arm <- (seq_len(nrow(rows)) - 1) %/% length(unique(rows$phase))
	chunk <- ifelse(rows$chunks > 0, rows$size_bytes / rows$chunks, 1)
	rows$chunk_bytes <- 2 ^ round(log2(chunk))
	rows$samples <- lapply(seq_len(nrow(rows)), function(i) {
		row <- rows[i, ]
		mine <- samples[samples$arm == row$arm & samples$phase == row$phase, ]
		if (!is.numeric(mine[[unit]]) || anyNA(mine[[unit]]))
			die(samples_file, " does not have the samples of ", row$phase,
			    " ", row$strategy)
		rounds <- read_rounds(mine, unit)
		raw <- rounds$raw / row$batch
		if (length(raw) < row$iterations)
			die(samples_file, " does not have the samples of ", row$phase,
			    " ", row$strategy)
		if (!length(raw))
			return(list())
		parts <- unname(split(raw, rounds$buffer))
		# What the engine subtracted shows in the two medians.
		offset <- median(vapply(parts, median, 0)) - row$p50
		lapply(parts, function(part) part - offset)
	})
	rows$boot <- paste(header["boot_id"])
	rows$load <- paste(header["boot_id"], header["module_loaded_ms"])
	rows$file <- file
	list(rows = rows, env = read_environment(lines))
}

# All cells of a directory; several runs of a cell become one.
read_directory <- function(directory) {
	files <- list.files(directory, "^[0-9]+-.*\\.csv$", full.names = TRUE)
	files <- files[!grepl("\\.(samples|disturbers)\\.csv$", files)]
	if (!length(files))
		die(directory, " has no NN-op.csv")
	cells <- list()
	for (file in files) {
		run <- read_run(file)
		for (i in seq_len(nrow(run$rows))) {
			row <- run$rows[i, ]
			key <- paste(row$op, row$phase, row$strategy, row$heap,
				     row$size_bytes, row$chunk_bytes, row$threads,
				     row$asked_batch, row$unit)
			cell <- cells[[key]]
			if (is.null(cell))
				cell <- list(row = row, env = run$env, parts = list(),
					     boots = character(), loads = character(),
					     floor = 0)
			cell$parts <- c(cell$parts, row$samples[[1]])
			cell$boots <- c(cell$boots, rep(row$boot, length(row$samples[[1]])))
			cell$loads <- c(cell$loads, rep(row$load, length(row$samples[[1]])))
			cell$floor <- max(cell$floor, 10 * row$tick / row$batch,
					  3 * row$overhead / row$batch)
			cells[[key]] <- cell
		}
	}
	cells
}

# --- environments ---

# Lines that name each key that differs, once for each pair of values.
differences <- function(old, new, keys) {
	lines <- character()
	for (key in keys) {
		a <- old[[key]]$env
		b <- new[[key]]$env
		for (name in union(names(a), names(b))) {
			if (!identical(unname(a[name]), unname(b[name])))
				lines <- c(lines, sprintf("  %s: %s in OLD, %s in NEW", name,
					if (is.na(a[name])) "not said" else a[name],
					if (is.na(b[name])) "not said" else b[name]))
		}
	}
	unique(lines)
}

# --- statistics ---

thin <- function(x) {
	if (length(x) <= max_samples)
		return(x)
	x[round(seq(1, length(x), length.out = max_samples))]
}

# Order statistics of both medians, each at half the error: where the test has
# no interval, because nearly all samples are equal.
crude_interval <- function(x, y, level) {
	ends <- function(x) {
		n <- length(x)
		rank <- qbinom((1 - level) / 4, n, 0.5)
		if (rank < 1)
			return(c(-Inf, Inf))
		sort(x)[c(rank, n + 1 - rank)]
	}
	ends(y) - rev(ends(x))
}

# Of log(new / old): estimate and interval.
shift <- function(x, y, level) {
	exact <- length(x) < 50 && length(y) < 50 && !anyDuplicated(c(x, y))
	answer <- tryCatch(suppressWarnings(
		wilcox.test(y, x, conf.int = TRUE, conf.level = level, exact = exact)),
		error = function(e) NULL)
	if (is.null(answer) || anyNA(answer$conf.int) || diff(answer$conf.int) <= 0)
		return(c(median(y) - median(x), crude_interval(x, y, level)))
	c(answer$estimate, answer$conf.int)
}

# Chance of such samples when the cell is not slower than the limit.
p_regressed <- function(x, y, limit) {
	if (max(x) + limit < min(y) && length(unique(x)) == 1 && length(unique(y)) == 1)
		return(1 / choose(length(x) + length(y), length(x)))
	p <- suppressWarnings(wilcox.test(y, x, mu = limit, alternative = "greater",
					  exact = length(x) < 50 && length(y) < 50 &&
						  !anyDuplicated(c(x + limit, y))))$p.value
	if (is.na(p)) 1 else p
}

compare_cell <- function(old, new, limit) {
	# as the module has it, whatever the level that the change is taken at
	p50 <- function(cell)
		median(if (cell$level %in% above_rounds) cell$samples else unlist(cell$parts))
	answer <- list(old = p50(old), new = p50(new),
		       change = NA, lo = NA, hi = NA, p = 1)
	if (min(length(old$samples), length(new$samples)) < min_figures)
		return(answer)
	if (length(old$unrepeated) || length(new$unrepeated))
		return(answer)
	if (max(answer$old, answer$new) < max(old$floor, new$floor)) {
		answer$floor <- TRUE
		return(answer)
	}
	x <- log(pmax(thin(old$samples), 1))
	y <- log(pmax(thin(new$samples), 1))
	log_ratio <- shift(x, y, level)
	answer$change <- log_ratio[1]
	answer$lo <- log_ratio[2]
	answer$hi <- log_ratio[3]
	answer$p <- p_regressed(x, y, log1p(limit / 100))
	answer
}

# --- report ---

number <- function(x) ifelse(is.na(x), "-", format(round(x), scientific = FALSE, trim = TRUE))

percent <- function(log_ratio)
	ifelse(is.na(log_ratio), "-", sprintf("%+.2f", 100 * expm1(log_ratio)))

# Columns of text, aligned: words to the left, numbers to the right.
print_table <- function(columns, left) {
	width <- mapply(function(name, column) max(nchar(c(name, column))),
			names(columns), columns)
	format_line <- function(fields)
		sub(" +$", "", paste(mapply(function(field, width, left)
			formatC(field, width = if (left) -width else width),
			fields, width, names(columns) %in% left), collapse = "  "))
	cat(format_line(names(columns)), "\n", sep = "")
	for (i in seq_along(columns[[1]]))
		cat(format_line(vapply(columns, `[`, "", i)), "\n", sep = "")
}

describe_cell <- function(cell)
	with(cell$row, sprintf("%s %s %s, heap %s, %s bytes in chunks of about %s, %s threads, batch %s",
		op, phase, strategy, heap, number(size_bytes), number(chunk_bytes),
		threads, asked_batch))

main <- function(limit, phases, force, old_directory, new_directory) {
	old <- read_directory(old_directory)
	new <- read_directory(new_directory)
	if (length(phases)) {
		old <- Filter(function(cell) cell$row$phase %in% phases, old)
		new <- Filter(function(cell) cell$row$phase %in% phases, new)
	}
	both <- intersect(names(old), names(new))
	unlike <- differences(old, new, both)
	if (length(unlike) && !force)
		die("the environments differ; use --force to compare them anyway\n",
		    paste(unlike, collapse = "\n"))
	lost <- old[setdiff(names(old), both)]
	added <- new[setdiff(names(new), both)]
	if (!length(both)) {
		for (cell in lost)
			message("  only in OLD: ", describe_cell(cell))
		for (cell in added)
			message("  only in NEW: ", describe_cell(cell))
		die("OLD and NEW have no cell in common")
	}

	for (key in both) {
		level_taken <- choose_level(old[[key]], new[[key]])
		old[[key]] <- take_level(old[[key]], level_taken)
		new[[key]] <- take_level(new[[key]], level_taken)
	}
	answers <- lapply(both, function(key) compare_cell(old[[key]], new[[key]], limit))
	get <- function(name) vapply(answers, function(a) as.numeric(a[[name]]), 0)
	floor <- vapply(answers, function(a) isTRUE(a$floor), NA)
	p <- get("p")
	p[!floor] <- p.adjust(p[!floor], "holm")
	regressed <- !floor & p <= (1 - level) / 2
	ok <- !floor & !is.na(get("hi")) & get("hi") <= log1p(limit / 100)
	verdict <- ifelse(floor, "below_floor",
		   ifelse(regressed, "regressed", ifelse(ok, "ok", "unclear")))

	field <- function(name) vapply(both, function(key)
		format(old[[key]]$row[[name]], scientific = FALSE), "")
	columns <- list(op = field("op"), phase = field("phase"),
			 strategy = field("strategy"), heap = field("heap"),
			 size_bytes = field("size_bytes"),
			 chunk_bytes = field("chunk_bytes"), threads = field("threads"),
			 batch = field("asked_batch"),
			 samples = vapply(both, function(key)
				paste0(length(old[[key]]$samples), "/",
				       length(new[[key]]$samples)), ""),
			 of = vapply(both, function(key)
				if ("blocks" %in% c(old[[key]]$level, new[[key]]$level))
					"blocks" else old[[key]]$level, ""),
			 old = number(get("old")), new = number(get("new")),
			 change_pct = percent(get("change")), lo95_pct = percent(get("lo")),
			 hi95_pct = percent(get("hi")), verdict = verdict)
	units <- field("unit")
	for (unit in unique(units)) {
		rows <- lapply(columns, `[`, units == unit)
		names(rows) <- sub("^(old|new)$", paste0("\\1_p50_", unit), names(rows))
		print_table(rows, left = c("op", "phase", "strategy", "heap", "of", "verdict"))
	}

	cat("\n")
	for (cell in lost)
		cat("only in OLD:", describe_cell(cell), "\n")
	for (cell in added)
		cat("only in NEW:", describe_cell(cell), "\n")
	for (line in unlike)
		cat("note: unlike environments:", sub("^ +", "", line), "\n")
	incomplete <- unique(c(unlist(lapply(c(old, new), function(cell)
		if (isTRUE(cell$row$complete == 0)) cell$row$file))))
	for (file in incomplete)
		cat("note: an incomplete run:", file, "\n")
	if (any(lengths(lapply(c(old[both], new[both]), `[[`, "samples")) > max_samples))
		cat("note: of more than", max_samples, "samples every so many were taken\n")
	for (line in level_notes(old[both], new[both]))
		cat("note: ", line, "\n", sep = "")
	unclear <- sum(verdict == "unclear") + length(lost)
	cat(sprintf("%d regressed, %d unclear, %d ok, %d below_floor (limit %+g %%, %d cells)\n",
		    sum(regressed), unclear, sum(verdict == "ok"), sum(floor), limit,
		    length(both) + length(lost)))
	quit(status = if (any(regressed)) 1 else if (unclear) 2 else 0)
}

arguments <- commandArgs(trailingOnly = TRUE)
tryCatch(main(as.numeric(arguments[1]),
	      strsplit(arguments[2], "[ ,]+")[[1]], arguments[3] == "force",
	      arguments[4], arguments[5]),
	 error = function(e) die("cannot compare: ", conditionMessage(e)))
