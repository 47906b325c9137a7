#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What a patch to the kernel changes for dma-bufs, and whether that is enough for a list.
set -eu

vm=$(cd "$(dirname "$0")/vm" && pwd)
patch_dir=$vm/../patch
# shellcheck source-path=SCRIPTDIR source=vm/common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=vm/kbuild.sh
. "$vm/kbuild.sh"
# shellcheck source-path=SCRIPTDIR source=vm/own_source.sh
. "$vm/own_source.sh"
# shellcheck source-path=SCRIPTDIR source=device/results.sh
. "$vm/../device/results.sh"
# shellcheck source-path=SCRIPTDIR source=host/packages.sh
. "$vm/../host/packages.sh"
# shellcheck source-path=SCRIPTDIR source=patch/patch_files.sh
. "$patch_dir/patch_files.sh"
# shellcheck source-path=SCRIPTDIR source=patch/heap_modules.sh
. "$patch_dir/heap_modules.sh"
# shellcheck source-path=SCRIPTDIR source=patch/heap_way.sh
. "$patch_dir/heap_way.sh"
# shellcheck source-path=SCRIPTDIR source=patch/kernel_way.sh
. "$patch_dir/kernel_way.sh"

usage()
{
	cat <<-END
	usage: scripts/patch.sh [OPTION...] PATCH...
	       scripts/patch.sh --report DIR [--format text|lkp]
	  --kernel K       a kernel of scripts/vm/kernels (default 7.3)
	  --arch A         amd64 or arm64 (default amd64)
	  --line "OP ..."  what to measure, such as "vmap size=64M"; may be repeated
	  --tree DIR       the kernel's source, in place of the distribution's
	  --control OPS    of two kernels: what the patches do not change, besides pages, in
	                   which no code of the kernel runs; such as "vmap"
	  --append ARGS    more of the guests' kernel command line, such as nopat
	  --seen TEXT      what the user sees of it, in ms, for the report: measured on a
	                   device, since a guest cannot tell
	  --ignore TYPES   checkpatch's complaints that do not matter, separated by commas
	  --format F       of the report: text or lkp (default text)
	  --out DIR        where the folder of results is made (default results/)
	  --report DIR     print the report of an earlier run again
	The patches are applied one after the other. Those to a heap or to udmabuf are built
	as modules, before and after, and loaded beside the kernel's own in one guest; all
	others make two kernels, which takes a while the first time. Instructions are
	counted, not time. Each run gets a new folder in results/, with repro.sh, which
	repeats it.

	Exit status: 0 the report has all that a list asks for; 1 it does not, or the patch
	was refused, and why is said; 2 cannot tell: what the patch does not touch moved;
	3 used wrongly or could not run.
	END
}

# Exit statuses: 0 yes, 1 no, 2 cannot tell, 3 used wrongly or could not run.
die()
{
	printf 'patch.sh: %s\n' "$*" >&2
	exit 3
}

# could_not WHAT: the end of the guest's log
could_not()
{
	{
		printf 'patch.sh: %s; the end of its log:\n' "$1"
		tail -n 20 "$results_dir/guest.log" "$results_dir/guest.said" 2>/dev/null |
			tr -d '\r' | sed 's/^/    /'
		echo "Files of this run: $results_dir"
	} >&2
	exit 3
}

parse()
{
	kernel=7.3 arch=amd64 lines='' tree='' append='' seen='' ignored='' format=text report=''
	control_ops=pages
	out=$repo/results
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel | --arch | --line | --tree | --control | --append | --seen | --ignore | \
			--format | --report | --out)
			[ $# -ge 2 ] || usage_error "$1 needs a value" ;;
		esac
		case $1 in
		--kernel) kernel=$2 && shift ;;
		--arch) arch=$2 && shift ;;
		--line) add_line "$2" && shift ;;
		--tree) tree=$2 && shift ;;
		--control) control_ops="pages $2" && shift ;;
		--append) append=$2 && shift ;;
		--seen) seen=$2 && shift ;;
		--ignore) ignored=$2 && shift ;;
		--format) format=$2 && shift ;;
		--report) report=$2 && shift ;;
		--out) out=$2 && shift ;;
		--help | -h) usage && exit ;;
		--)
			shift
			break
			;;
		-*) usage_error "unknown option '$1'" ;;
		*) break ;;
		esac
		shift
	done
	case $format in
	text | lkp) ;;
	*) usage_error "--format '$format' is none of text, lkp" ;;
	esac
	shifted=$#
}

# A line is one that the engine would take, with a size of its own.
add_line()
{
	case $1 in
	'vmap '* | 'mmap '* | 'attach '* | 'sync '* | 'touch '* | 'vtouch '*) ;;
	*) usage_error "--line '$1' does not begin with vmap, mmap, attach, sync, touch or vtouch" ;;
	esac
	case $1 in
	*' strategies='* | *' heap='* | *' fd='*)
		usage_error "--line '$1': the arms are before, after and the kernel's own" ;;
	*' size='*) ;;
	*) usage_error "--line '$1' has no size=, such as size=64M" ;;
	esac
	lines=$lines${lines:+
}$1
}

