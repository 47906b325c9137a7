# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Builds a kernel from the distribution's source, for rows of scripts/vm/kernels whose
# package is linux-source-*: a small configuration with own_kernel.config. Sourced by
# fetch.sh, which sets $new, the folder to fill, and $dest, where it will be.
# shellcheck disable=SC2154 # they are the sourcing script's

own_make()
{
	make -C "$new/src" O="$new/obj" ARCH="$karch" CROSS_COMPILE="$cross" CC="$kernel_cc" \
		-j "$(nproc)" -s "$@" >>"$new/log" 2>&1 && return
	tail -n 20 "$new/log" >&2
	die "make $* failed for kernel $kernel $arch"
}

own_unpack()
{
	mkdir "$new/src"
	dpkg --fsys-tarfile "$new"/debs/linux-source-*.deb |
		tar -x -O --wildcards './usr/src/linux-source-*.tar.xz' |
		tar -x -J -C "$new/src" --strip-components 1
}

# olddefconfig drops what something else forbids.
own_configure()
{
	own_make tinyconfig
	cat "$vm/own_kernel.config" >>"$new/obj/.config"
	own_make olddefconfig
	dropped=$(grep '^CONFIG_' "$vm/own_kernel.config" | grep -v '=n$' |
		grep -v -x -F -f "$new/obj/.config" | tr '\n' ' ')
	[ -z "$dropped" ] || die "kernel $kernel $arch cannot have $dropped"
}

# What module builds need, of the source and of the build.
own_prune()
{
	for folder in Documentation drivers fs net sound samples mm kernel lib crypto \
		security block io_uring; do
		find "$new/src/$folder" "$new/obj/$folder" -type f ! -name 'Kconfig*' \
			! -name 'Makefile*' ! -name '*.h' -delete 2>/dev/null || :
	done
}

# Makefiles name the folder of the source by its absolute path.
own_build()
{
	own_unpack
	own_configure
	say "compiling kernel $kernel $arch: a quarter of an hour on two cores"
	own_make vmlinux modules
	# shellcheck disable=SC2034 # for fetch.sh
	release=$(cat "$new/obj/include/config/kernel.release")
	"${cross}strip" -o "$new/kernel" "$new/obj/vmlinux"
	own_prune
	sed -i "s#$new/#$dest/#g" "$new/obj/Makefile"
	ln -sfn ../src "$new/obj/source"
	ln -s obj "$new/headers"
	mkdir "$new/modules"
	: >"$new/modules/order"
}
