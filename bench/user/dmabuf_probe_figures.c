// SPDX-License-Identifier: GPL-2.0
/*
 * From the samples of dmabuf_probe to figures, as bench/result_rows.c makes them:
 * order statistics, ratios of the rounds, a verdict, and the line through sizes.
 */
#include <stdlib.h>
#include <string.h>

#include "dmabuf_probe.h"

/* As in bench/: differences below 1 % do not matter, */
#define ONE		1000000ULL
#define THETA		(ONE / 100)
/* few distinct values among many samples are a coarse clock, */
#define FEW_DISTINCT	5
#define MANY_SAMPLES	20
/* and correlated neighbours are worth a warning. */
#define LAG1_LIMIT	200

/* Differences are sorted as numbers without a sign. */
#define BIAS		(UINT64_MAX / 2)

/* A series in the order of the rounds, and sorted. */
struct series {
	unsigned int n;
	u64 in_order[MAX_ROUNDS];
	u64 sorted[MAX_ROUNDS];
	bool interval;
	u64 p50, lo, hi;
	int lag1_permille;
};

enum series_kind {
	SERIES_NS,
	SERIES_RATIO,
	SERIES_DIFF,
};

/* What a round took beyond reading the clock; not below 1, for ratios. */
static u64 net_ns(const struct probe *probe, u64 ns)
{
	return ns > probe->overhead_ns ? ns - probe->overhead_ns : 1;
}

static u64 value_of(const struct probe *probe, const struct run *run, enum arm arm,
		    enum phase phase, unsigned int round, enum series_kind kind)
{
	u64 base = run->samples[round][ARM_ANON][phase].ns;
	u64 ns = run->samples[round][arm][phase].ns;

	switch (kind) {
	case SERIES_RATIO:
		return (double)net_ns(probe, base) * ONE / net_ns(probe, ns);
	case SERIES_DIFF:
		return BIAS + ns - base;
	default:
		return ns;
	}
}

static int sign_at(const struct series *series, unsigned int i)
{
	u64 value = series->in_order[i];

	return value < series->p50 ? -1 : value > series->p50;
}

/*
 * Order statistics promise too much where rounds are correlated. Sources have fewer
 * rounds than it takes to measure by how much: neighbours on the same side of the
 * median more often than chance explains leave no interval, as in bench/stat/block.c.
 */
static void find_interval(struct series *series)
{
	long long n = series->n;
	long long sum = 0;

	for (unsigned int i = 1; i < series->n; i++)
		sum += sign_at(series, i - 1) * sign_at(series, i);
	series->lag1_permille = n > 1 ? sum * 1000 / (n - 1) : 0;
	series->interval = sorted_interval(series->sorted, series->n, &series->lo, &series->hi);
	if (sum > 0 && sum * sum > 4 * (n - 1) && 5 * sum > n - 1)
		series->interval = false;
}

static void make_series(struct series *series, const struct probe *probe, const struct run *run,
			enum arm arm, enum phase phase, enum series_kind kind)
{
	memset(series, 0, sizeof(*series));
	series->n = run->rounds;
	for (unsigned int i = 0; i < series->n; i++)
		series->in_order[i] = value_of(probe, run, arm, phase, i, kind);
	if (!series->n)
		return;
	memcpy(series->sorted, series->in_order, series->n * sizeof(*series->sorted));
	sort_u64(series->sorted, series->n);
	series->p50 = sorted_median(series->sorted, series->n);
	find_interval(series);
}

static unsigned int count_distinct(const struct series *series)
{
	unsigned int distinct = 1;

	for (unsigned int i = 1; i < series->n; i++)
		distinct += series->sorted[i] != series->sorted[i - 1];
	return distinct;
}

static u64 find_mad(const struct series *series)
{
	u64 distances[MAX_ROUNDS];

	for (unsigned int i = 0; i < series->n; i++) {
		u64 value = series->sorted[i];

		distances[i] = value > series->p50 ? value - series->p50 : series->p50 - value;
	}
	sort_u64(distances, series->n);
	return sorted_median(distances, series->n);
}

/* --- two groups of samples, as bench/stat/modes.c --- */

static u64 spread(const u64 *sorted, unsigned int n)
{
	return sorted[n - 1 - n / 4] - sorted[n / 4];
}

static void find_modes(const struct probe *probe, const struct series *series,
		       struct figures *figures)
{
	const u64 *sorted = series->sorted;
	unsigned int n = series->n;
	unsigned int from = n / 10 ? n / 10 : 1;
	unsigned int split = from;
	u64 gap, low, high;

