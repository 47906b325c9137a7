#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Boots a distribution kernel in QEMU and runs one command in it, with the
# built module, the scripts and the programs of this project in /dbb. Fetches
# and builds what is missing. Exit status: that of the command up to 123, 99
# when the kernel log holds a warning, 124 when the time was up, 125 when the
# guest died before its verdict, 126 when the guest could not be set up.
set -eu

vm=$(cd "$(dirname "$0")" && pwd)
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$vm/common.sh"
# shellcheck source-path=SCRIPTDIR source=watch.sh
. "$vm/watch.sh"

usage()
{
	cat <<-END
	usage: scripts/vm/guest.sh [OPTION...] -- COMMAND [ARGUMENT...]
	  --kernel K       a kernel of scripts/vm/kernels (default 6.1)
	  --arch A         amd64 or arm64 (default amd64)
	  --compiler C     one of that kernel's compilers (default its first)
	  --mem SIZE       memory of the guest (default 5G)
	  --smp N          processors of the guest (default 2)
	  --icount         one instruction = one ns, on one processor: figures repeat
	  --timeout S      give up after S seconds (default 600), not counting those in
	                   which the guest waited for a CPU of this machine
	  --standstill S   give up after S such seconds in which none of the guest's CPUs
	                   got anywhere (default 300); not with --icount
	  --out DIR        the guest's /out; logs go there too (default: in the cache)
	  --append ARGS    more kernel command line. May be repeated
	  --reserved-memory NAME:SIZE
	                   a CMA region in the device tree, of arm64 guests only; SIZE
	                   takes M or G. May be repeated
	  --driver D       puts a driver of drivers.sh into /drivers. May be repeated
	  --device DEVICE  a device, as QEMU names it. May be repeated
	  --quiet          no progress messages
	The command runs in /dbb, a copy that is thrown away afterwards; what it
	writes to /out stays.
	END
}

parse()
{
	kernel=6.1 arch=amd64 mem=5G smp=2 icount='' limit=600 standstill=300 out=''
	append='' regions='' wanted_drivers='' devices=''
	while [ $# -gt 0 ]; do
		case $1 in
		--kernel | --arch | --compiler | --mem | --smp | --timeout | \
			--standstill | --out | --append | --reserved-memory | --driver | --device)
			[ $# -ge 2 ] || die "$1 needs a value; see --help" ;;
		esac
		case $1 in
		--kernel) kernel=$2 && shift ;;
		--arch) arch=$2 && shift ;;
		--compiler) export DBB_COMPILER="$2" && shift ;;
		--mem) mem=$2 && shift ;;
		--smp) smp=$2 && shift ;;
		--timeout) limit=$2 && shift ;;
		--standstill) standstill=$2 && shift ;;
		--out) out=$2 && shift ;;
		--append) append="$append $2" && shift ;;
		--reserved-memory) regions="$regions $2" && shift ;;
		--driver) wanted_drivers="$wanted_drivers $2" && shift ;;
		--device) devices="$devices -device $2" && shift ;;
		--icount) icount=1 ;;
		--quiet) export DBB_QUIET=1 ;;
		--help) usage && exit ;;
		--) break ;;
		*) die "unknown option '$1'; see --help" ;;
		esac
		shift
	done
	[ $# -ge 2 ] || die "no command was given; put it after --"
	check_seconds --timeout "$limit"
	check_seconds --standstill "$standstill"
	case $smp in
	'' | *[!0-9]* | 0*) die "--smp '$smp' is not a number of processors" ;;
	esac
	check_regions
	shift
	command=$(quote "$@")
}

check_seconds()
{
	case $2 in
	'' | *[!0-9]* | 0*) die "$1 '$2' is not a number of seconds" ;;
	esac
}

check_regions()
{
	[ -z "$regions" ] || [ "$arch" = arm64 ] ||
		die "--reserved-memory needs a device tree, which $arch guests do not have"
	for region in $regions; do
		case $region in
		[!a-z]* | *[!a-z0-9_-]*:* | *:*:* | *:[!1-9]* | *:*[!0-9]?* | *[!MG])
			die "--reserved-memory '$region' is not NAME:SIZE, such as camera:32M" ;;
		esac
	done
}

