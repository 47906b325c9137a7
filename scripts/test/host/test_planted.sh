# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Planted defects: a copy of the sources with an error in it is built, and what
# should find that error has to. First the self-test, which has to name the
# strategy; then the verification of each op; then the ordinary cases.
# shellcheck disable=SC2154 # test_dir, scratch, kernel and arch come from run_tests.sh

# add_module NAME WHAT FILE SED: a module with that defect, for the guest to come, and
# what is to be tried there: "selftest", or ops
add_module()
{
	defect=$1
	echo "$2" >"$modules/$defect.what"
	shift 2
	plant "$@"
	stage=$(DBB_SRC=$planted DBB_QUIET=1 "$test_dir/../vm/build.sh" "$kernel" "$arch" \
		2>"$scratch/build.log") || fail "$defect: $(tail -n 5 "$scratch/build.log")"
	cp "$stage/dmabuf_bench.ko" "$modules/$defect.ko"
}

# A filling loop that has the last page of the buffer twice.
add_fill()
{
	add_module "vmap-$1" selftest "heap/vmap_$1.c" \
		"s/^\\(const struct dbb_vmap_strategy dbb_vmap_$1 = {\\)/static int off_by_one(struct dbb_buffer *buf, struct page **pages)\\
{\\
	unsigned long n = dbb_buffer_npages(buf);\\
	int ret = dbb_vmap_$1_fill(buf, pages);\\
	if (n > 1) pages[n - 2] = pages[n - 1];\\
	return ret;\\
}\\
\\1/
		s/\\(\\.fill[[:space:]]*=\\).*/\\1 off_by_one,/"
}

add_modules_for_selftest()
{
	add_module mmap-sg-offset selftest heap/mmap_sg.c 's/(skip >> PAGE_SHIFT)/& + !!skip/'
	add_module mmap-sg-reset selftest heap/mmap_sg.c 's/skip = 0;/;/'
	add_module mmap-page-end selftest heap/mmap_page.c \
		's/addr >= vma->vm_end/addr + PAGE_SIZE >= vma->vm_end/'
	add_module mmap-page-offset selftest heap/mmap_page.c 's/&it, vma->vm_pgoff)/\&it, 0)/'
	add_fill page
	add_fill sg
}

add_modules_for_verify()
{
	fill='/^int dbb_vmap_sg_fill/,/^}/s/return 0;/pages[-3] = pages[-2];\n\treturn 0;/'
	add_module array 'pages vmap vtouch' heap/vmap_sg.c "$fill"
	add_module user 'mmap touch' heap/mmap_sg.c \
		's/sg_page(sg))/sg_page(i == 1 ? buf->table.sgl : sg))/'
	add_module kernel vmap bench/op/kernel_mapping.c \
		'/^int dbb_kernel_mapping_map/,/^}/s/work->mapped = !ret;/&\n\tif (!ret)\n\t\twork->map.vaddr += PAGE_SIZE;/
		/^int dbb_kernel_mapping_unmap/,/^}/s/^{/{\n\twork->map.vaddr -= PAGE_SIZE;/'
	add_module dirty alloc heap/backend_system.c 's/ | __GFP_ZERO//'
	add_module address 'vmap attach' heap/attach.c \
		's/a->mapped = mapped;/&\n\tsg_dma_address(a->table.sgl) += mapped ? PAGE_SIZE : -PAGE_SIZE;/'
}

# Loads each of the modules in one guest. Of a self-test, MODULE.selftest is left; of
# each op, what comes of a run that verifies and one that does not goes to tried:
# "MODULE OP ERRNO ERRNO", and "# " before the lines of error_log.
try_modules()
{
	modules=$scratch/modules
	[ ! -e "$scratch/tried" ] || return 0
	rm -rf "$modules"
	mkdir "$modules"
	add_modules_for_selftest
	add_modules_for_verify
	# shellcheck disable=SC2016 # for the guest
	"$test_dir/../vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" --mem 1G \
		--append 'init_on_alloc=0 init_on_free=0' --out "$modules" -- sh -c '
		D=/sys/kernel/debug/dmabuf_bench
		for module in /out/*.ko; do
			name=${module##*/} name=${name%.ko}
			insmod "$module" || continue
			for what in $(cat "${module%.ko}.what"); do
				if [ $what = selftest ]; then
					echo mappings >$D/selftest
					cp $D/selftest "/out/$name.selftest"
					continue
				fi
				line="$what size=5184k strategies=sg iterations=3 warmup=1"
				[ $what != alloc ] || line="$what size=8M strategies=sg iterations=10"
				echo "$name $what" \
					$(scripts/test/bin/put $D/bench/run "$line verify=1") \
					$(scripts/test/bin/put $D/bench/run "$line verify=0")
			done
			sed "s/^/# $name /" $D/error_log
			rmmod dmabuf_bench
		done' >"$scratch/tried" 2>"$scratch/said.guest" ||
		fail "$(tail -n 5 "$scratch/said.guest")"
}

