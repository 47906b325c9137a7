# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Where results go: dated folders with an index, and numbered files in them.
# Nothing here overwrites or removes a file. For device and host scripts.
#
# What index.csv says of the machine is that of this one, unless the caller sets
#   results_machine, results_kernel, results_revision

# new_results DIR NAME: makes DIR/YYYYMMDD-HHMMSS-NAME, with -2, -3 ... when it
# exists already, and sets results_dir to it.
new_results()
{
	mkdir -p "$1" || return
	results_stem=$1/$(date +%Y%m%d-%H%M%S)-$2
	results_dir=$results_stem
	results_count=1
	# mkdir is atomic: of two at once, one gets the next name
	until mkdir "$results_dir" 2>/dev/null; do
		if [ ! -e "$results_dir" ]; then
			echo "cannot make $results_dir" >&2
			return 1
		fi
		results_count=$((results_count + 1))
		results_dir=$results_stem-$results_count
	done
}

# index_results DIR COMMANDLINE: adds a line about results_dir to DIR/index.csv.
index_results()
{
	(
		set -C
		echo date,folder,machine,kernel,revision,command >"$1/index.csv"
	) 2>/dev/null || :
	printf '%s,%s,%s,%s,%s,%s\n' "$(date +%Y-%m-%dT%H:%M:%S%z)" \
		"$(quote_csv "${results_dir##*/}")" \
		"$(quote_csv "${results_machine:-$(name_machine)}")" \
		"$(quote_csv "${results_kernel:-$(uname -r) $(uname -m)}")" \
		"$(quote_csv "${results_revision:-$(name_revision)}")" \
		"$(quote_csv "$2")" >>"$1/index.csv"
}

# quote_csv TEXT: prints it as one field of one line.
quote_csv()
{
	case $1 in
	*[\",]* | *'
'*)
		printf '"%s"' "$(printf '%s\n' "$1" | tr '\n\r' '  ' |
			sed 's/"/""/g; s/ *$//')"
		;;
	*) printf '%s' "$1" ;;
	esac
}

# Prints what the machine is called, and its number of CPUs.
name_machine()
{
	name_board
	echo "${board:-unknown}, $(count_cpus) CPUs"
}

# Sets board to the first of device tree, SoC, DMI and CPU model that says one.
name_board()
{
	for file in /proc/device-tree/model /sys/devices/soc0/machine \
		/sys/class/dmi/id/product_name; do
		[ -r "$file" ] || continue
		board=$(tr -d '\000\n' <"$file")
		[ -z "$board" ] || return 0
	done
	board=$(sed -n 's/^\(model name\|Hardware\|cpu model\|uarch\)[[:space:]]*: //p' \
		/proc/cpuinfo | head -n 1)
}

count_cpus()
{
	grep -c '^processor' /proc/cpuinfo
}

# Prints the revision of the tree, else the srcversion of the loaded module.
name_revision()
{
	revision=
	if [ -n "${here:-}" ] && [ -e "$here/../.git" ]; then
		revision=$(git -C "$here/.." describe --tags --always --dirty 2>/dev/null)
	fi
	[ -n "$revision" ] || [ ! -r /sys/module/dmabuf_bench/srcversion ] ||
		read -r revision </sys/module/dmabuf_bench/srcversion
	echo "${revision:-unknown}"
}

# --- numbered files ---

# Sets number: one after the highest that DIR holds. Two digits, or more.
next_number()
{
	number=0
	for file in "$1"/[0-9]*-*; do
		file=${file##*/}
		file=${file%%-*}
		case $file in
		# the date of a folder is no number
		*[!0-9]* | ???????*) continue ;;
		esac
		while [ "${file#0}" != "$file" ]; do
			file=${file#0}
		done
		[ "${file:-0}" -le "$number" ] || number=$file
	done
	number=$((number + 1))
	[ "$number" -ge 10 ] || number=0$number
}

# reserve_number DIR NAME SUFFIX: sets saved to what the files begin with, and
# makes the one with SUFFIX, which must not be there yet.
reserve_number()
{
	next_number "$1"
	saved=$1/$number-$2
	(set -C && : >"$saved$3")
}

# save_results DIR NAME: sets saved to what the files begin with.
save_results()
{
	reserve_number "$1" "$2" .results.txt || return
	cat "$DBB_DEBUGFS/bench/results" >"$saved.results.txt" || return
	cat "$DBB_DEBUGFS/bench/results.csv" >"$saved.csv" || return
	cat "$DBB_DEBUGFS/bench/samples.csv" >"$saved.samples.csv" || return
	[ ! -e "$DBB_DEBUGFS/bench/results.json" ] ||
		cat "$DBB_DEBUGFS/bench/results.json" >"$saved.json"
}

show_file()
{
	cat "$1"
	say "saved as ${1%.results.txt}.*"
}

# run_and_save DIR LINE: as run_line. A partial result is worth keeping too.
run_and_save()
{
	run_line "$2"
	status=$?
	[ -n "$have_result" ] || return "$status"
	save_results "$1" "${2%% *}" || die "cannot save results in $1"
	show_file "$saved.results.txt"
	check_debug_options "$saved.csv"
	return "$status"
}