	figures->modes = 1;
	if (n < MANY_SAMPLES)
		return;
	for (unsigned int i = from; i <= n - from; i++)
		if (sorted[i] - sorted[i - 1] > sorted[split] - sorted[split - 1])
			split = i;
	gap = sorted[split] - sorted[split - 1];
	low = spread(sorted, split);
	high = spread(sorted + split, n - split);
	if (gap <= 2 * (low > high ? low : high) || gap <= 3 * probe->tick_ns ||
	    gap * 50 <= sorted[split])
		return;
	figures->modes = 2;
	figures->mode_lo = sorted_median(sorted, split) - probe->overhead_ns;
	figures->mode_hi = sorted_median(sorted + split, n - split) - probe->overhead_ns;
}

/* --- Mann-Whitney, as bench/stat/mannwhitney.c --- */

static const char *compare_unpaired(const struct series *first, const struct series *second)
{
	double n = first->n, m = second->n, all = n + m, pairs = n * m;
	double twice_u = 0, ties = 0, variance, distance;

	for (unsigned int i = 0; i < first->n; i++)
		for (unsigned int j = 0; j < second->n; j++)
			twice_u += first->sorted[i] < second->sorted[j] ? 2 :
				   first->sorted[i] == second->sorted[j];
	for (unsigned int i = 0, j = 0; i < first->n || j < second->n;) {
		u64 value = j == second->n || (i < first->n &&
			    first->sorted[i] < second->sorted[j]) ?
			    first->sorted[i] : second->sorted[j];
		double t = 0;

		for (; i < first->n && first->sorted[i] == value; i++)
			t++;
		for (; j < second->n && second->sorted[j] == value; j++)
			t++;
		ties += t * t * t - t;
	}
	variance = pairs * (all + 1) - pairs * ties / (all * (all - 1));
	distance = twice_u - pairs;
	if (distance * distance * 30000 <= variance * 38416)
		return "same";
	return distance > 0 ? "slower" : "faster";
}

/* --- a row --- */

static const char *judge(const struct series *ratios)
{
	if (!ratios->interval)
		return "unclear";
	if (ratios->lo > ONE + THETA)
		return "faster";
	if (ratios->hi < ONE - THETA)
		return "slower";
	if (ratios->lo >= ONE - THETA && ratios->hi <= ONE + THETA)
		return "same";
	return "unclear";
}

static void add_flag(struct figures *figures, const char *flag)
{
	size_t n = strlen(figures->flags);

	snprintf(figures->flags + n, sizeof(figures->flags) - n, "%s%s", n ? "+" : "", flag);
}

static bool is_correlated(const struct series *series)
{
	return series->lag1_permille > LAG1_LIMIT &&
	       (double)series->lag1_permille * series->lag1_permille * series->n > 4e6;
}

static void make_net(const struct probe *probe, const struct series *series,
		     struct figures *figures)
{
	long long overhead = probe->overhead_ns;
	double sum = 0;

	for (unsigned int i = 0; i < series->n; i++)
		sum += series->sorted[i];
	figures->min = series->sorted[0] - overhead;
	figures->p50 = series->p50 - overhead;
	figures->interval = series->interval;
	figures->p50_lo = series->lo - overhead;
	figures->p50_hi = series->hi - overhead;
	figures->p90 = sorted_percentile(series->sorted, series->n, 90) - overhead;
	figures->p99 = sorted_percentile(series->sorted, series->n, 99) - overhead;
	figures->max = series->sorted[series->n - 1] - overhead;
	figures->mean = sum / series->n - overhead;
	figures->mad = find_mad(series);
	figures->lag1_permille = series->lag1_permille;
}

static void make_flags(const struct probe *probe, const struct series *net,
		       const struct series *judged, struct figures *figures)
{
	if (figures->p50 < 3 * (long long)probe->overhead_ns ||
	    figures->p50 < 10 * (long long)probe->tick_ns)
		add_flag(figures, "below_floor");
	if (net->n >= MANY_SAMPLES && count_distinct(net) < FEW_DISTINCT)
		add_flag(figures, "low_distinct");
	if (!figures->mad)
		add_flag(figures, "mad_zero");
	if (is_correlated(judged) || (judged->n >= INTERVAL_MIN_N && !judged->interval))
		add_flag(figures, "autocorrelated");
	if (figures->modes > 1)
		add_flag(figures, "two_modes");
}

static void make_paired(const struct probe *probe, const struct run *run, enum phase phase,
			struct figures *figures, struct series *ratios)
{
	static struct series diffs;