# Prints the arguments so that eval in a shell gives them back exactly.
quote()
{
	for argument; do
		printf '%s\n' "$argument" |
			sed "s/'/'\\\\''/g; 1s/^/'/; \$s/\$/' \\\\/"
	done
	echo ' '
}

# A comma ends a value on QEMU's command line unless it is doubled.
escape_commas()
{
	printf '%s\n' "$1" | sed 's/,/,,/g'
}

# Fetches and builds. The stage is the guest's /dbb: a second archive behind that of
# its root, so that programs start from memory. A later build cannot disturb it.
prepare()
{
	"$vm/deps.sh" "$kernel" "$arch"
	"$vm/fetch.sh" "$kernel" "$arch"
	stage=$("$vm/build.sh" "$kernel" "$arch")
	initrd=$("$vm/initrd.sh" "$kernel" "$arch")
	emulator=$("$vm/emulator.sh" "$arch")
	# what kernels that look for mistakes need: time, and their checks switched on
	! grep -q -x CONFIG_KASAN=y "$cache/kernel/$kernel-$arch/headers/.config" || boot_limit=360
	kernel_append=$(sed "s/^/ /" "$cache/kernel/$kernel-$arch/append" 2>/dev/null || :)
	mkdir -p "$cache/run" "$cache/out"
	find "$cache/run" "$cache/out" -mindepth 1 -maxdepth 1 -mtime +7 \
		-exec rm -rf {} +
	run=$(mktemp -d "$cache/run/XXXXXX")
	mkdir "$run/ctl"
	lock "build-$(basename "$(dirname "$stage")")" -s
	cp -a "$stage" "$run/dbb"
	unlock
	take_drivers
	(cd "$run" && find dbb drivers | cpio -o -H newc --quiet -R 0:0 |
		cat "$initrd" -) >"$run/initrd"
	rm -rf "$run/dbb" "$run/drivers"
	initrd=$run/initrd
	printf '%s\n' "$command" >"$run/ctl/command"
	[ -n "$out" ] || out=$(mktemp -d "$cache/out/$(date +%Y%m%d-%H%M%S)-XXXX")
	mkdir -p "$out"
	out=$(cd "$out" && pwd)
	rm -f "$out/console.log" "$out/kernel.log" "$out/warnings.log" \
		"$out/stalls.log"
}

# Those that this kernel has not are left out, as on a device.
take_drivers()
{
	mkdir "$run/drivers"
	[ -n "$wanted_drivers" ] || return 0
	folder=$("$vm/drivers.sh" "$kernel" "$arch")
	for driver in $wanted_drivers; do
		[ -e "$folder/$driver.order" ] || continue
		cp "$folder/$driver.order" "$run/drivers"
		while read -r file; do
			cp "$folder/$file" "$run/drivers"
		done <"$folder/$driver.order"
	done
}

# Runs QEMU with what every guest has; the arguments add to it. It ends after
# $1 seconds with status 124.
boot()
{
	seconds_left=$1 accel=$2 console=$3 arguments=$4
	shift 4
	# Emulated byte-wise string instructions triple the time of clearing pages, and
	# kernels rely on the fast short ones (fsrm) being no less than those (erms).
	cpu=max,-erms,-fsrm machine=
	[ "$accel" = kvm ] && cpu=host
	case $arch in
	amd64)
		set -- -M q35 "$@"
		terminal=ttyS0 ;;
	arm64)
		# The full set of features of "max" is slow to emulate; older
		# processors than this one lack pages of 16 KiB.
		[ "$accel" = kvm ] || cpu=cortex-a76
		[ "$accel" = icount ] && machine=,dtb-randomness=off
		set -- -M "virt$machine" "$@"
		terminal=ttyAMA0 ;;
	esac
	case $accel in
	# Instructions are the clock, so everything that moves their number is
	# pinned: the layout of the kernel and its source of randomness.
	# init_on_alloc stays as the distributions have it, but said.
	icount)
		set -- -accel tcg -icount shift=0,sleep=off -smp 1 -seed 1 "$@"
		arguments="$arguments nokaslr init_on_alloc=1" ;;
	# Two emulated counters look out of step at boot, although both are the
	# host's; without them the clock is a slow device. On a busy machine a kernel
	# now and then finds that its timer does not tick, and panics.
	tcg)
		set -- -accel tcg -smp "$smp" "$@"
		[ "$arch" = amd64 ] && arguments="$arguments tsc=reliable no_timer_check" ;;
	*)
		set -- -accel "$accel" -smp "$smp" "$@" ;;
	esac
	# neither outlives this script, whatever ends it
	exec setpriv --pdeathsig TERM timeout -k 5 "$seconds_left" \
		setpriv --pdeathsig KILL "$emulator" -cpu "$cpu" -m "$mem" \
		-nodefaults -display none -no-reboot -nic none \
		-chardev "file,id=console,path=$(escape_commas "$console")" \
		-serial chardev:console \
		-kernel "$cache/kernel/$kernel-$arch/kernel" -initrd "$initrd" \
		-append "console=$terminal loglevel=5 log_buf_len=4M panic=-1 oops=panic panic_on_warn=1 dbb.accel=$accel$kernel_append $arguments" \
		"$@" </dev/null
}

