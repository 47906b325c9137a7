# SPDX-License-Identifier: GPL-2.0
# What a page and a chunk cost, of the rows of role "slope" of a figures.csv of patch.sh.
# usage: Rscript patch_slopes.R FIGURES PAGE_BYTES >SLOPES

limit <- 0.01		# of residuals, as a share of the cost
min_sizes <- 3		# fewer show nothing of a curve
terms <- c(fixed = "(Intercept)", page = "pages", chunk = "chunks")

# Chunks are known where each has one order. A mixed table's are not.
read_rows <- function(file, page) {
	rows <- read.csv(file, stringsAsFactors = FALSE, colClasses = c(orders = "character"))
	rows$cost <- rows[[grep("^p50_[a-z]+$", names(rows))]]
	rows <- rows[rows$role == "slope" & rows$cost > 0, ]
	order <- suppressWarnings(as.numeric(rows$orders))
	rows$pages <- rows$size_bytes / page
	rows$chunks <- rows$size_bytes / (page * 2 ^ order)
	rows
}

# Each size counts as much as the others, though the largest costs a hundred times the
# smallest.
fit_rows <- function(rows, model) {
	fit <- lm(model, rows, weights = 1 / cost ^ 2)
	off <- rows$cost / fitted(fit) - 1
	worst <- which.max(abs(off))
	list(fit = fit, off = off[worst], rows = rows, at = rows[worst, ])
}

# All sizes if they lie on a line, else without the smallest: what is freed in batches
# costs these something that is no slope.
fit_line <- function(rows, model) {
	sizes <- sort(unique(rows$size_bytes))
	if (length(sizes) < min_sizes)
		return(NULL)
	best <- NULL
	for (from in sizes[seq_len(length(sizes) - min_sizes + 1)]) {
		answer <- fit_rows(rows[rows$size_bytes >= from, ], model)
		if (is.null(best) || abs(answer$off) < abs(best$off))
			best <- answer
		if (abs(answer$off) <= limit)
			return(answer)
	}
	best
}

coefficients_of <- function(fit) {
	interval <- suppressWarnings(confint(fit))
	figures <- lapply(names(terms), function(name) {
		term <- terms[[name]]
		known <- term %in% names(coef(fit)) && !is.na(coef(fit)[[term]])
		setNames(if (known) c(coef(fit)[[term]], interval[term, ]) else rep(NA, 3),
			 paste0(name, c("", "_lo", "_hi")))
	})
	ifelse(is.finite(unlist(figures)), unlist(figures), NA)
}

row_of <- function(cell, orders, answer)
	data.frame(op = cell$op[1], phase = cell$phase[1], arm = cell$arm[1], orders = orders,
		   as.list(coefficients_of(answer$fit)),
		   from_bytes = min(answer$rows$size_bytes), off_percent = 100 * answer$off,
		   at = paste(answer$at$size_bytes, "bytes, orders", answer$at$orders),
		   fits = as.numeric(abs(answer$off) <= limit))

# The model of all orders, then a line for each.
fit_cell <- function(cell) {
	known <- cell[is.finite(cell$chunks), ]
	answers <- list()
	if (length(unique(known$orders)) > 1)
		answers$all <- fit_line(known, cost ~ pages + chunks)
	for (orders in unique(cell$orders))
		answers[[orders]] <- fit_line(cell[cell$orders == orders, ], cost ~ pages)
	do.call(rbind, lapply(names(answers), function(orders)
		row_of(cell, orders, answers[[orders]])))
}

arguments <- commandArgs(trailingOnly = TRUE)
rows <- read_rows(arguments[1], as.numeric(arguments[2]))
key <- with(rows, paste(op, phase, arm))
table <- do.call(rbind, lapply(split(rows, factor(key, unique(key))), fit_cell))
if (!is.null(table))
	write.csv(format(table, digits = 15, trim = TRUE), stdout(), row.names = FALSE, quote = TRUE)