# expect_found MODULE KIND STRATEGY TEXT: of the KIND of strategies, all results of
# STRATEGY are bad on heap system, but for a buffer of one page, and no other's is,
# unless it is one that chooses; a note has TEXT. Other heaps have buffers of one chunk.
expect_found()
{
	try_modules
	grep -v '# SKIP' "$modules/$1.selftest" >"$scratch/results"
	one_page=$(sed -n 's/.* size_bytes=\([0-9]*\).*/\1/p' "$scratch/results" |
		sort -n | head -n 1)
	expect_equal 'good results' "$(grep "^ok .* heap=system .*$2=$3 " "$scratch/results" |
		grep -c -v " size_bytes=$one_page\$")" 0
	grep -q "^not ok .* heap=system .*$2=$3 " "$scratch/results" ||
		complain "no result of $2=$3 is bad"
	expect_equal 'strategies with bad results' \
		"$(sed -n "s/^not ok .* $2=\([^ ]*\) .*/\1/p" "$scratch/results" |
			grep -v '^auto$' | sort -u)" "$3"
	grep "^# .*$4" "$scratch/results" | head -n 1 | grep . || {
		complain "no note has '$4'"
		grep '^# ' "$scratch/results" | head -n 5
	}
}

# mmap sg, in the middle of a chunk: the page after the right one.
test_mmap_sg_offset()
{
	expect_found mmap-sg-offset mmap sg \
		'window: [0-9]* pages from page [0-9]* on: page 0 of the user mapping shows tag'
}

# mmap sg: the offset is taken off each chunk, not only off the first.
test_mmap_sg_reset()
{
	expect_found mmap-sg-reset mmap sg \
		'window: .* from page [0-9]* on: page [0-9]* of the user mapping shows tag'
}

# mmap page: it ends one page early.
test_mmap_page_end()
{
	expect_found mmap-page-end mmap page \
		'user mapping: page [0-9]* of the user mapping cannot be read'
}

# mmap page: it begins at the buffer's first page wherever the window does.
test_mmap_page_offset()
{
	expect_found mmap-page-offset mmap page \
		'window: 1 pages from page 1 on: page 0 of the user mapping shows tag .* of page 0, '
}

# vmap page: the page array has its last page twice.
test_vmap_page()
{
	expect_found vmap-page vmap page \
		'kernel mapping: page 41 of the kernel mapping shows tag .* of page 42, '
}

# vmap sg: the page array has its last page twice.
test_vmap_sg()
{
	expect_found vmap-sg vmap sg \
		'kernel mapping: page 41 of the kernel mapping shows tag .* of page 42, '
}

# expect_eio MODULE OP TEXT: of the MODULE, a run of OP that verifies ends with EIO,
# and error_log has TEXT; one that does not verify ends well.
expect_eio()
{
	expect_equal "op $2, module $1" "$(sed -n "s/^$1 $2 //p" "$scratch/tried")" 'EIO ok'
	grep -q "^# $1 .*bench/run: .*$2 .*$3" "$scratch/tried" ||
		complain "op $2, module $1: no '$3' in error_log"
}

