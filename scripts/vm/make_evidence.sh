#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# What "make evidence" runs: in a guest of each kernel that counts instructions, how
# often drivers map a dma-buf in the kernel, what that costs, and what the vmap patch
# would save. Prints what it found; everything else on standard error.
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=../device/results.sh
. "$vm/../device/results.sh"

usage()
{
	cat <<-END
	usage: scripts/vm/make_evidence.sh [REGEX]
	REGEX chooses among the guests, such as '7.3 amd64' (default: all of
	$(printf '%s' "$guests" | tr '\n' ',' | sed 's/,/, /g')).
	Each run gets a new folder in results/ and a line in results/index.csv.
	Exit status: 0 done; 3 used wrongly or could not run.
	END
}

guests='6.1 amd64
6.1 arm64
6.12 amd64
6.12 arm64
7.3 amd64
7.3 arm64'
header=kernel,arch,kind,name,per,size_bytes,vmaps,vmap_page_instructions
header=$header,fill_page_instructions,vmap_sg_instructions,saved_instructions,note

# measure KERNEL ARCH: the guest's rows are added to the csv, also when it fails later.
measure()
{
	folder=$results_dir/$1-$2
	mkdir "$folder"
	say "$1 $2: begins"
	status=0
	# kernels before 7 have the driver of Cirrus cards under its short name
	DBB_QUIET=1 "$vm/guest.sh" --kernel "$1" --arch "$2" --icount --mem 2G \
		--timeout 1800 --append norandmaps --out "$folder" \
		--driver vivid --driver cirrus --driver cirrus-qemu --driver bochs --driver vgem \
		--device cirrus-vga,romfile= --device bochs-display,vgamem=32M,romfile= -- \
		sh scripts/evidence/measure.sh "$1" "$2" /out/rows.csv >&2 || status=$?
	[ ! -e "$folder/rows.csv" ] || cat "$folder/rows.csv" >>"$results_dir/evidence.csv"
	[ "$status" = 0 ] ||
		die "the guest ended with status $status; its logs are in $folder"
}

case ${1:-} in
--help | -h) usage && exit ;;
-*)
	usage >&2
	exit 3
	;;
esac
chosen=$(echo "$guests" | grep -E -e "${1:-.}") || die "no guest matches '$1'; see --help"
begin=$(seconds)
new_results "$repo/results" evidence || exit 3
echo "$header" >"$results_dir/evidence.csv"
echo "$chosen" >"$results_dir/guests"
while read -r kernel arch; do
	measure "$kernel" "$arch" </dev/null
done <"$results_dir/guests"
say "done after $(($(seconds) - begin)) s"
awk -f "$vm/../evidence/evidence_table.awk" "$results_dir/evidence.csv" |
	tee "$results_dir/evidence.txt"
echo "A row for each kernel, and the guests' logs: $results_dir"
# shellcheck disable=SC2034 # read by results.sh
{
	results_machine="QEMU -icount" results_kernel=$(tr '\n' ' ' <"$results_dir/guests")
	here=$repo/scripts
}
index_results "$repo/results" "scripts/vm/make_evidence.sh${1:+ "$1"}" ||
	die "cannot write $repo/results/index.csv"