check_patches()
{
	[ $# -ge 1 ] || usage_error 'no patch was given'
	for patch; do
		[ -r "$patch" ] || usage_error "cannot read $patch"
		is_patch "$patch" || usage_error "$patch has no unified diff in it"
	done
}

# Sets source, the unpacked tree, and what it is called.
get_source()
{
	if [ -n "$tree" ]; then
		[ -e "$tree/scripts/checkpatch.pl" ] || usage_error "--tree $tree is no kernel tree"
		tree=$(cd "$tree" && pwd)
		case $tree in
		*[[:space:]]*) usage_error "--tree '$tree' has a blank in it; a row of a table cannot" ;;
		esac
		source=$tree source_name="the tree $tree"
		return
	fi
	"$vm/fetch.sh" "$kernel" "$arch" || exit 3
	source=$("$vm/source.sh" "$kernel" "$arch") || exit 3
	source_name="linux-source-${kernel%%-*} $(cat "$source/../VERSION")"
}

# The second way
measure_kernels()
{
	changed=$(enclosing_functions | tr '\n' ' ')
	say "changed functions: ${changed:-none that a C file has}"
	kernel_way_build
	kernel_way_measure
	kernel_way_compare
}

# Prints the functions that the patches change, where only the kernel as a whole tells.
enclosing_functions()
{
	for file in $files; do
		[ -e "$scratch/after/$file" ] || continue
		before=$scratch/before/$file
		[ -e "$before" ] || before=/dev/null
		diff -U0 "$before" "$scratch/after/$file" |
			awk -f "$patch_dir/enclosing.awk" - "$scratch/after/$file"
	done | sort -u
}

# Prints the command of this run with the patches by name.
print_command()
{
	printf 'sh scripts/patch.sh --kernel %s --arch %s' "$kernel" "$arch"
	printf '%s\n' "$asked_lines" | while read -r line; do
		[ -z "$line" ] || printf " --line '%s'" "$line"
	done
	[ -z "$tree" ] || printf " --tree '%s'" "$tree"
	[ "$control_ops" = pages ] || printf " --control '%s'" "${control_ops#pages }"
	[ -z "$append" ] || printf " --append '%s'" "$append"
	[ -z "$seen" ] || printf " --seen '%s'" "$(printf '%s' "$seen" | tr -d "'\n")"
	[ -z "$ignored" ] || printf ' --ignore %s' "$ignored"
	for patch in "$results_dir"/patches/*; do
		printf ' %s' "${patch##*/}"
	done
	echo
}

first_csv()
{
	find "$runs" -name '[0-9]*.csv' ! -name '*.samples.csv' | sort | head -n 1
}

cksum_of()
{
	cksum <"$1" | cut -d ' ' -f 1
}

# What the figures depend on, for the report and for whoever repeats the run. A way has
# set release, compiled_by, before_file and after_file, which differ by the patches,
# config_file, and runs, a folder with csv of runs, which say what module and guest were.
write_how()
{
	{
		echo "way=$way"
		echo "kernel=$kernel"
		echo "arch=$arch"
		echo "release=$release"
		echo "source=$source_name"
		echo "compiler=$compiled_by"
		echo "emulator=$("$("$vm/emulator.sh" "$arch")" --version | head -n 1)"
		sed -n 's/^# \(page_size_bytes=\|module_srcversion=\)/\1/p' "$(first_csv)"
		echo "before_cksum=$(cksum_of "$before_file")"
		echo "after_cksum=$(cksum_of "$after_file")"
		echo "config_cksum=$(cksum_of "$config_file")"
		echo "files=$files"
		echo "functions=${changed% }"
		echo "touched=${touched% }"
		echo "seen=$seen"
		echo "command=$(print_command)"
	} >"$results_dir/how"
}

# The callers of what the patches change; the report; its exit status
report_results()
{
	if [ -n "$touched$changed" ]; then
		# shellcheck disable=SC2086 # a list of words
		"$patch_dir/list_callers.sh" "$source" ${touched:-$changed}
	else
		echo for,symbol,file,line,text
	fi >"$results_dir/callers.csv" || could_not 'no list of callers'
	cp "$patch_dir/repro.sh" "$results_dir"
	status=0
	"$patch_dir/patch_report.sh" "$results_dir" "$format" || status=$?
	say "done after $(($(seconds) - begin)) s: $results_dir"
	index
	return "$status"
}

# shellcheck disable=SC2034 # read by results.sh
index()
{
	results_machine="QEMU -icount, $arch" results_kernel=$release
	here=$repo/scripts
	index_results "$out" "$(print_command)" || die "cannot write $out/index.csv"
}

# shellcheck disable=SC2317 # called by the trap
finish()
{
	code=$?
	trap - EXIT
	[ -z "$scratch" ] || rm -rf "$scratch"
	exit "$code"
}

scratch='' changed='' touched='' failure=''
parse "$@"
shift $(($# - shifted))
if [ -n "$report" ]; then
	[ $# = 0 ] || usage_error '--report takes no patches'
	need_r || exit 3
	exec "$patch_dir/patch_report.sh" --print "$report" "$format"
fi
check_patches "$@"
asked_lines=$lines
read_kernel "$kernel" "$arch"
read_toolchain "$arch"
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
scratch=$(mktemp -d)
begin=$(seconds)
"$vm/deps.sh" "$kernel" "$arch" || exit 3
need_r || exit 3
need_patch_tools || exit 3
get_source
name=$(basename "$1")
new_results "$out" "patch-${name%.*}" || exit 3
results_dir=$(cd "$results_dir" && pwd)
take_patches "$@"
files=$(own_touched "$results_dir"/patches/* | tr '\n' ' ')
files=${files% }
say "$files: applying the patches to $source_name"
check_applies "$source"
check_style "$source"
way=kernels
if [ -z "$tree" ] && is_heap_patch; then
	if build_heaps; then
		way=heaps
	else
		unlock
		say "$reason: it takes two kernels"
	fi
fi
case $way in
heaps) measure_heaps ;;
kernels) measure_kernels ;;
esac
write_how
report_results
