# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Runs that make their buffers anew: buffers=N.

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# medians_of_buffers PHASE READS: of the baseline, of each buffer, net of clock reads
medians_of_buffers()
{
	for buffer in $(sample buffer | sort -n -u); do
		sample ns arm=0 "phase=$1" "buffer=$buffer" | sort -n >"$scratch/buffer"
		echo $(($(middle "$scratch/buffer") - $2 * $(column overhead_ns | head -n 1)))
	done
}

# Buffers are made anew for equal shares of the rounds, and intervals are over them.
test_made_anew()
{
	created=$(stat_of buffers_created)
	run 'vmap size=1M strategies=page,sg iterations=20 buffers=6 warmup=1'
	expect_equal 'buffers made' $(($(stat_of buffers_created) - created)) 6
	expect_equal 'buffers alive' "$(stat_of buffers_alive)" 0
	expect_equal buffers "$(column buffers | sort -u)" 6
	expect_equal 'rounds of each buffer' "$(sample buffer arm=0 phase=total | sort -n |
		uniq -c | awk '{ printf "%d:%d ", $2, $1 }')" '0:4 1:4 2:3 3:3 4:3 5:3 '
	medians_of_buffers vunmap 1 | sort -n >"$scratch/medians"
	expect_equal 'p50, lo, hi' "$(grep ',vunmap,page,' "$D/bench/results.csv" |
		grep -v '^#' | cut -d , -f 14-16)" "$(middle "$scratch/medians"),$(sed -n 1p \
		"$scratch/medians"),$(sed -n 6p "$scratch/medians")"
	grep -q '^note: 6 buffers, 3 rounds each: intervals are over buffers, of 6 different' \
		"$D/bench/results" || complain 'the table does not say what intervals are over'
	grep -q '^note: sg total: \(buffers\|rounds\) varied most' "$D/bench/results" ||
		complain 'the table does not say what varied most'
	expect_match warm-up "$(environment warmup_rounds)" 6
}

# Fewer than six buffers have no interval, whatever the number of rounds; one buffer
# has that of its rounds, and the table says so.
test_few()
{
	run 'mmap size=64k strategies=page,sg iterations=25 buffers=5'
	expect_equal 'lower ends' "$(column p50_lo_ns | sort -u)$(column speedup_lo | sort -u)" ''
	expect_equal verdicts "$(column verdict | sort -u | tr '\n' ' ')" 'baseline unclear '
	grep -q '^note: 5 buffers, .*no intervals, which need buffers=6' "$D/bench/results" ||
		complain 'the table does not say why there is no interval'
	run 'mmap size=64k strategies=page,sg iterations=6'
	expect_equal buffers "$(column buffers | sort -u)" 1
	grep -q '^note: one buffer: intervals are over rounds' "$D/bench/results" ||
		complain 'the table does not say that there is one buffer'
}

# Threads get new buffers too, and so do arms of several heaps.
test_of_all()
{
	created=$(stat_of buffers_created)
	run 'vmap size=64k strategies=system:sg,vmalloc:born threads=2 iterations=7 buffers=7 warmup=0'
	expect_equal 'buffers made' $(($(stat_of buffers_created) - created)) 28
	run 'pages size=64k iterations=12 buffers=12 warmup=0'
	run 'sync size=64k strategies=system,contig iterations=6 buffers=6'
	run 'touch size=64k strategies=page,sg iterations=6 buffers=6'
	expect_equal 'buffers alive' "$(stat_of buffers_alive)" 0
}

# With room for two buffers only, old ones make way.
test_without_room()
{
	set_knob heap/max_bytes 2M
	run 'vmap size=1M strategies=sg,sg iterations=8 buffers=8 warmup=0'
	expect_equal buffers "$(column buffers | sort -u)" 8
	set_knob heap/max_bytes 1M
	run 'vmap size=1M strategies=sg,sg iterations=8 buffers=8 warmup=0'
	expect_equal buffers "$(column buffers | sort -u)" 8
}

# What has no buffer, or only one, refuses several.
test_refused()
{
	run 'noop iterations=3'
	refuse ERANGE bench/buffers 0
	refuse ERANGE bench/buffers 1001 1001
	refuse ERANGE bench/run 'vmap size=64k iterations=5 buffers=6' 6 iterations=5
	refuse EOPNOTSUPP bench/run 'noop buffers=2' noop buffers=1
	refuse EOPNOTSUPP bench/run 'delay strategies=10,20 buffers=2' delay buffers=1
	refuse EOPNOTSUPP bench/run 'alloc strategies=system size=64k buffers=2' alloc buffers=1
	refuse EOPNOTSUPP bench/run 'vmap strategies=fd:exporter buffers=2' 'heap fd' buffers=1
}
