#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The style gate behind "make check": every check that can be made without
# running the module. A check passes only when it has nothing to say.
set -eu

usage()
{
	cat <<'END_USAGE'
usage: scripts/check.sh [OPTION...] [KERNEL [ARCH]]
  --list          the checks
  --only NAME,... only these checks; without the build nothing is installed
                  or fetched but what they need
  --tree DIR      look at this tree (default: the one of this script)
Looks at everything that git tracks or would track, or, where DIR is no work
tree of git, at every file. KERNEL and ARCH, of scripts/vm/kernels, are those
of the build (default 6.1 amd64). Prints KTAP.
Exit status: 0 every check passed, 1 one failed, 3 used wrongly or could not run.
END_USAGE
}

here=$(cd "$(dirname "$0")" && pwd)
vm=$here/vm parts=$here/check
# shellcheck source-path=SCRIPTDIR source=vm/common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=check/style.sh
. "$parts/style.sh"
# shellcheck source-path=SCRIPTDIR source=check/layers.sh
. "$parts/layers.sh"
# shellcheck source-path=SCRIPTDIR source=check/names.sh
. "$parts/names.sh"

wrong()
{
	echo "check.sh: $*" >&2
	exit 3
}

# The checks, in their order, with what they are about.
list_checks()
{
	cat <<-END
		kernel_style checkpatch --strict: module
		user_style checkpatch --strict: user programs
		shellcheck shellcheck
		licences SPDX lines
		layers includes follow the layers
		compat_leaf heap/compat.* names nothing of other files
		circles no circle of includes or calls
		versions kernel versions only in heap/compat.*
		functions functions are named after their file
		base_names no two files of one name
		top_level top level
		commands scripts/ has what a person runs
		readmes a README.md for each folder
		prose line length of READMEs
		words a seed is one of random numbers
		hosts no host names
		figures no typed figure in a README
		mutants every planted defect still applies
		build no warning from $compiler W=1$sparse, kernel $kernel $arch
	END
}

list_files()
{
	if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$tree" ]; then
		git ls-files --cached --others --exclude-standard
	else
		find . -type f | sed 's|^\./||'
	fi | LC_ALL=C sort -u | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

# Prints those of the names on standard input that match, or nothing.
pick()
{
	grep -E "$1" || [ $? = 1 ]
}

# Prints the lines of the files on standard input that match, and why not.
forbid()
{
	xargs -r -d '\n' grep -n -H -E "$1" | sed "s|\$|  <- $2|" || :
}

# The build and checkpatch need more than a shell, and are wanted for most runs.
prepare()
{
	case " $wanted " in
	*" build "*)
		"$vm/deps.sh" "$kernel" "$arch" check
		"$vm/fetch.sh" "$kernel" "$arch" ;;
	esac
	case " $wanted " in
	*_style*)
		# shellcheck disable=SC2034 # read in check/style.sh
		checkpatch=$("$vm/checkpatch.sh" "$kernel" "$arch") ;;
	esac
}

# Runs a check and leaves what it says.
examine()
{
	scratch=$scratch/$1
	mkdir "$scratch"
	"check_$1" >"$scratch.said" 2>&1 || echo "check_$1 failed" >>"$scratch.said"
}

report()
{
	count=$((count + 1))
	if [ -s "$scratch/$1.said" ]; then
		failed=$((failed + 1))
		sed 's/^/# /' "$scratch/$1.said"
		echo "not ok $count - $2"
	else
		echo "ok $count - $2"
	fi
}

only='' tree=$repo list=''
while [ $# -gt 0 ]; do
	case $1 in
	--only | --tree) [ $# -ge 2 ] || wrong "$1 needs a value; see --help" ;;
	esac
	case $1 in
	--only) only=$(echo "$2" | tr , ' ') && shift ;;
	--tree) tree=$(cd "$2" && pwd -P) || exit 3; shift ;;
	--list) list=1 ;;
	--help) usage && exit ;;
	-*) wrong "unknown option '$1'; see --help" ;;
	*) break ;;
	esac
	shift
done
[ $# -le 2 ] || wrong "takes a kernel and an architecture; see --help"
kernel=${1:-6.1} arch=${2:-amd64}
trap '[ $? = 0 ] || exit 3' EXIT
read_kernel "$kernel" "$arch"
sparse=' and sparse'
[ -z "$compiler_suite" ] || sparse=
if [ -n "$list" ]; then
	list_checks
	exit
fi

all=$(list_checks | sed 's/ .*//' | tr '\n' ' ')
for name in $only; do
	case " $all" in
	*" $name "*) ;;
	*) wrong "no check '$name'; accepted: $all" ;;
	esac
done
wanted=${only:-$all}
prepare || exit 3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$tree"
files=$scratch/files
list_files >"$files"
count=0 failed=0

# The build goes on beside the other checks.
echo 'KTAP version 1'
echo "1..$(echo "$wanted" | wc -w)"
list_checks >"$scratch/checks"
build=
case " $wanted " in
*" build "*)
	(examine build) &
	build=$! ;;
esac
while read -r name text; do
	case " $wanted " in
	*" $name "*) ;;
	*) continue ;;
	esac
	if [ "$name" = build ]; then
		wait "$build"
	else
		(examine "$name")
	fi
	report "$name" "$text"
done <"$scratch/checks"
echo "$((count - failed)) passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
