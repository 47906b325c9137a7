# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Op replay: each preset makes the calls that it says, and parts of a frame add up.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

presets='aov vb2 vb2_rotate apusys shadow fbdev etnaviv vmwgfx amdxdna_flush amdxdna_clear'

# calls_of LINE COUNTER...: what a run of four rounds of one arm adds to heap/stats.
calls_of()
{
	line=$1
	shift
	before=$(for counter; do stat_of "$counter"; done)
	run "replay size=64k strategies=sg iterations=4 warmup=0 verify=0 $line"
	for counter; do
		echo $(($(stat_of "$counter") - $(echo "$before" | head -n 1)))
		before=$(echo "$before" | sed 1d)
	done | tr '\n' ' '
}

# Each preset runs, with each strategy, and shows the right pages.
test_presets()
{
	for preset in $presets; do
		case $preset-$(uname -m) in
		amdxdna_flush-x86_64) ;;
		amdxdna_flush-*)
			refuse EOPNOTSUPP bench/run \
				"replay preset=$preset size=64k iterations=1" 'only x86'
			refuse EOPNOTSUPP bench/preset "$preset" 'only x86'
			continue
			;;
		esac
		run "replay size=256k preset=$preset strategies=page,sg,array,ram,keep iterations=2"
		expect_equal "phases of $preset" "$(column phase strategy=sg | tr '\n' ' ')" \
			'frame import vmap vunmap sync access '
		expect_equal "rounds of $preset" "$(column iterations | sort -u)" 2
	done
}

# Mappings and attachments of each preset, in four frames and what it holds.
test_calls()
{
	for expected in aov:4/4/0 vb2:4/4/4 vb2_rotate:4/4/0 apusys:4/4/4 shadow:4/4/0 \
		fbdev:4/4/4 etnaviv:4/4/0 vmwgfx:4/4/0 amdxdna_clear:4/4/0; do
		preset=${expected%%:*}
		expect_equal "vmaps, vunmaps, attachments of $preset" \
			"$(calls_of "preset=$preset" vmaps_made vmaps_undone attaches)" \
			"$(echo "${expected#*:}" | tr / ' ') "
	done
}

# Steps that make no sense are refused, and say which.
test_refused()
{
	run 'noop iterations=3'
	for steps in vunmap vmap attach,vmap,vunmap map,unmap attach,map,detach lock,vmap,vunmap \
		lock,attach,detach,unlock begin end 'vmap,lock|unlock,vunmap' read \
		'vmap|vunmap' lock,lock,unlock attach,attach,detach,detach; do
		refuse EINVAL bench/preset "$steps"
	done
	refuse EINVAL bench/preset nonsense nonsense presets
	refuse EINVAL bench/preset vmap:4k,vunmap
	refuse EINVAL bench/preset ''
	refuse ERANGE bench/preset vmap,vunmap@0
	refuse ERANGE bench/preset vmap,read:2G,vunmap 2147483648
	refuse ERANGE bench/preset \
		"$(printf 'begin,end,%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13)" 'too long'
	expect_equal 'the preset afterwards' "$(knob bench/preset)" shadow
}

# Steps of one's own: held ones are not in the frame, and the line repeats the run.
test_own_steps()
{
	steps='attach,map|begin,vmap,read:4k,vunmap,end@50'
	run "replay size=64k preset=$steps strategies=sg iterations=6 warmup=0"
	expect_match 'params' "$(environment params)" "*preset=$steps *"
	expect_equal 'import in the frame' "$(column p50_ns phase=import)" 0
	for phase in vmap vunmap sync access; do
		expect_awk "p50 of $phase" "$(column p50_ns phase=$phase) >= 0"
	done
	grep -q '^note: sg: a frame takes [0-9]* ns, [0-9.]* % of the 20000000 ns that there are at 50 Hz' \
		"$D/bench/results" || complain 'the table does not say what share of a frame it is'
	share=$(sed -n 's/^note: sg: a frame takes \([0-9]*\) ns, \([0-9.]*\) %.*/\2 - \1 \/ 200000/p' \
		"$D/bench/results")
	expect_awk 'share of a frame' "$share > -0.011 && $share < 0.011"
	set_knob bench/preset "$steps"
	expect_equal 'the knob' "$(knob bench/preset)" "$steps"
	run "$(environment params)"
	expect_match 'size of the repeated run' "$(column size_bytes | sort -u)" 65536
}

# The preset sets the size, unless a line says it.
test_size()
{
	set_knob bench/preset apusys
	expect_equal size "$(knob bench/size)" 4194304
	run 'replay preset=vb2_rotate strategies=sg iterations=1'
	expect_equal 'size of vb2_rotate' "$(column size_bytes | sort -u)" \
		$(((3110400 + page - 1) / page * page))
	run 'replay size=128k preset=vb2_rotate strategies=sg iterations=1'
	expect_equal 'size as given' "$(column size_bytes | sort -u)" 131072
}

# Buffers of other exporters, several heaps, threads and new buffers: nothing is left.
test_of_all()
{
	for preset in vb2 shadow apusys; do
		run "replay size=64k preset=$preset strategies=system:sg,vmalloc:born,contig:direct iterations=3"
		run "replay size=64k preset=$preset strategies=sg threads=2 iterations=6 buffers=6"
		expect_equal "buffers alive after $preset" "$(stat_of buffers_alive)" 0
	done
}
