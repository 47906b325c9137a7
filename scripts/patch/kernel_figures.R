# SPDX-License-Identifier: GPL-2.0
# figures.csv of the second way of patch.sh, from the boots of two kernels.
# usage: Rscript kernel_figures.R RESULTS

source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))),
		 "intervals.R"))

results <- commandArgs(trailingOnly = TRUE)[1]
boots <- c("before1", "after1", "after2", "before2")

# The samples of one run and boot, net of the clock, of the arm that is reported: the
# kernel's own heap, else the strategy that reads the scatterlist.
read_run <- function(boot, file) {
	path <- file.path(results, boot, file)
	rows <- read.csv(path, comment.char = "#", stringsAsFactors = FALSE)
	samples <- read.csv(sub("csv$", "samples.csv", path), comment.char = "#",
			    stringsAsFactors = FALSE)
	rows$arm <- (seq_len(nrow(rows)) - 1) %/% length(unique(rows$phase))
	for (wanted in c("exporter", "sg", rows$strategy[1]))
		if (any(rows$strategy == wanted))
			break
	rows <- rows[rows$strategy == wanted & rows$p50_ns > 0 &
		     !grepl("absent", rows$flags), ]
	name <- strsplit(sub(".csv", "", file, fixed = TRUE), "-")[[1]]
	lapply(split(rows, seq_len(nrow(rows))), function(row) {
		raw <- samples$ns[samples$arm == row$arm & samples$phase == row$phase] / row$batch
		list(run = name[1], role = name[2], orders = name[3], op = row$op,
		     phase = row$phase, size = row$size_bytes, boot = boot,
		     net = raw - (median(raw) - row$p50_ns))
	})
}

# Hodges-Lehmann on logarithms: the median of all before / after, and the interval that
# belongs to the Mann-Whitney test.
ratio_of <- function(before, after) {
	all <- sort(as.vector(outer(before, after, "/")))
	k <- max(qwilcox(0.025, length(before), length(after)), 1)
	c(median(all), all[c(k, length(all) + 1 - k)])
}

spread <- function(boots) {
	each <- vapply(boots, function(one) median(one$net), 0)
	(max(each) - min(each)) / median(each)
}

row_of <- function(cell, arm, ratio, verdict) {
	net <- unlist(lapply(cell, `[[`, "net"))
	first <- cell[[1]]
	data.frame(role = first$role, op = first$op, phase = first$phase,
		   orders = first$orders, size_bytes = sprintf("%.0f", first$size),
		   arm = arm, n = length(net),
		   t(setNames(sprintf("%.0f", median_interval(net)),
			      paste0(c("p50", "p50_lo", "p50_hi"), "_instructions"))),
		   t(setNames(sprintf("%.6f", ratio), c("ratio", "ratio_lo", "ratio_hi"))),
		   verdict = verdict)
}

rows_of <- function(cell) {
	side <- sub(".$", "", vapply(cell, `[[`, "", "boot"))
	before <- cell[side == "before"]
	after <- cell[side == "after"]
	if (!length(before) || !length(after))
		return(NULL)
	ratio <- ratio_of(unlist(lapply(before, `[[`, "net")),
			  unlist(lapply(after, `[[`, "net")))
	ratio <- widen(ratio, ratio[1] * max(least_share, spread(before), spread(after)))
	rbind(row_of(before, "before", c(1, 1, 1), "baseline"),
	      row_of(after, "after", ratio, verdict_of(ratio)))
}

files <- list.files(file.path(results, boots[1]), "^[0-9]+-.*[.]csv$")
files <- files[!grepl("samples.csv", files, fixed = TRUE)]
all <- unlist(lapply(files, function(file)
	unlist(lapply(boots, read_run, file), recursive = FALSE)), recursive = FALSE)
key <- vapply(all, function(one) paste(one$run, one$phase), "")
table <- do.call(rbind, lapply(split(all, factor(key, unique(key))), rows_of))
write.csv(table, file.path(results, "figures.csv"), row.names = FALSE, quote = FALSE)
