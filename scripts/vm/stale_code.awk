# SPDX-License-Identifier: GPL-2.0
# Reads the console of a guest that came to a standstill. Says so, and ends with 0, when
# its emulator is to blame: a CPU that executes for minutes a breakpoint which the kernel
# has replaced by a nop of five bytes again. QEMU 10.0 was seen to keep the translation
# of the breakpoint when the kernel switched a tracepoint off; the kernel returns to an
# instruction that is no breakpoint any more, for ever. A CPU cannot stay on a nop.

BEGIN { found = "" }

# A trace has the CPU's own place first, and those that it was interrupted at.
/NMI backtrace for cpu/ {
	time = substr($0, 2) + 0
	cpu = $NF
	sub(/\r/, "", cpu)
}
/RIP: 0010:/ {
	place = $0
	sub(/.*RIP: 0010:/, "", place)
	sub(/\+.*/, "", place)
}
cpu != "" && (/<0f> 1f 44 00 00/ || /0f <1f> 44 00 00/) {
	if (!((cpu, place) in first))
		first[cpu, place] = time
	else if (time - first[cpu, place] >= 60)
		found = "CPU " cpu " stays on a nop of " place "()"
}
/<\/TASK>/ { cpu = "" }

END {
	if (found == "")
		exit 1
	print found
}
