# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The source of a kernel that own_kernel.sh compiles, and patches in it.
# shellcheck disable=SC2154 # they are the sourcing script's

# Sets own_name and own_source_id. A tree of yours is known by the sizes and times of its
# files; a package by its name, as what is in the cache is not looked up again.
# shellcheck disable=SC2034 # for own_kernel.sh
own_identify_source()
{
	case $own_from in
	tree:*)
		tree=${own_from#tree:}
		[ -e "$tree/Kconfig" ] || die "$tree is not the source of a kernel: no Kconfig"
		own_name=tree-$(printf '%s' "$tree" | cksum | cut -d ' ' -f 1)
		own_source_id=$(own_list_tree | cksum | tr ' ' -) ;;
	*)
		own_name=$own_from own_source_id= ;;
	esac
}

# The files of a tree of yours with size and time, without what was built in it.
own_list_tree()
{
	(
		cd "$tree" || exit
		if [ -e .git ] && git ls-files -z 2>/dev/null | grep -q .; then
			git ls-files -z | xargs -0 stat -c '%s %Y %n' 2>/dev/null || :
		else
			find . \( -name .git -o -path ./include/config -o -path ./include/generated \
				-o -path '*/include/generated' -o -name .tmp_versions \) -prune -o \
				-type f ! -name '*.o' ! -name '*.ko' ! -name '*.a' ! -name '*.cmd' \
				! -name '*.mod' ! -name '*.mod.c' ! -name .config ! -name vmlinux \
				-printf '%s %Ts %P\n'
		fi
	) | sort
}

# Copies what is new in a tree of yours, with the time of now, so that make sees it.
own_copy_tree()
{
	own_list_tree >"$own/tree.new"
	mkdir -p "$own/src"
	: >>"$own/tree"
	comm -23 "$own/tree" "$own/tree.new" | cut -d ' ' -f 3- | while read -r file; do
		rm -f "$own/src/$file"
	done
	comm -13 "$own/tree" "$own/tree.new" | cut -d ' ' -f 3- |
		tar -c -C "$tree" --no-recursion -T - -f - | tar -x -m -C "$own/src" -f -
	mv "$own/tree.new" "$own/tree"
	echo "$tree" >"$own/source"
}

# What source.sh keeps is never built in.
own_unpack()
{
	kept=$("$vm/source.sh" "$kernel" "$arch")
	rm -rf "$own/src.new"
	cp -a "$kept" "$own/src.new"
	echo "$own_from $(cat "$kept/../VERSION")" >"$own/source"
	mv "$own/src.new" "$own/src"
}

own_get_source()
{
	case $own_from in
	tree:*)
		own_unpatch
		own_copy_tree ;;
	*)
		[ -d "$own/src" ] || own_unpack ;;
	esac
}

# own_touched PATCH...: the files that patches name, without their first folder, one a line
own_touched()
{
	sed -n -e 's/^\(---\|+++\) \([^	]*\).*/\2/p' -e 's/^\(rename\|copy\) \(from\|to\) /x\//p' \
		"$@" | grep -v -x /dev/null | sed 's/^[^/]*\///' | sort -u
}

# Files of before get the time of now, so that make sees them.
own_unpatch()
{
	rm -rf "$own/saved.new"
	[ -d "$own/saved" ] || return 0
	while read -r file; do
		rm -f "$own/src/$file"
		[ ! -e "$own/saved/files/$file" ] ||
			cp "$own/saved/files/$file" "$own/src/$file"
	done <"$own/saved/list"
	rm -rf "$own/saved"
}

# own_apply TREE PATCH: patch(1) says what it did. A line more or less in the context is
# taken for another version, other line numbers are not.
own_apply()
{
	patch -p1 --batch --forward --fuzz=0 --no-backup-if-mismatch --reject-file=- -d "$1" <"$2"
}

own_save()
{
	mkdir -p "$own/saved.new/files"
	# shellcheck disable=SC2086 # files
	own_touched $own_patches >"$own/saved.new/list"
	while read -r file; do
		[ -e "$own/src/$file" ] || continue
		mkdir -p "$own/saved.new/files/$(dirname "$file")"
		cp -p "$own/src/$file" "$own/saved.new/files/$file"
	done <"$own/saved.new/list"
	mv "$own/saved.new" "$own/saved"
}

# What a build with the same patches has done stays.
own_patch()
{
	applied=none
	[ ! -d "$own/saved" ] || applied=$(cat "$own/saved/patches" 2>/dev/null || :)
	[ "${patch_cksum:-none}" != "$applied" ] || return 0
	own_unpatch
	rm -f "$own/errors"
	[ -n "$own_patches" ] || return 0
	own_save
	for one in $own_patches; do
		own_apply "$own/src" "$one" >"$own/log" 2>&1 && continue
		own_unpatch
		cat "$own/log" >&2
		die "${one##*/} does not apply to $(cat "$own/source")"
	done
	echo "$patch_cksum" >"$own/saved/patches"
}
