# SPDX-License-Identifier: GPL-2.0
# What the rows of a sweep cost as a function of pages and chunks, and what sizes
# that were not measured will; see sweep.sh --help.
# usage: Rscript model.R CSV FIGURE UP_TO LIMIT SIZE...
# UP_TO and each SIZE in bytes; UP_TO may be empty.

level <- 0.95		# of the intervals of predictions
min_sizes <- 3		# fewer show nothing of a curve

die <- function(...) {
	message("sweep.sh: ", ...)
	quit(status = 3)
}

# --- reading ---

read_header <- function(lines) {
	pairs <- sub("^# ", "", grep("^# [a-z_]+=", lines, value = TRUE))
	setNames(sub("^[^=]*=", "", pairs), sub("=.*", "", pairs))
}

# The rows with figures, as cost, noise (half the interval of the median, as a
# share of it; 0 where there is none) and what the cost is a function of.
read_sweep <- function(file, figure) {
	lines <- readLines(file, warn = FALSE)
	header <- read_header(lines)
	rows <- tryCatch(read.csv(text = lines, comment.char = "#", stringsAsFactors = FALSE),
			 error = function(e) NULL)
	cost <- grep(sprintf("^%s_[a-z]+$", figure), names(rows), value = TRUE)
	wanted <- c("op", "phase", "strategy", "orders", "size_bytes", "chunks", "complete",
		    "refused")
	if (!all(wanted %in% names(rows)) || length(cost) != 1)
		die(file, " is not a csv of sweep.sh: it has no column ",
		    paste(c(setdiff(wanted, names(rows)), if (!length(cost)) figure), collapse = ", "))
	page <- as.numeric(header["page_size_bytes"])
	if (is.na(page))
		die(file, " does not say page_size_bytes")
	rows$cost <- rows[[cost]]
	rows$noise <- noise_of(rows, figure)
	rows <- rows[rows$phase != "" & rows$complete == 1 & rows$chunks > 0, ]
	rows$orders <- as.character(rows$orders)
	rows <- add_counts(rows, page)
	unit <- sub(".*_", "", cost)
	tick <- rows[[paste0("tick_", unit)]]
	list(rows = rows, unit = unit, page = page, tick = if (length(tick)) max(tick) else 0)
}

noise_of <- function(rows, figure) {
	lo <- grep("^p50_lo_", names(rows))
	hi <- grep("^p50_hi_", names(rows))
	if (figure != "p50" || length(lo) != 1 || length(hi) != 1)
		return(rep(0, nrow(rows)))
	noise <- (rows[[hi]] - rows[[lo]]) / 2 / rows$cost
	ifelse(is.finite(noise), noise, 0)
}

# The mean number of steps of a binary search in n entries.
search_steps <- function(n) {
	whole <- floor(log2(n))
	whole + 2 * (n - 2 ^ whole) / n
}

# What costs are functions of. A page table has a page of 8-byte entries. The
# fault strategies look up the chunk of each fault by a binary search.
add_counts <- function(rows, page) {
	rows$pages <- rows$size_bytes / page
	rows$tables <- ceiling(rows$pages / (page / 8))
	faults <- ifelse(rows$strategy == "fault", rows$pages,
		  ifelse(rows$strategy == "fault_sg", rows$chunks,
		  ifelse(rows$strategy == "fault_table", rows$tables, 0)))
	rows$search <- faults * search_steps(rows$chunks)
	rows
}

# --- fitting ---

# The terms of the cost of one phase and strategy, by the kind of its model. One page
# table for each so many pages is part of the cost per page unless a size has a part
# of one.
terms_of <- function(rows, page, kind) {
	if (kind == "constant")
		return("1")
	c(if (kind == "by orders" && length(unique(rows$orders)) > 1) "pages:orders"
	  else c("pages", "chunks"),
	  if (any(rows$tables * page / 8 != rows$pages)) "tables",
	  if (any(rows$search > 0) && rows$phase[1] %in% c("touch", "first", "total")) "search")
}

# Relative residuals count: each size as much as the others, though the largest
# costs a hundred times the smallest.
fit_rows <- function(rows, page, kind)
	lm(reformulate(terms_of(rows, page, kind), "cost"), data = rows, weights = 1 / cost ^ 2)

