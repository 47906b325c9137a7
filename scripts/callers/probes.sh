# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154 # what the parts of callers.sh share
# shellcheck disable=SC2016 # $retval and $arg1 are the kernel's
# The probes of callers.sh: kprobe events of this process's own group. What a kernel
# takes is found by trying; nothing goes by its version. Sourced by callers.sh.
#
# A probe file is only ever appended to: opened for writing with ">", it drops the
# probes of everybody else. The type :symstr is not used: kernels before 7.3 write
# behind the event with it.

: "${DBB_TRACEFS:?}"
group=dmabuf_callers_$$
probes=
absent=
unnamed=

# What is probed: the function, what its first argument is, and what it returns.
# The functions that take the reservation lock come after what they call.
called_functions='
dma_buf_vmap buffer s64
dma_buf_vunmap buffer -
dma_buf_mmap buffer s32
dma_buf_mmap_internal file s32
dma_buf_map_attachment attachment s64
dma_buf_unmap_attachment attachment -
dma_buf_begin_cpu_access buffer s32
dma_buf_end_cpu_access buffer s32
dma_buf_vmap_unlocked buffer s64
dma_buf_vunmap_unlocked buffer -
dma_buf_map_attachment_unlocked attachment s64
dma_buf_unmap_attachment_unlocked attachment -'

# define TYPE EVENT FUNCTION [FIELDS]: whether the kernel takes this probe.
define()
{
	{ echo "$1:$group/$2 $3${4:+ $4}" >>"$DBB_TRACEFS/kprobe_events"; } 2>/dev/null ||
		return
	probes="$2 $probes"
}

# Says why the kernel refused a probe, in its own words.
explain_refusal()
{
	reason=$(grep 'error: ' "$DBB_TRACEFS/error_log" 2>/dev/null | tail -n 1)
	echo "${reason##*error: }"
}

# fields_of KIND: sets exact to the fields that need the kernel's type information,
# and guessed to those for a kernel that has none: the exporter's name and the number
# of mappings at each place where they have been, and the exporter's functions.
fields_of()
{
	case $1 in
	buffer)
		buffer='$arg1' named=dmabuf
		common="buf=\$arg1:x64 size=+0(\$arg1):u64"
		;;
	attachment)
		buffer='+0($arg1)' named='attach->dmabuf'
		common="buf=+0(\$arg1):x64 size=+0(+0(\$arg1)):u64"
		common="$common dev=+0(+0(+8(\$arg1))):string"
		;;
	file)
		# the file's private data moved too often to be guessed
		common='start=+0($arg2):u64 end=+8($arg2):u64'
		exact=$common guessed=$common
		return
		;;
	esac
	exact="$common exp=$named->exp_name:string"
	# as numbers: a string from the wrong place may have quotes and line ends in it
	guessed="$common ops=+32($buffer):symbol"
	for at in 64 88 96; do
		guessed="$guessed exp$at=+0(+$at($buffer)):x64 more$at=+8(+$at($buffer)):x64"
	done
	case $2 in
	dma_buf_vmap | dma_buf_vunmap)
		exact="$exact cnt=dmabuf->vmapping_counter"
		guessed="$guessed cnt40=+40(\$arg1):u32 cnt72=+72(\$arg1):u32"
		;;
	esac
}

# define_call FUNCTION KIND RETURNS: both ends of a function. The return comes first:
# old kernels cut a stack off at a return probe that was defined after the entry. There,
# the stack gets a probe of its own, which comes last: that is the first to be called,
# so that its cost is not part of the call.
define_call()
{
	event=${1#dma_buf_}
	fields_of "$2" "$1"
	returned=
	[ "$3" = - ] || returned="ret=\$retval:$3"
	if ! define r100 "${event}_ret" "$1" "$returned"; then
		case $1 in
		*_unlocked) ;;
		*) absent="$absent $1" ;;
		esac
		return
	fi
	define p "$event" "$1" "$exact" || define p "$event" "$1" "$guessed" ||
		absent="$absent $1"
	[ "$stack_end" = return ] || define p "${event}_stack" "$1"
}

# Who it is that maps: no stack says which driver calls the helpers of V4L2 and DRM.
# In a module that is not loaded yet, these wait for it; built in, they have no module.
define_drivers()
{
	fields='dev=+0(+0(+8($arg1))):string'
	define p vb2_queue videobuf2_common:vb2_core_qbuf "$fields" ||
		define p vb2_queue vb2_core_qbuf "$fields" || unnamed="$unnamed vb2_core_qbuf"
	# the device is at one of two places in struct drm_device
	fields='dev=+0(+0(+8(+8($arg1)))):string dev24=+0(+0(+24(+8($arg1)))):string'
	define p gem drm:drm_gem_vmap "$fields" ||
		define p gem drm_gem_vmap "$fields" || unnamed="$unnamed drm_gem_vmap"
	define p attach dma_buf_dynamic_attach \
		'buf=$arg1:x64 dev=+0(+0($arg2)):string' ||
		unnamed="$unnamed dma_buf_dynamic_attach"
}

define_calls()
{
	while read -r function kind returns; do
		[ -z "$function" ] || define_call "$function" "$kind" "$returns"
	done <<-END
		$called_functions
	END
	define_drivers
	case " $probes" in
	*' vmap '*) ;;
	*) die "no probe of dma_buf_vmap: $(explain_refusal)" ;;
	esac
}

# Whether the kernel reads fields by its type information.
takes_exact_fields()
{
	{ echo "p:$group/exact dma_buf_vmap $exact" >>"$DBB_TRACEFS/kprobe_events"; } \
		2>/dev/null || return
	echo "-:$group/exact" >>"$DBB_TRACEFS/kprobe_events"
}

# The entry of $ruler, with what takes as long to read as the fields of dma_buf_vmap. It
# has a struct pt_regs in place of a buffer; names are elsewhere. Of the three places
# where one may be, one holds no address, here 8: a read that fails takes an exception on
# some kernels.
define_ruler_entry()
{
	fields_of buffer dma_buf_vmap
	if takes_exact_fields; then
		define p ruler "$ruler" "$(echo "$exact" | sed '
			s/dmabuf->exp_name/@init_uts_ns+130/
			s/dmabuf->vmapping_counter/+72($arg1):u32/')"
		return
	fi
	# the frame pointer of arm64, or the return address of x86
	for pointer in '+0(%x29)' '+0($stack)'; do
		! define p ruler "$ruler" "$(echo "$guessed" | sed "
			s/+64(\$arg1)/$pointer/g
			s/+88(\$arg1)/\\\\8/g
			s/+96(\$arg1)/$pointer/g")" || return 0
	done
	return 1
}

# The function whose calls cost nothing but the probes: a system call that a shell has
# as a command. Sets ruler to its name.
define_ruler()
{
	for ruler in __x64_sys_umask __arm64_sys_umask __riscv_sys_umask sys_umask; do
		define r100 ruler_ret "$ruler" 'ret=$retval:s32' || continue
		define_ruler_entry || continue
		[ "$stack_end" = return ] || define p ruler_stack "$ruler"
		return
	done
	ruler=
	return 1
}

# The instance that enabled them is gone by now.
remove_probes()
{
	for probe in $probes; do
		echo "-:$group/$probe" >>"$DBB_TRACEFS/kprobe_events" ||
			warn "the probe $group/$probe cannot be removed"
	done
	probes=
}
