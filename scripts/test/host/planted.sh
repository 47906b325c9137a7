# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Does the self-test find a wrong strategy? Each case builds a copy of the
# sources with an off-by-one in it, and the report has to name that strategy.
# shellcheck disable=SC2154 # test_dir, scratch, kernel and arch come from run.sh

# find KIND STRATEGY TEXT: of the KIND of strategies, all results of STRATEGY are
# bad on heap system, but for a buffer of one page, and no other's is, unless it is
# one that chooses; a note has TEXT. Other heaps have buffers of one chunk.
find_planted()
{
	DBB_SRC=$planted "$test_dir/../vm/run.sh" --quiet --kernel "$kernel" --arch "$arch" \
		--mem 1G --out "$scratch/plant" -- sh -c '
			insmod dmabuf_bench.ko &&
			echo mappings >/sys/kernel/debug/dmabuf_bench/selftest &&
			cp /sys/kernel/debug/dmabuf_bench/selftest /out &&
			rmmod dmabuf_bench' >"$scratch/said" 2>&1 ||
		fail "$(tail -n 5 "$scratch/said")"
	grep -v '# SKIP' "$scratch/plant/selftest" >"$scratch/tried"
	expect_equal 'good results' "$(grep "^ok .* heap=system .*$1=$2 " "$scratch/tried" |
		grep -c -v ' size_bytes=4096$')" 0
	expect_equal 'strategies with bad results' \
		"$(sed -n "s/^not ok .* $1=\([^ ]*\) .*/\1/p" "$scratch/tried" |
			grep -v '^auto$' | sort -u)" "$2"
	grep "^# .*$3" "$scratch/tried" | head -n 1 | grep . || {
		complain "no note has '$3'"
		grep '^# ' "$scratch/tried" | head -n 5
	}
}

# mmap sg, in the middle of a chunk: the page after the right one.
test_mmap_sg_offset()
{
	plant mmap_sg.c 's/(skip >> PAGE_SHIFT)/& + !!skip/'
	find_planted mmap sg 'window: [0-9]* pages from page [0-9]* on: page 0 of the user mapping shows tag'
}

# mmap sg: the offset is taken off each chunk, not only off the first.
test_mmap_sg_reset()
{
	plant mmap_sg.c 's/skip = 0;/;/'
	find_planted mmap sg 'window: .* from page [0-9]* on: '
}

# mmap page: it ends one page early.
test_mmap_page_end()
{
	plant mmap_page.c 's/addr >= vma->vm_end/addr + PAGE_SIZE >= vma->vm_end/'
	find_planted mmap page 'user mapping: page [0-9]* of the user mapping cannot be read'
}

# mmap page: it begins at the buffer's first page wherever the window does.
test_mmap_page_offset()
{
	plant mmap_page.c 's/&it, vma->vm_pgoff)/\&it, 0)/'
	find_planted mmap page 'window: 1 pages from page 1 on: page 0 of the user mapping shows tag .* of page 0, '
}

# A filling loop that has the last page of the buffer twice.
plant_fill()
{
	plant "vmap_$1.c" "s/^\\(const struct dbb_vmap_strategy dbb_vmap_$1 = {\\)/static int off_by_one(struct dbb_buffer *buf, struct page **pages)\\
{\\
	unsigned long n = dbb_buffer_npages(buf);\\
	int ret = dbb_vmap_$1_fill(buf, pages);\\
	if (n > 1) pages[n - 2] = pages[n - 1];\\
	return ret;\\
}\\
\\1/"
	sed -i "s/\\(\\.fill[[:space:]]*=\\).*/\\1 off_by_one,/" "$planted/heap/vmap_$1.c"
	find_planted vmap "$1" 'kernel mapping: page 41 of the kernel mapping shows tag .* of page 42, '
}

# vmap page: see above.
test_vmap_page()
{
	plant_fill page
}

# vmap sg: see above.
test_vmap_sg()
{
	plant_fill sg
}