# A term that follows from others has no coefficient, which predict() warns of.
predict_rows <- function(fit, rows, ...) suppressWarnings(predict(fit, rows, ...))

# The largest error of a prediction of the largest size from all the others.
hold_out <- function(rows, page, kind) {
	largest <- rows$size_bytes == max(rows$size_bytes)
	small <- rows[!largest, ]
	known <- rows[largest & rows$orders %in% small$orders, ]
	if (length(unique(small$size_bytes)) < 2 || !nrow(known))
		return(NA)
	errors <- predict_rows(fit_rows(small, page, kind), known) / known$cost - 1
	errors[which.max(abs(errors))]
}

try_fit <- function(rows, page, kind) {
	fit <- fit_rows(rows, page, kind)
	residuals <- rows$cost / fitted(fit) - 1
	worst <- which.max(abs(residuals))
	list(kind = kind, fit = fit, rows = rows, residual = residuals[worst],
	     at = rows[worst, ], held = hold_out(rows, page, kind))
}

# What sizes and orders do not change, as far as the noise shows, has no slope that
# could be followed to larger sizes.
is_constant <- function(rows, page) {
	if (diff(range(rows$cost)) == 0)
		return(TRUE)
	constant <- fit_rows(rows, page, "constant")
	p <- vapply(c("ok", "by orders"), function(kind)
		anova(constant, fit_rows(rows, page, kind))[2, "Pr(>F)"], 0)
	all(is.na(p) | p > 0.01)
}

bound_of <- function(answer) max(abs(c(answer$residual, answer$held)), na.rm = TRUE)

# One cost per page and one per chunk for all orders, over all sizes, if that is what
# the figures show; else a cost per page for each orders; else the same without the
# smallest sizes: kernel address space is reclaimed, and pages are freed, in batches
# that small buffers do not fill. All three: the model that has all coefficients, too.
fit_cell <- function(rows, page, limit) {
	sizes <- sort(unique(rows$size_bytes))
	if (length(sizes) < min_sizes)
		return(NULL)
	enough <- max(limit / 2, median(rows$noise))
	kinds <- if (is_constant(rows, page)) "constant" else c("ok", "by orders")
	best <- NULL
	for (from in sizes[seq_len(length(sizes) - min_sizes + 1)]) {
		used <- rows[rows$size_bytes >= from, ]
		for (kind in kinds) {
			answer <- try_fit(used, page, kind)
			answer$all <- try_fit(used, page, "ok")
			if (bound_of(answer) <= enough)
				return(answer)
			if (is.null(best) || bound_of(answer) < bound_of(best))
				best <- answer
		}
	}
	if (best$kind != "constant")
		best$kind <- "not linear"
	best
}

# --- prediction ---

# A buffer of this size, with chunks of the mean size of the largest one measured.
imagine <- function(rows, page, bytes) {
	row <- rows[which.max(rows$size_bytes), ]
	row$chunks <- max(1, round(row$chunks * bytes / row$size_bytes))
	row$size_bytes <- bytes
	add_counts(row, page)
}

# The interval of lm(), which takes errors for chance, and no less than what the
# model was seen to be off by.
predict_size <- function(answer, page, orders, bytes) {
	row <- imagine(answer$rows[answer$rows$orders == orders, ], page, bytes)
	estimate <- predict_rows(answer$fit, row)
	interval <- c(NA, NA)
	if (answer$fit$df.residual > 0)
		interval <- predict_rows(answer$fit, row, interval = "prediction", level = level,
					 weights = 1 / estimate ^ 2)[1, c("lwr", "upr")]
	off <- abs(estimate) * bound_of(answer)
	list(estimate = estimate, lo = min(interval[1], estimate - off, na.rm = TRUE),
	     hi = max(interval[2], estimate + off, na.rm = TRUE))
}

# --- report ---

# Columns of text, aligned: words to the left, numbers to the right.
print_table <- function(columns, left) {
	width <- mapply(function(name, column) max(nchar(c(name, column))),
			names(columns), columns)
	print_line <- function(fields)
		cat(sub(" +$", "", paste(mapply(function(field, width, left)
			formatC(field, width = if (left) -width else width),
			fields, width, names(columns) %in% left), collapse = "  ")), "\n", sep = "")
	print_line(names(columns))
	for (i in seq_along(columns[[1]]))
		print_line(vapply(columns, `[`, "", i))
}

