# SPDX-License-Identifier: GPL-2.0
# Prints what gnuplot has to do for the samples of one run: each round of each strategy,
# of the total, or of the first phase where there is none. Hollow: disturbed.
# usage: awk -v dir=DIR -v stem=NAME -v unit=ns|instructions -v most=N -v batch=N
#            -f svg_open.awk -f plot_samples.awk SAMPLES
# Writes the phase, the strategies by their colours and how many samples are left out to
# -v facts=FILE, a line each.

BEGIN { FS = "," }

$1 == "round" {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}

!("ns" in at) || NF < at["ns"] { next }

{
	if (!($at["phase"] in count))
		phases[++nphases] = $at["phase"]
	n = ++count[$at["phase"]]
	round[$at["phase"], n] = $at["round"]
	arm[$at["phase"], n] = $at["arm"]
	cost[$at["phase"], n] = $at["ns"] / (batch > 1 ? batch : 1)
	flagged[$at["phase"], n] = $at["flags"] != ""
	strategy[$at["arm"]] = $at["strategy"]
	if ($at["arm"] + 1 > arms)
		arms = $at["arm"] + 1
}

END {
	shown = "total" in count ? "total" : "frame" in count ? "frame" : phases[1]
	if (count[shown])
		draw()
}

function draw(   a, f, i, low, high, plots, step)
{
	step = int((count[shown] + most - 1) / most)
	low = high = cost[shown, 1]
	for (i = 1; i <= count[shown]; i++) {
		if (cost[shown, i] < low)
			low = cost[shown, i]
		if (cost[shown, i] > high)
			high = cost[shown, i]
	}
	choose_scale(high, unit)
	open_svg(stem, svg_width, 300)
	for (a = 0; a < arms; a++)
		for (f = 0; f < 2; f++)
			if (print_samples(a, f, step))
				plots = plots sprintf("%s$block%d using 1:2 with points %s pointtype %d" \
					" pointsize 0.6", plots == "" ? "" : ", ", blocks, paint(a + 1), 7 - f)
	print "set xlabel 'round'\nset ylabel " quoted(scale_name)
	if (low > 0 && high > 20 * low)
		print "set logscale y"
	else
		printf "set yrange [0:%.9g]\n", high * scale * 1.08
	print "set offsets graph 0.02, graph 0.02, 0, 0"
	print "plot " plots
	close_svg()
	print_facts(step)
}

function print_samples(a, f, step,   i, n)
{
	open_block()
	for (i = 1; i <= count[shown]; i += step)
		if (arm[shown, i] == a && flagged[shown, i] == f) {
			printf "%d %.9g\n", round[shown, i], cost[shown, i] * scale
			n++
		}
	close_block()
	return n
}

function print_facts(step,   a)
{
	print "phase=" shown >facts
	print "left_out=" count[shown] - int((count[shown] + step - 1) / step) >facts
	for (a = 0; a < arms; a++)
		print "arm=" strategy[a] >facts
}
