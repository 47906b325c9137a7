# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # what it shares with the other parts of report.sh
# The sections of the page, one for each thing that a folder can hold. Sourced by
# report.sh.

# More points than a browser draws at once.
most_samples=3000
# Rows of a table that a reader still reads
most_callers=25

# all_files: the csv of all runs, a path a line
all_files()
{
	while read -r subject; do
		subject_files "$subject"
	done <"$scratch/subjects"
	while read -r folder; do
		[ ! -f "$folder/figures.csv" ] || printf '%s\n' "$folder/figures.csv"
	done <"$scratch/patches"
}

# Sets from and to, the ends of the axis of all speedups of the report.
find_range()
{
	# the slopes of a sweep have pictures of their own
	range=$(all_files | while read -r file; do
		is_sweep "$file" || printf '%s\n' "$file"
	done | tr '\n' '\0' | xargs -r -0 awk -v what=range -f "$parts/report_read.awk" \
		-f "$parts/svg_open.awk" -f "$parts/plot_intervals.awk")
	from=${range% *} to=${range#* }
	: "${from:=1}" "${to:=1}"
}

# on_runs ARGUMENT...: awk, of the csv that $own lists
on_runs()
{
	tr '\n' '\0' <"$own" | xargs -0 awk -v unit="$unit" -f "$parts/report_read.awk" "$@"
}

title_of()
{
	printf 'Linux %s %s, %s' "$release" "$(env_of arch "$first_csv")" \
		"$(last_of machine "$mail/how")"
}

# section_subject SUBJECT: after make_mail
section_subject()
{
	own=$scratch/own
	subject_files "$subject" >"$own"
	heading 2 "$(title_of)"
	paragraph dim "folder $(basename "$(folder_of "$subject")")"
	note_verdict "Linux $release" "$(tell verdict || :)"
	warnings "$(folder_of "$subject")/environment.txt"
	if [ -d "$subject" ]; then
		runs_pictures
		each_run
		also_saved
	else
		section_sweep "$subject"
	fi
	section_parts
}

# note_verdict OF TEXT: for the beginning of the page
note_verdict()
{
	{
		printf '<p class="verdict"><b>%s</b>: ' "$(as_html "$1")"
		printf '%s.</p>\n' "$(as_html "${2%.}")"
	} >>"$scratch/verdicts"
}

# warnings FILE: what bench.sh saw that spoils figures
warnings()
{
	[ -f "$1" ] || return 0
	sed -n 's/^warning=//p' "$1" | sort -u | while read -r text; do
		paragraph warning "$text"
	done
}

runs_pictures()
{
	stem=runs-$mails
	{
		on_runs -v dir="$scratch/svg" -v stem="$stem-speedup" -v from="$from" -v to="$to" \
			-f "$parts/svg_open.awk" -f "$parts/plot_intervals.awk"
		on_runs -v dir="$scratch/svg" -v stem="$stem-shares" -f "$parts/shares.awk" \
			-f "$parts/svg_open.awk" -f "$parts/plot_shares.awk"
	} | draw
}

each_run()
{
	on_runs -v what=list -f "$parts/shares.awk" -f "$parts/report_html.awk" \
		-f "$parts/report_tables.awk" >"$scratch/runs"
	while IFS='|' read -r cell text batch file; do
		heading 3 "$text"
		echo '<div class="plots">'
		figure "$stem-speedup-$cell" \
			'Speedup over the baseline with its 95 % interval, if it has one; the axis is that of
all runs.'
		figure "$stem-shares-$cell" 'What the total is made of (p50).' \
			"$(table_of legend | legend)"
		samples "$stem-samples-$cell" "${file%.csv}.samples.csv" "$batch"
		echo '</div>'
		table_of table
	done <"$scratch/runs"
}

# table_of WHAT: of $cell
table_of()
{
	on_runs -v what="$1" -v cell_wanted="$cell" -f "$parts/shares.awk" \
		-f "$parts/report_html.awk" -f "$parts/report_tables.awk"
}

# samples NAME FILE BATCH
samples()
{
	[ -s "$2" ] || return 0
	: >"$scratch/samples"
	awk -v dir="$scratch/svg" -v stem="$1" -v unit="$unit" -v most="$most_samples" \
		-v batch="$3" -v facts="$scratch/samples" -f "$parts/svg_open.awk" \
		-f "$parts/plot_samples.awk" "$2" | draw
	text="Every sample of phase $(last_of phase "$scratch/samples"), raw; hollow ones were disturbed."
	left_out=$(last_of left_out "$scratch/samples")
	[ "${left_out:-0}" = 0 ] || text="$text $left_out are left out, evenly."
	figure "$1" "$text" "$(sed -n 's/^arm=//p' "$scratch/samples" | awk '{ print NR "|" $0 }' |
		legend)"
}