percent <- function(x) ifelse(is.na(x), "-", sprintf("%+.3f", 100 * x))
whole <- function(x) ifelse(is.na(x), "-", sprintf("%.0f", x))

size_name <- function(bytes) {
	units <- c("B", "KiB", "MiB", "GiB", "TiB")
	power <- pmin(floor(log(bytes, 1024)), 4)
	sprintf("%.4g%s", bytes / 1024 ^ power, units[power + 1])
}

# A coefficient and its standard error, "-" where the figures do not tell it.
coefficient <- function(answer, name, digits) {
	table <- suppressWarnings(coef(summary(answer$fit)))
	if (!(name %in% rownames(table)))
		return(c("-", "-"))
	format <- sprintf("%%.%df", digits)
	error <- table[name, "Std. Error"]
	c(sprintf(format, table[name, "Estimate"]),
	  if (is.nan(error)) "-" else sprintf(format, error))
}

print_model <- function(answers, names) {
	of <- function(name, digits) vapply(answers, function(answer)
		coefficient(answer$all, name, digits), c("", ""))
	get <- function(f) vapply(answers, f, "")
	fixed <- of("(Intercept)", 0)
	pages <- of("pages", 4)
	chunks <- of("chunks", 3)
	columns <- c(names, list(
		from = get(function(a) size_name(min(a$rows$size_bytes))),
		rows = get(function(a) as.character(nrow(a$rows))),
		fixed = fixed[1, ], se = fixed[2, ], per_page = pages[1, ], se = pages[2, ],
		per_chunk = chunks[1, ], se = chunks[2, ]))
	for (name in c("tables", "search")) {
		values <- of(name, 3)
		if (any(values[1, ] != "-"))
			columns <- c(columns, setNames(list(values[1, ], values[2, ]),
						       c(c(tables = "per_table", search = "per_search")[name], "se")))
	}
	columns <- c(columns, list(
		"off_%" = get(function(a) percent(a$all$residual)),
		at = get(function(a) paste(size_name(a$all$at$size_bytes), a$all$at$orders)),
		verdict = get(function(a) a$kind)))
	print_table(columns, c("op", "phase", "strategy", "at", "verdict"))
}

# The costs per page of those whose orders differ by more than a cost per chunk.
print_slopes <- function(answers, names) {
	wanted <- which(vapply(answers, function(a) a$kind == "by orders", NA))
	if (!length(wanted))
		return(invisible())
	cat("\nA cost per chunk does not explain these; per page of each orders:\n")
	for (i in wanted) {
		all <- sort(unique(answers[[i]]$rows$orders))
		cat(sprintf("%s %s %s: fixed %s,", names$op[i], names$phase[i], names$strategy[i],
			    coefficient(answers[[i]], "(Intercept)", 0)[1]),
		    paste0(vapply(all, function(orders) paste(orders, paste(coefficient(answers[[i]],
			paste0("pages:orders", orders), 4), collapse = " se ")), ""), collapse = ", "),
		    sprintf("(off by %s %%)\n", percent(answers[[i]]$residual)))
	}
}

# The cost of one more page.
slope_at <- function(rows, orders)
	coef(lm(cost ~ pages, rows[rows$orders == orders, ], weights = 1 / cost ^ 2))[["pages"]]

# Does vmap() map an array page by page, or runs of adjacent pages at once? Then a page
# costs more in chunks of one page than in large ones: twice, to be sure.
print_batching <- function(answers, cells) {
	at <- which(cells$op == "vmap" & cells$phase == "map" &
		    cells$strategy %in% c("page", "sg", "array"))
	if (!length(at))
		return(invisible())
	rows <- answers[[at[1]]]$rows
	runs <- tapply(rows$pages / rows$chunks, rows$orders, mean)
	if (max(runs) < 16 * min(runs)) {
		cat("\nwhether vmap() maps runs of pages at once, chunks of such different sizes would tell: --orders '8 0'\n")
		return(invisible())
	}
	small <- slope_at(rows, names(which.min(runs)))
	large <- slope_at(rows, names(which.max(runs)))
	cat(sprintf("\nvmap() of %s: %.4g a page in chunks of %.4g pages, %.4g in chunks of %.4g: this kernel maps %s\n",
		    cells$strategy[at[1]], small, min(runs), large, max(runs),
		    if (small >= 2 * large) "runs of pages at once" else "page by page"))
}