# The verification of each op finds one wrong page and names it.
test_verify()
{
	try_modules
	expect_eio array pages 'the page array has a wrong page at index [0-9]'
	expect_eio array vmap 'the kernel mapping has a wrong page at index [0-9]'
	expect_eio array vtouch 'page [0-9]* of the buffer has tag'
	expect_eio user mmap 'page [0-9]* of the buffer has tag'
	expect_eio user touch 'page [0-9]* of the buffer has tag'
	expect_eio kernel vmap 'the kernel mapping has a wrong page at index [0-9]'
	expect_eio dirty alloc 'page [0-9]* of a new buffer is not zero'
	expect_eio address attach 'DMA mapping has a wrong address at page 0'
	grep '^address vmap ok ok$' "$scratch/tried" >/dev/null ||
		complain 'a wrong DMA address disturbs vmap'
}

# mark_in_guest SCRIPT: runs it in a guest that has the module of $planted, which says
# "planted: WORD" where it was made to. There, say TEXT prints the text and the words
# since the last time, each with how often it came in a row.
mark_in_guest()
{
	# shellcheck disable=SC2016 # for the guest
	DBB_SRC=$planted "$test_dir/../vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" \
		--mem 1G --out "$scratch/marked" -- sh -c '
		D=/sys/kernel/debug/dmabuf_bench
		say()
		{
			echo "$1:" $(dmesg -c | sed -n "s/.*planted: //p" | uniq -c) >>/out/said
		}
		insmod dmabuf_bench.ko || exit
		dmesg -c >/dev/null
		'"$1" >"$scratch/said" 2>&1 || fail "$(tail -n 5 "$scratch/said")"
}

# expect_said TEXT WORDS
expect_said()
{
	grep -q -x -F "$1:${2:+ $2}" "$scratch/marked/said" || {
		complain "not '$1: $2'"
		grep -F "$1" "$scratch/marked/said"
	}
}

# What insert has to know of a buffer's pages it looks up once, not before each sample:
# that would fetch the struct pages that are timed next, for this arm only.
test_insert_looks_once()
{
	plant heap/mmap_insert.c '/^static bool dbb_mmap_insert_refs/,/^}/s/^\tfor_each/\tpr_notice("planted: %zu\\n", buf->len);\n&/'
	# shellcheck disable=SC2016 # for the guest
	mark_in_guest '
		line="mmap strategies=sg,insert,page,insert iterations=20"
		scripts/test/bin/put $D/bench/run "$line size=4M"
		say "4M"
		scripts/test/bin/put $D/bench/run "$line size=64k"
		say "64k"'
	expect_said 4M '1 4194304'
	expect_said 64k '1 65536'
}

# A run makes no figures, which can take long, so whatever stops it ends it. The first
# reader makes them; one that is killed gives up in the midst, and the next one begins
# again.
test_figures_by_reader()
{
	plant bench/result_rows.c 's/^#include <linux\/mm.h>/&\n#include <linux\/sched\/signal.h>/
		s/^#define DBB_RESULT_ROWS_MANY .*/&\n#define PLANTED(what) do { \\\
			static int once; \\\
			pr_notice("planted: " what "\\n"); \\\
			if (!once++) \\\
				send_sig(SIGKILL, current, 1); \\\
		} while (0)/
		/^static int dbb_result_rows_compute/,/^}/s/^\tif (!figures.n)/\tPLANTED("begun");\n&/
		/^static int dbb_result_rows_collect(/,/^}/s/^\treturn/\tPLANTED("collected");\n&/
		s/^\tresult->has_rows = !ret;/&\n\tif (!ret)\n\t\tpr_notice("planted: made\\n");/'
	# shellcheck disable=SC2016 # for the guest
	mark_in_guest '
		line="noop strategies=page,sg warmup=0 batch=1"
		scripts/test/bin/put $D/bench/run "$line iterations=1000000" &
		until grep -q "^running .* done=[0-9]\{5\}" $D/bench/status; do
			:
		done
		kill -KILL $!
		wait $!
		say "a killed run $?"
		say "which $(cut -d " " -f 1 $D/bench/status)"
		scripts/test/bin/put $D/bench/run "$line iterations=20000"
		say "a run"
		for reader in first second third fourth; do
			cat $D/bench/results.csv >/out/$reader
			say "the $reader reader $?"
		done'
	expect_said 'a killed run 137' ''
	expect_said 'which stopped' ''
	expect_said 'a run' ''
	expect_said 'the first reader 137' '1 begun'
	expect_said 'the second reader 137' '1 begun 1 collected'
	expect_said 'the third reader 0' '1 begun 6 collected 1 made'
	expect_said 'the fourth reader 0' '1 made'
	expect_equal 'rows' "$(grep -c '^[0-9]*,noop,op,.*,20000,1,' "$scratch/marked/third")" 2
	expect_true 'the fourth reader sees the same' \
		cmp "$scratch/marked/third" "$scratch/marked/fourth"
}

