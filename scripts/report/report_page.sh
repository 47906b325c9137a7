# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # what it shares with the other parts of report.sh
# The page: its beginning and end, and what its sections share. Sourced by report.sh.

# as_html TEXT: without it, of standard input
as_html()
{
	if [ $# -gt 0 ]; then
		printf '%s\n' "$1"
	else
		cat
	fi | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s/"/\&quot;/g'
}

# paragraph CLASS TEXT
paragraph()
{
	printf '<p class="%s">%s</p>\n' "$1" "$(as_html "$2")"
}

heading()
{
	printf '<h%s>%s</h%s>\n' "$1" "$(as_html "$2")" "$1"
}

# preformatted TITLE FILE
preformatted()
{
	printf '<details><summary>%s</summary>\n<pre>' "$(as_html "$1")"
	as_html <"$2"
	printf '</pre></details>\n'
}

# figure NAME CAPTION [LEGEND]: the picture $scratch/svg/NAME.svg; LEGEND is html
figure()
{
	[ -s "$scratch/svg/$1.svg" ] || return 0
	echo '<figure>'
	awk -v name="$1" -v label="$(as_html "$2")" -f "$parts/svg_open.awk" \
		-f "$parts/svg_clean.awk" "$scratch/svg/$1.svg"
	printf '<figcaption>%s%s</figcaption>\n</figure>\n' "$(as_html "$2")" \
		"${3:+<div class=\"legend\">$3</div>}"
}

# legend: from lines "NUMBER|NAME|MORE" of standard input
legend()
{
	while IFS='|' read -r number text; do
		printf '<span class="k%s">%s</span> ' "$number" "$(as_html "$text")"
	done
}

# draw: what gnuplot is told on standard input
draw()
{
	gnuplot 2>"$scratch/gnuplot.err" && return
	cat "$scratch/gnuplot.err" >&2
	die 'gnuplot failed'
}

# Nothing is fetched, and no script runs: a browser is told so.
begin_page()
{
	cat <<-END_HEAD
	<!DOCTYPE html>
	<html lang="en">
	<head>
	<meta charset="utf-8">
	<meta name="viewport" content="width=device-width, initial-scale=1">
	<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
	<title>$(as_html "$1")</title>
	<style>
	END_HEAD
	cat "$parts/page_style.css"
	printf '</style>\n</head>\n<body>\n<h1>%s</h1>\n' "$(as_html "$1")"
}

end_page()
{
	printf '<p class="dim">Made by scripts/report.sh of dmabuf-bench %s.</p>\n' \
		"$(as_html "$(name_revision)")"
	printf '</body>\n</html>\n'
}