	make_series(ratios, probe, run, ARM_EXPORTER, phase, SERIES_RATIO);
	make_series(&diffs, probe, run, ARM_EXPORTER, phase, SERIES_DIFF);
	figures->ratio = true;
	figures->ratio_interval = ratios->interval;
	figures->speedup = (ratios->p50 + 500) / 1000;
	figures->speedup_lo = (ratios->lo + 500) / 1000;
	figures->speedup_hi = (ratios->hi + 500) / 1000;
	figures->verdict = judge(ratios);
	figures->lag1_permille = ratios->lag1_permille;
	figures->diff = diffs.p50 - BIAS;
	figures->diff_lo = diffs.lo - BIAS;
	figures->diff_hi = diffs.hi - BIAS;
	figures->diff_interval = diffs.interval;
}

static void count_disturbed(const struct run *run, enum arm arm, enum phase phase,
			    struct figures *figures)
{
	for (unsigned int i = 0; i < run->rounds; i++) {
		const struct sample *sample = &run->samples[i][arm][phase];

		figures->disturbed += sample->migrated || sample->switched;
	}
}

void make_figures(const struct probe *probe, const struct run *run, enum arm arm,
		  enum phase phase, struct figures *figures)
{
	static struct series base, net, ratios;

	memset(figures, 0, sizeof(*figures));
	figures->n = run->rounds;
	figures->modes = 1;
	figures->verdict = arm == ARM_ANON ? "baseline" : "unclear";
	figures->mw = arm == ARM_ANON ? "baseline" : "same";
	if (arm == ARM_ANON && phase >= PHASE_SYNC) {
		figures->absent = true;
		add_flag(figures, "absent");
		return;
	}
	if (!run->rounds)
		return;
	make_series(&net, probe, run, arm, phase, SERIES_NS);
	make_net(probe, &net, figures);
	find_modes(probe, &net, figures);
	count_disturbed(run, arm, phase, figures);
	if (phase_is_access(phase) && phase != PHASE_RANDOM && figures->p50 > 0)
		figures->bytes_per_s = run->window[phase] * 1e9 / figures->p50;
	if (arm == ARM_EXPORTER && phase < PHASE_SYNC) {
		make_series(&base, probe, run, ARM_ANON, phase, SERIES_NS);
		figures->mw = compare_unpaired(&base, &net);
		make_paired(probe, run, phase, figures, &ratios);
		make_flags(probe, &net, &ratios, figures);
	} else {
		make_flags(probe, &net, &net, figures);
	}
}

/* --- the line through sizes --- */

struct fit {
	unsigned int n;
	double pages[MAX_SIZES];
	double ns[MAX_SIZES];
};

/* By least squares of the relative error, as scripts/plot/linear.awk. */
static void fit_line(const struct fit *fit, struct line *line)
{
	double sw = 0, sx = 0, sy = 0, sxx = 0, sxy = 0, d;

	for (unsigned int i = 0; i < fit->n; i++) {
		double x = fit->pages[i], y = fit->ns[i], w = 1 / (y * y);

		sw += w;
		sx += w * x;
		sy += w * y;
		sxx += w * x * x;
		sxy += w * x * y;
	}
	d = sw * sxx - sx * sx;
	line->per_page_ns = (sw * sxy - sx * sy) / d;
	line->fixed_ns = (sxx * sy - sx * sxy) / d;
	line->off_pct = 0;
	for (unsigned int i = 0; i < fit->n; i++) {
		double at = line->fixed_ns + line->per_page_ns * fit->pages[i];
		double off = at > 0 ? (fit->ns[i] / at - 1) * 100 : 100;

		if (off * off > line->off_pct * line->off_pct)
			line->off_pct = off;
	}
}

bool make_line(const struct probe *probe, unsigned int number, enum arm arm, enum phase phase,
	       struct line *line)
{
	const struct run *runs = probe->runs[number];
	struct figures figures;
	struct fit fit = { };

	if (phase_is_access(phase))
		return false;
	for (unsigned int i = 0; i < MAX_SIZES; i++) {
		if (!runs[i].len || !runs[i].rounds || !runs[i].samples || !runs[i].has[phase])
			continue;
		make_figures(probe, &runs[i], arm, phase, &figures);
		if (figures.absent || figures.p50 <= 0)
			continue;
		fit.pages[fit.n] = runs[i].len / probe->page;
		fit.ns[fit.n++] = figures.p50;
	}
	line->sizes = fit.n;
	if (fit.n < 3)
		return false;
	fit_line(&fit, line);
	return true;
}
