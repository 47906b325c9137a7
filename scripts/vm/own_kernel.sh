# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Compiles a kernel, for rows of scripts/vm/kernels whose package is linux-source-* or
# tree:FOLDER. Sourced by fetch.sh, which sets $new, the folder to fill.
#
# Kernels of one source, configuration and compiler are compiled in one folder of the
# cache, one after the other: a patch is applied there, what it changes is compiled, and
# the next kernel has the files of before again. Paths stay, so make and ccache know
# what they have. An interrupted build goes on where it was.
# shellcheck disable=SC2154 # they are the sourcing script's
# shellcheck source-path=SCRIPTDIR source=own_source.sh
. "$vm/own_source.sh"

# Sets own_from, own_configs and own_patches from the row's words, own, the folder to build
# in, and identity.
own_identify()
{
	own_from=${packages%% *} own_configs='' own_patches=''
	# shellcheck disable=SC2086 # words
	set -- $packages
	shift
	for word; do
		case $word in
		/*.config) own_configs="$own_configs $word" ;;
		*.config) own_configs="$own_configs $vm/$word" ;;
		/*.patch) own_patches="$own_patches $word" ;;
		*) die "'$word' in the row of kernel $kernel $arch is not" \
			"NAME.config or /PATH/NAME.patch" ;;
		esac
	done
	[ -n "$own_configs" ] || die "the row of kernel $kernel $arch names no NAME.config"
	for word in $own_configs $own_patches; do
		[ -r "$word" ] || die "$word, of the row of kernel $kernel $arch, cannot be read"
	done
	own_identify_source
	# shellcheck disable=SC2086 # files
	config_cksum=$(own_cksum $own_configs)
	patch_cksum=
	# shellcheck disable=SC2086 # words
	[ -z "$own_patches" ] || patch_cksum=$(own_cksum $own_patches)
	own=$cache/own/$own_name-$arch-$kernel_cc-$config_cksum
	# shellcheck disable=SC2034 # for fetch.sh
	identity="$dest $suite $own_from $own_source_id $kernel_cc $config_cksum $patch_cksum"
}

own_cksum()
{
	cat "$@" | cksum | tr ' ' -
}

# One compiler output in the cache for all of these builds, and nothing of the day or the
# machine in the kernel.
own_exec=
own_make()
{
	$own_exec env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL \
		CCACHE_DIR="$cache/ccache" CCACHE_MAXSIZE=1G \
		make -C "$own/src" ARCH="$karch" CROSS_COMPILE="$cross" \
		CC="ccache $kernel_cc" KBUILD_BUILD_TIMESTAMP='1970-01-01' KBUILD_BUILD_USER=dbb \
		KBUILD_BUILD_HOST=dbb KBUILD_BUILD_VERSION=1 "$@" 8>&- 9>&-
}

own_make_quietly()
{
	own_make -s "$@" >"$own/log" 2>&1 && return
	tail -n 20 "$own/log" >&2
	die "make $* failed for kernel $kernel $arch"
}

# Options that the source knows and does not have as wanted: olddefconfig drops what
# something else forbids. What an older kernel does not know, it cannot have. The last
# file that names an option has its value.
own_dropped()
{
	find "$own/src" -name 'Kconfig*' -exec sed -n \
		's/^[[:space:]]*\(menu\)\{0,1\}config \([A-Z0-9_]*\)$/CONFIG_\2/p' {} + |
		sort -u >"$own/known"
	# shellcheck disable=SC2086 # files
	awk -F = '/^CONFIG_/ { wanted[$1] = $0 } END { for (name in wanted) print wanted[name] }' \
		$own_configs | sort | while read -r option; do
		grep -q -x -e "${option%%=*}" "$own/known" || continue
		case $option in
		*=n) ! grep -q "^${option%n}[ym]" "$own/src/.config" || echo "$option" ;;
		*) grep -q -x -F -e "$option" "$own/src/.config" || echo "$option" ;;
		esac
	done
}

# Always asked again: a patch may add an option.
own_configure()
{
	if [ ! -e "$own/src/.config" ]; then
		own_make_quietly tinyconfig
		# shellcheck disable=SC2086 # files
		cat $own_configs >>"$own/src/.config"
	fi
	own_make_quietly olddefconfig
	dropped=$(own_dropped | tr '\n' ' ')
	[ -z "$dropped" ] || {
		mv "$own/src/.config" "$own/config.refused"
		die "kernel $kernel $arch cannot have $dropped"
	}
}

# own_said KEY: what the lines "# KEY: TEXT" of the files of options say
own_said()
{
	# shellcheck disable=SC2086 # files
	sed -n "s/^# $1: //p" $own_configs
}

# The image to make and to boot: what a file of options says, or what starts soonest.
own_image()
{
	image=$(own_said image)
	case $arch in
	amd64) echo "${image:-vmlinux}" ;;
	arm64) echo "${image:-Image}" ;;
	esac
}

# Files that the first build makes, about: make cannot tell before it has made some.
own_usual=1450

own_objects()
{
	find "$own/src" -name '*.o' | wc -l
}

# own_progress PID: says every half a minute how far the build of process PID is. After
# the first one nobody knows how much has to be made anew.
own_progress()
{
	started=$(seconds)
	begun=$(own_objects)
	while sleep 30; do
		kill -0 "$1" 2>/dev/null || return
		have=$(own_objects) took=$(($(seconds) - started))
		if [ "$begun" -ge $((own_usual * 9 / 10)) ]; then
			say "  $took s: $(grep -c '^  [A-Z]' "$own/log") files made anew"
			continue
		fi
		left=
		[ "$have" -lt $((begun + 20)) ] || [ "$have" -ge "$own_usual" ] ||
			left=", about $((took * (own_usual - have) / (have - begun))) s left"
		say "  $took s: $have files compiled of $own_usual or so$left"
	done
}

# What the compiler says is kept apart, of all that it took to make this kernel: a patch
# that warns is told so in these words.
own_compile()
{
	say "compiling kernel $kernel $arch in $own; see $own/log"
	# shellcheck disable=SC2046 # words
	set -- $(own_said make) "$(own_image)" modules
	# the shell itself becomes make, so that it can be ended
	# shellcheck disable=SC2209 # a word
	(own_exec=exec && own_make -j "$(nproc)" "$@") >"$own/log" 2>>"$own/errors" &
	make=$!
	own_progress "$make" 8>&- 9>&- &
	progress=$!
	trap 'kill $make $progress 2>/dev/null || :; rm -rf "$new"' EXIT
	own_status=0
	wait "$make" || own_status=$?
	kill "$progress" 2>/dev/null || :
	wait "$progress" 2>/dev/null || :
	trap 'rm -rf "$new"' EXIT
	cp "$own/errors" "$new/errors"
	[ "$own_status" = 0 ] && return
	grep -v '^make' "$own/errors" | tail -n 40 >"$own/log"
	[ -z "${DBB_BUILD_ERRORS:-}" ] || cp "$own/log" "$DBB_BUILD_ERRORS"
	cat "$own/log" >&2
	die "kernel $kernel $arch does not compile"
}

# What module builds need, of the source and of the build; as the kernel's own
# scripts/package/install-extmod-build.
own_headers()
{
	mkdir "$new/headers"
	(
		cd "$own/src" || exit
		{
			printf '%s\n' Makefile .config Module.symvers include
			find "arch/$karch" -maxdepth 1 -name 'Makefile*'
			find "arch/$karch" -name include -type d -prune
			find "arch/$karch" -name Kbuild.platforms -o -name Platform
			find scripts \( -name dtc -o -name kconfig -o -name package \) -prune \
				-o -type f ! -name '*.o' ! -name '.*.cmd' -print
			[ ! -e tools/objtool/objtool ] || echo tools/objtool/objtool
		} | tar -c -f - -T -
	) | tar -x -f - -C "$new/headers"
}

own_take()
{
	# shellcheck disable=SC2034 # for fetch.sh
	release=$(cat "$own/src/include/config/kernel.release")
	case $(own_image) in
	vmlinux) "${cross}strip" -o "$new/kernel" "$own/src/vmlinux" ;;
	*) cp "$own/src/arch/$karch/boot/$(own_image)" "$new/kernel" ;;
	esac
	own_said append >"$new/append"
	own_headers
	cp "$own/src/.config" "$new/config"
	mkdir "$new/modules"
	: >"$new/modules/order"
	cat >"$new/how" <<-END
	source=$(cat "$own/source")
	compiler=$("$kernel_cc" --version | head -n 1)
	config_cksum=$config_cksum
	patch_cksum=$patch_cksum
	kernel_cksum=$(own_cksum "$new/kernel")
	END
}

# Folders that nobody built in for two weeks.
own_prune()
{
	find "$cache/own" -mindepth 1 -maxdepth 1 -type d | while read -r old; do
		[ "$old" = "$own" ] || [ ! -e "$old/used" ] ||
			[ -z "$(find "$old/used" -mtime +14)" ] || rm -rf "$old"
	done
}

own_build()
{
	mkdir -p "$own" "$cache/ccache"
	exec 8>"$cache/lock/own-${own##*/}"
	flock -n 8 || {
		say "waiting for another run to finish with $own"
		flock 8
	}
	own_prune
	touch "$own/used"
	own_get_source
	own_patch
	own_configure
	own_compile
	own_take
	# who tries patches comes back to the same source
	[ -n "${DBB_KERNELS:-}" ] || rm -rf "$own"
	exec 8>&-
}