# KVM may be there and still not run a guest, as in some nested machines. So
# it must boot this very kernel first, within a few seconds; the answer is good
# until this machine reboots.
kvm_works()
{
	[ "$arch" = "$host_arch" ] && [ -w /dev/kvm ] || return 1
	probe=$cache/kvm-$(cat /proc/sys/kernel/random/boot_id)
	lock kvm
	if [ ! -e "$probe" ]; then
		rm -f "$cache"/kvm-*
		say 'trying KVM'
		(boot 5 kvm "$run/probe" dbb.probe) >&2 2>"$run/probe.err" || :
		if grep -q 'dbb: probe' "$run/probe"; then
			echo yes >"$probe"
		else
			echo no >"$probe"
		fi
	fi
	unlock
	[ "$(cat "$probe")" = yes ]
}

choose_accel()
{
	if [ -n "$icount" ]; then
		accel=icount
	elif kvm_works; then
		accel=kvm
	else
		accel=tcg
	fi
}

# The guest's device tree as QEMU makes it, and the regions: what it says of one
# is as if a board's maker had written it.
make_device_tree()
{
	(boot 60 "$accel" /dev/null '' -machine "dumpdtb=$(escape_commas "$run/dtb")") \
		>"$run/dtb.log" 2>&1 || {
		cat "$run/dtb.log" >&2
		die 'QEMU did not write a device tree'
	}
	node=/reserved-memory
	fdtput -c "$run/dtb" "$node"
	fdtput -t x "$run/dtb" "$node" '#address-cells' 2
	fdtput -t x "$run/dtb" "$node" '#size-cells' 2
	fdtput "$run/dtb" "$node" ranges
	for region in $regions; do
		size=${region#*:}
		case $size in
		*G) size=$((${size%G} * 1024)) ;;
		*) size=${size%M} ;;
		esac
		fdtput -c "$run/dtb" "$node/${region%:*}"
		fdtput -t s "$run/dtb" "$node/${region%:*}" compatible shared-dma-pool
		fdtput "$run/dtb" "$node/${region%:*}" reusable
		fdtput -t u "$run/dtb" "$node/${region%:*}" size \
			$((size / 4096)) $((size % 4096 * 1048576))
	done
}

share()
{
	echo "local,id=$1,security_model=none,multidevs=remap,path=$(escape_commas "$2")"
}

# The longest that a guest may take, in limits, however little CPU it gets.
longest=10

start_guest()
{
	rm -f "$run/stuck" "$run/expired" "$run/frozen" "$run/pid" "$run/output" \
		"$run/ctl/beat"
	: >"$run/ctl/starved"
	echo 0 >"$run/ctl/lost"
	mkfifo "$run/output"
	# Held open here, so that the reader sees an end even when QEMU never
	# opens it.
	exec 3<>"$run/output"
	tee "$out/output.log" <"$run/output" 3>&- &
	reader=$!
	# shellcheck disable=SC2086 # a list of devices
	boot $((limit * longest)) "$accel" "$out/console.log" "$append" \
		-pidfile "$run/pid" \
		-fsdev "$(share ctl "$run/ctl")" \
		-device virtio-9p-pci,fsdev=ctl,mount_tag=ctl \
		-fsdev "$(share out "$out")" \
		-device virtio-9p-pci,fsdev=out,mount_tag=out \
		-device virtio-serial-pci \
		-chardev "file,id=output,path=$(escape_commas "$run/output")" \
		-device virtserialport,chardev=output,name=dbb.output \
		${regions:+-dtb "$run/dtb"} $devices \
		3>&- >&2 &
	guest=$!
}