# A process that is killed while a buffer is described, or in a self-test, does not go
# on to the end of the loop that it is in: no buffer is made, and no test ends.
test_killed_in_loops()
{
	include='/^#include <linux\/mm.h>/s/$/\n#include <linux\/sched\/signal.h>/'
	kill='send_sig(SIGKILL, current, 1);'
	plant heap/fragment.c "$include
			s/^\\twhile (i) {/\\t$kill\\n&/" \
		heap/backend_vmalloc.c "$include
			s/^\\tfor (i = 0; i < npages/\\t$kill\\n&/" \
		bench/selftest/check_mapping.c "$include
			/^static int dbb_check_mapping_windows(/,/^}/{
				s/^\\tfor_each/\\t$kill\\n&/
				s/^\\treturn 0/\\tpr_notice(\"planted: all windows\\\\n\");\\n&/
			}" \
		bench/selftest/measurement.c "$include
			/^static int dbb_measurement_judge_all/,/^}/{
				s/^\\tfor (/\\t$kill\\n&/
				s/^\\tif (ret) {/\\tpr_notice(\"planted: %u experiments\\\\n\", i);\\n&/
			}"
	# shellcheck disable=SC2016 # for the guest
	mark_in_guest '
		echo 0 >$D/heap/orders
		echo 1 >$D/heap/shuffle
		for heap in system vmalloc; do
			scripts/test/bin/heap_abi /dev/dma_heap/bench_$heap try 16777216 2 0 0
			say "$heap $? $(grep -x -e buffers_created=.* -e alloc_failures=.* \
				$D/heap/stats | tr "\n" " ")"
		done
		echo 0 >$D/heap/shuffle
		for half in mappings measurement; do
			scripts/test/bin/put $D/selftest $half
			say "$half $?"
		done'
	expect_said 'system 137 buffers_created=0 alloc_failures=1 ' ''
	expect_said 'vmalloc 137 buffers_created=0 alloc_failures=2 ' ''
	expect_said 'mappings 137' ''
	expect_said 'measurement 137' '1 1 experiments'
}

# expect_seen CASE...: with the module of $planted each of the cases fails.
expect_seen()
{
	for topic_case; do
		echo "${topic_case%%.*}:${topic_case#*.}"
	done >"$scratch/wanted"
	# shellcheck disable=SC2046 # a list of words
	DBB_SRC=$planted "$test_dir/../vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" \
		--out "$scratch/five" -- sh scripts/test/run_topics.sh $(cat "$scratch/wanted") \
		>"$scratch/ran" 2>"$scratch/said"
	grep -q -x finished "$scratch/ran" || complain "no end: $(tail -n 3 "$scratch/said")"
	for topic_case; do
		grep -q -x "not ok $topic_case" "$scratch/ran" ||
			complain "$topic_case does not fail: $(grep "$topic_case" "$scratch/ran")"
	done
}

# A module that verifies nothing (except in op alloc), never purges, has constant
# shares, swapped bounds and an ETA in microseconds, and makes files world-writable
# fails at least one case for each of these defects.
test_five_defects()
{
	plant bench/sample.c 's/work->params->verify)/work->params->verify \&\& work->params->op == \&dbb_op_alloc)/' \
		bench/rounds.c '/vm_unmap_aliases();/d; /rcu_barrier();/d' \
		bench/report/table.c 's/format_ratio(lo, ratio->p50_lo)/format_ratio(lo, ratio->p50_hi)/
			s/format_ratio(hi, ratio->p50_hi)/format_ratio(hi, ratio->p50_lo)/
			s/abs(part) \* 1000/whole * 250/' \
		bench/status.c 's/NSEC_PER_MSEC/NSEC_PER_USEC/' \
		bench/files.c '/"selftest", 0600/s/0600/0666/
			/dbb_files_formats\[i\].name, 0600/s/0600/0666/'
	expect_seen load.files run.table run.table_columns status.progress ops.verify_sees measure.purge
}