# What has no csv of the engine, such as mmap of a program.
also_saved()
{
	for file in "$subject"/*.results.txt; do
		if [ -f "$file" ] && [ ! -f "${file%.results.txt}.csv" ]; then
			preformatted "$(basename "$file")" "$file"
		fi
	done
}

# section_sweep CSV
section_sweep()
{
	figure_of_cost=p50
	[ "$unit" != instructions ] || figure_of_cost=min
	sweeps_drawn=$((${sweeps_drawn:-0} + 1))
	: >"$scratch/curves"
	awk -v figure="$figure_of_cost" -v unit_label="$unit" -v dir="$scratch/svg" \
		-v stem="sweep-$sweeps_drawn" -v facts="$scratch/curves" \
		-f "$here/plot/read.awk" -f "$here/plot/fit.awk" -f "$parts/svg_open.awk" \
		-f "$parts/plot_curves.awk" "$1" | draw
	heading 3 'Cost against size'
	paragraph '' "Points are $figure_of_cost of each size, the line is constant + per page * pages,
by least squares of the relative error."
	curves_by_phase
	fit_of_sweep "$1"
}

# A group of pictures for each phase; that of the first one is open.
curves_by_phase()
{
	open=' open' shown='' number=0
	sed -n 's/^picture|//p' "$scratch/curves" >"$scratch/pictures"
	while IFS='|' read -r phase orders; do
		number=$((number + 1))
		if [ "$phase" != "$shown" ]; then
			[ -z "$shown" ] || echo '</div></details>'
			printf '<details%s><summary>%s</summary><div class="plots">\n' "$open" \
				"$(as_html "$phase")"
			open='' shown=$phase
		fi
		figure "sweep-$sweeps_drawn-$number" "$phase, orders $orders, $unit" \
			"$(curves_of "$number" | legend)"
	done <"$scratch/pictures"
	[ -z "$shown" ] || echo '</div></details>'
}

# curves_of NUMBER: "COLOUR|STRATEGY: CONSTANT + PER_PAGE a page" of one picture
curves_of()
{
	awk -F '|' -v wanted="$1" '
	$1 == "picture" { n++ }
	$1 == "curve" && n == wanted {
		print $2 "|" $3 ($5 == "" ? "" : ": " $4 " + " $5 " a page, off by " $6 " %")
	}' "$scratch/curves"
}

# What lm() says of pages and chunks, for all orders together.
fit_of_sweep()
{
	sh "$here/sweep.sh" --fit "$1" --figure "$figure_of_cost" >"$scratch/fit" \
		2>"$scratch/fit.err" || {
		paragraph dim "No cost a page and a chunk: $(tail -n 1 "$scratch/fit.err" "$scratch/fit" |
			tail -n 1)"
		return 0
	}
	preformatted 'Cost a page and a chunk, by lm() over all orders' "$scratch/fit"
}

# What a list asks for, of $mail or a folder of patch.sh, and the text for the mail.
section_parts()
{
	heading 3 'What a mailing list asks for'
	mail_tells parts >"$scratch/parts"
	awk -F '\t' -f "$parts/report_html.awk" -f "$parts/report_parts.awk" "$scratch/parts"
	mail_tells mail >"$scratch/mail.txt"
	preformatted 'The text for a mail' "$scratch/mail.txt"
}

# mail_tells FORMAT: its status says whether it is enough, which the table says, too
mail_tells()
{
	if [ -n "${patch_folder:-}" ]; then
		tell_patch "$patch_folder" "$1" || :
	else
		tell "$1" || :
	fi
}

# section_patch DIR: a result of patch.sh
section_patch()
{
	patch_folder=$1 own=$scratch/own unit=instructions mails=$((mails + 1))
	subject=$1
	heading 2 "Patch: $(last_of files "$1/how")"
	paragraph dim "folder $(basename "$1"); Linux $(last_of release "$1/how"), $(last_of emulator "$1/how")"
	note_verdict "Patch $(basename "$1")" "$(mail_tells verdict)"
	if [ -s "$1/figures.csv" ]; then
		printf '%s\n' "$1/figures.csv" >"$own"
		# slopes are in the text
		grep -v '^slope,' "$1/figures.csv" >"$scratch/figures.csv"
		printf '%s\n' "$scratch/figures.csv" >"$own"
		runs_pictures
		each_run
	fi
	section_parts
	tell_patch "$1" text >"$scratch/report.txt" || :
	preformatted 'The whole report of patch.sh' "$scratch/report.txt"
	patch_folder=
}

# section_callers DIR: a recording of callers.sh
section_callers()
{
	heading 2 "Who maps dma-bufs: $(last_of machine "$1/recording.txt")"
	paragraph dim "folder $(basename "$1"); $(last_of kernel "$1/recording.txt")"
	note_verdict "Callers on $(last_of machine "$1/recording.txt")" \
		"$(head -n 2 "$1/report.txt" 2>/dev/null | tr '\n' ' ' | sed 's/ *$//')"
	flames=$((${flames:-0} + 1))
	if [ -s "$1/stacks.folded" ]; then
		awk -v dir="$scratch/svg" -v stem="flame-$flames" -f "$parts/svg_open.awk" \
			-f "$parts/plot_flame.awk" "$1/stacks.folded" | draw
		figure "flame-$flames" 'Where the time was spent: processes below, who calls whom
above them, as wide as the time.'
	fi
	[ ! -s "$1/callers.csv" ] || awk -v most="$most_callers" -f "$parts/report_html.awk" \
		-f "$parts/report_callers.awk" "$1/callers.csv"
	[ ! -f "$1/report.txt" ] || preformatted 'The whole report of callers.sh' "$1/report.txt"
}

# section_comparison FILE: what compare_folders left
section_comparison()
{
	heading 2 'Comparison'
	number=0
	while IFS='|' read -r changes notes old new; do
		number=$((number + 1))
		heading 3 "$old -> $new"
		awk -v dir="$scratch/svg" -v stem="changes-$number" -f "$parts/svg_open.awk" \
			-f "$parts/plot_changes.awk" "$changes" | draw
		figure "changes-$number" 'Change of the cost with its 95 % interval (compare.sh).'
		paragraph dim 'ok: the whole interval is below 2 % more; regressed: it is above that,
also at the level that the number of cells asks for (Holm); unclear: neither, or too few figures for that level.'
		awk -F , -f "$parts/report_html.awk" -f "$parts/report_changes.awk" "$changes"
		while read -r line; do
			paragraph dim "$line"
		done <"$notes"
	done <"$1"
}

# The conditions of all, and the commands that repeat them.
section_environment()
{
	heading 2 'Environment'
	while read -r subject; do
		subject_files "$subject" | head -n 1
	done <"$scratch/subjects" | tr '\n' '\0' | xargs -r -0 awk -f "$parts/report_read.awk" \
		-f "$parts/report_html.awk" -f "$parts/report_environment.awk"
	while read -r subject; do
		file=$(folder_of "$subject")/environment.txt
		[ ! -f "$file" ] ||
			preformatted "environment.txt of $(basename "$(folder_of "$subject")")" "$file"
	done <"$scratch/subjects"
	heading 2 'To repeat it'
	printf '<pre>'
	{
		while read -r subject; do
			command_of "$subject"
		done <"$scratch/subjects"
		while read -r folder; do
			last_of command "$folder/how"
		done <"$scratch/patches"
		while read -r folder; do
			echo "sh scripts/$(last_of command "$folder/recording.txt")"
		done <"$scratch/callers"
		echo "sh scripts/report.sh$shown_arguments"
	} | as_html
	echo '</pre>'
}