wait_for_guest()
{
	watch_guest 3>&- &
	watcher=$!
	guest_status=0
	wait "$guest" || guest_status=$?
	guest=
	kill "$watcher" 2>/dev/null || :
	watcher=
	exec 3>&-
	wait "$reader" || :
}

# Whether QEMU ended by itself at boot, and the guest's kernel said nothing of it: seen
# once, with three guests on two cores.
vanished()
{
	[ ! -e "$run/ctl/up" ] && [ ! -e "$run/expired" ] && [ ! -e "$run/frozen" ] || return
	! grep -q -e 'Kernel panic' -e 'end trace' "$out/console.log" || return
	case $guest_status in
	# wrong options; stopped by a limit
	1 | 124 | 137) return 1 ;;
	esac
}

show_console()
{
	grep -a -E 'BUG:|WARNING:|Kernel panic' "$out/console.log" | tr -d '\r' | head -n 5
	echo "--- last lines of $out/console.log"
	tail -n 40 "$out/console.log" | tr -d '\r'
} >&2

# The verdict counts even when QEMU had to be stopped after it.
report()
{
	took=$(($(seconds) - begin)) lost=$(cat "$run/ctl/lost")
	if [ -e "$run/ctl/verdict" ]; then
		status=$(cat "$run/ctl/verdict")
	elif [ -e "$run/expired" ] || [ -e "$run/frozen" ] ||
		[ "$guest_status" = 124 ] || [ "$guest_status" = 137 ]; then
		show_console
		status=124
		why="after --timeout $limit seconds and $lost more that it waited for a CPU"
		[ ! -e "$run/frozen" ] ||
			why="as its CPUs got nowhere for --standstill $standstill seconds"
		echo "guest.sh: the guest was stopped $why" >&2
		return
	elif [ ! -s "$out/console.log" ]; then
		status=126
		echo "guest.sh: QEMU did not start a guest; its message is above" >&2
		return
	else
		show_console
		status=125
		echo "guest.sh: the guest died before it gave a verdict;" \
			"QEMU's status is $guest_status" >&2
		return
	fi
	if [ -e "$out/warnings.log" ]; then
		echo "guest.sh: the kernel log holds warnings ($out/kernel.log):" >&2
		cat "$out/warnings.log" >&2
	fi
	if [ -e "$out/stalls.log" ]; then
		say "the guest was starved of CPU and reported stalls," \
			"none of them in the module ($out/kernel.log):"
		say "$(cat "$out/stalls.log")"
	fi
	case $status in
	124 | 125 | 126)
		say "the command ended with status $status, reported as 123"
		status=123 ;;
	esac
	say "done with status $status after $took s, $lost s of them waiting for a CPU"
}

# Leaves nothing behind. Whatever ends the script before the guest was started
# means that it could not be set up, except a signal.
# shellcheck disable=SC2317 # called by the traps
finish()
{
	code=$?
	trap - EXIT
	[ -z "$guest" ] || kill "$guest" 2>/dev/null || :
	[ -z "$watcher" ] || kill "$watcher" 2>/dev/null || :
	[ -z "$run" ] || rm -rf "$run"
	case $phase$code in
	setup0 | setup129 | setup130 | setup143) ;;
	setup*) code=126 ;;
	esac
	exit "$code"
}

guest='' watcher='' run='' phase=setup
trap finish EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
parse "$@"
prepare
choose_accel
[ -z "$regions" ] || make_device_tree
say "booting kernel $kernel $arch under $accel; results in $out"
phase=run
for attempt in 1 2 3; do
	begin=$(seconds)
	start_guest
	wait_for_guest
	if [ -e "$run/stuck" ]; then
		say "the guest was not up after $boot_limit s (attempt $attempt of 3)"
	elif vanished; then
		say "QEMU ended with status $guest_status before the guest was up" \
			"(attempt $attempt of 3)"
	else
		break
	fi
done
report
exit "$status"
