# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The patches that patch.sh was given: which files they touch, whether they apply, and
# what checkpatch says. Sourced by patch.sh, after scripts/vm/own_source.sh.
# shellcheck disable=SC2034,SC2154 # what it shares with the other parts of patch.sh

# record STEP SUBJECT OUTCOME TEXT: a row of checks.csv
record()
{
	[ -e "$results_dir/checks.csv" ] ||
		echo step,subject,outcome,text >"$results_dir/checks.csv"
	printf '%s,%s,%s,%s\n' "$1" "$(quote_csv "$2")" "$3" "$(quote_csv "$4")" \
		>>"$results_dir/checks.csv"
}

# refuse STEP SUBJECT SENTENCE [FILE]: the sentence, the tool's words from FILE, and the
# end with status 1
refuse()
{
	record "$1" "$2" failed "$3"
	{
		printf 'patch.sh: %s\n' "$3"
		[ -z "${4:-}" ] || sed 's/^/    /' "$4"
		echo "Nothing was measured. Files of this run: $results_dir"
	} >&2
	exit 1
}

# take_patches PATCH...: copies them, numbered, to results_dir/patches.
take_patches()
{
	mkdir "$results_dir/patches"
	for patch; do
		next_number "$results_dir/patches"
		name=$(printf '%s' "${patch##*/}" | tr -c 'A-Za-z0-9._-' _)
		cp "$patch" "$results_dir/patches/$number-$name" || exit 3
	done
}

list_patches()
{
	find "$results_dir/patches" -type f -printf '%f\n' | sort | tr '\n' ' ' | sed 's/ $//'
}

# is_patch PATCH: does it have a hunk of a unified diff?
is_patch()
{
	grep -q '^+++ ' "$1" && grep -q '^@@ -[0-9]' "$1"
}

# apply_patches TREE: applies all to a tree.
apply_patches()
{
	for patch in "$results_dir"/patches/*; do
		own_apply "$1" "$patch" >"$scratch/apply.log" 2>&1 && continue
		grep -v '^\(Hmm\|The text leading\|--*$\||\)' "$scratch/apply.log" |
			head -n 20 >"$scratch/apply.said"
		return 1
	done
}

# copy_touched TREE FOLDER: those files of the tree, where there are any
copy_touched()
{
	mkdir -p "$2"
	for file in $files; do
		[ -e "$1/$file" ] || continue
		mkdir -p "$2/${file%/*}"
		cp "$1/$file" "$2/$file"
	done
}

# check_applies TREE: leaves what the patches touch in $scratch/before and $scratch/after.
check_applies()
{
	copy_touched "$1" "$scratch/before"
	copy_touched "$1" "$scratch/after"
	apply_patches "$scratch/after" || refuse applies "${patch##*/}" \
		"${patch##*/} does not apply to $source_name; the words of patch(1):" \
		"$scratch/apply.said"
	record applies "$(list_patches)" ok "to $source_name"
}

# check_style TREE: checkpatch of that tree, as its maintainers run it. A diff without a
# mail's header cannot have a description.
check_style()
{
	for patch in "$results_dir"/patches/*; do
		skipped=FILE_PATH_CHANGES${ignored:+,$ignored}
		grep -q '^\(From\|Subject\|commit\)[: ]' "$patch" ||
			skipped=$skipped,COMMIT_MESSAGE,MISSING_SIGN_OFF
		(cd "$1" && perl scripts/checkpatch.pl --terse --no-summary --show-types \
			--ignore "$skipped" "$patch") >"$scratch/style" 2>&1 || {
			sed -i "s|$results_dir/patches/||" "$scratch/style"
			refuse checkpatch "${patch##*/}" \
				"checkpatch.pl of $source_name has complaints of ${patch##*/}:" \
				"$scratch/style"
		}
	done
	record checkpatch "$(list_patches)" ok \
		"of $source_name${ignored:+, without $ignored}"
}
