# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# A heap that forgets to zero its pages is found by op alloc, on a kernel that
# does not do it in its place.
# shellcheck disable=SC2154 # test_dir, scratch, kernel and arch come from run.sh

# alloc_in_guest: prints what a run of op alloc comes to, and the refusal.
alloc_in_guest()
{
	# shellcheck disable=SC2016 # for the guest
	"$test_dir/../vm/run.sh" --quiet --kernel "$kernel" --arch "$arch" \
		--append 'init_on_alloc=0 init_on_free=0' --out "$scratch/zeroing" -- sh -c '
		D=/sys/kernel/debug/dmabuf_bench
		insmod dmabuf_bench.ko
		scripts/test/put $D/bench/run "alloc size=8M iterations=10 verify='"$1"'"
		cat $D/error_log
		rmmod dmabuf_bench' 2>"$scratch/zeroing.err" ||
		complain "the guest failed: $(tail -n 5 "$scratch/zeroing.err")"
}

# Pages that are not zeroed are dirty when they come again, and only a
# verifying run looks.
test_forgotten()
{
	plant system.c 's/ | __GFP_ZERO//'
	expect_equal 'zeroed pages' "$(alloc_in_guest 1)" ok
	DBB_SRC=$planted
	export DBB_SRC
	expect_match 'pages not zeroed' "$(alloc_in_guest 1)" \
		'EIO*page * of a new buffer is not zero*'
	expect_equal 'pages not zeroed, not verified' "$(alloc_in_guest 0)" ok
}