# Returns for each prediction whether it is off by more than the limit, and by more than a
# step of the clock; NA where that size was not measured. Totals are named so.
print_predictions <- function(answers, cells, sweep, sizes, limit) {
	columns <- list()
	wrong <- logical()
	for (i in seq_along(answers)) {
		answer <- answers[[i]]
		for (orders in unique(answer$rows$orders)) for (bytes in sizes) {
			guess <- predict_size(answer, sweep$page, orders, bytes)
			measured <- cells[[i]]
			measured <- measured$cost[measured$orders == orders &
						  measured$size_bytes == bytes][1]
			error <- guess$estimate / measured - 1
			is_off <- abs(error) > limit && abs(guess$estimate - measured) > sweep$tick
			wrong <- c(wrong, setNames(is_off, answer$at$phase))
			columns <- rbind(columns, data.frame(op = answer$at$op, phase = answer$at$phase,
				strategy = answer$at$strategy, orders = orders, size = size_name(bytes),
				predicted = whole(guess$estimate), lo = whole(guess$lo),
				hi = whole(guess$hi), "held_out_%" = percent(answer$held),
				measured = whole(measured), "error_%" = percent(error),
				verdict = if (is.na(error)) "-" else if (is_off) "OFF" else "ok",
				check.names = FALSE))
		}
	}
	print_table(columns, c("op", "phase", "strategy", "orders", "verdict"))
	wrong
}

main <- function(file, figure, up_to, limit, sizes) {
	sweep <- read_sweep(file, figure)
	key <- with(sweep$rows, paste(op, phase, strategy))
	cells <- split(sweep$rows, factor(key, unique(key)))
	# what costs nothing has no relative error
	absent <- names(Filter(function(cell) any(cell$cost <= 0), cells))
	cells <- cells[setdiff(names(cells), absent)]
	answers <- lapply(cells, function(cell) fit_cell(
		if (is.na(up_to)) cell else cell[cell$size_bytes <= up_to, ], sweep$page, limit))
	short <- vapply(answers, is.null, NA)
	cells <- cells[!short]
	answers <- answers[!short]
	if (length(absent))
		cat("left out, as they cost nothing somewhere:", paste(absent, collapse = ", "), "\n")
	if (any(short))
		cat(sum(short), "of fewer than", min_sizes, "sizes are left out\n")
	if (!length(answers)) {
		cat("nothing could be fitted\n")
		quit(status = 2)
	}
	field <- function(name) vapply(answers, function(a) a$at[[name]], "")
	names <- list(op = field("op"), phase = field("phase"), strategy = field("strategy"))
	cat(sprintf("cost in %s = fixed + per_page * pages + per_chunk * chunks (lm, weights 1 / cost^2; %s; pages of %d bytes)\n",
		    sweep$unit, figure, sweep$page))
	print_model(answers, names)
	print_slopes(answers, names)
	print_batching(answers, names)
	if (!length(sizes))
		quit(status = 0)
	cat("\n")
	wrong <- print_predictions(answers, cells, sweep, sizes, limit)
	totals <- wrong[names(wrong) == "total"]
	cat(sprintf("\nof totals %d of %d are off by more than %g %%\n", sum(totals, na.rm = TRUE),
		    sum(!is.na(totals)), 100 * limit))
	cat(sprintf("predictions: %d, of which %d can be checked: %d off by more than %g %%\n",
		    length(wrong), sum(!is.na(wrong)), sum(wrong, na.rm = TRUE), 100 * limit))
	quit(status = if (any(wrong, na.rm = TRUE)) 1 else 0)
}

arguments <- commandArgs(trailingOnly = TRUE)
tryCatch(main(arguments[1], arguments[2], as.numeric(arguments[3]),
	      as.numeric(arguments[4]) / 100, as.numeric(arguments[-(1:4)])),
	 error = function(e) die("cannot fit: ", conditionMessage(e)))
