# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What happens in states that hardly ever come about: a copy of the sources is
# changed so that they do. One module and one guest are for all cases; what the
# guest runs is in staged.sh.
# shellcheck disable=SC2154 # test_dir, scratch, kernel and arch come from run_tests.sh

# A run of seven rounds is stopped in its last sample, one of nine in the first
# sample of its last round. In that sample one of eight rounds switches an event on.
last_round='s/^#include <linux\/bits.h>/&\n#include <linux\/trace_events.h>/
	s/^\t\tret = dbb_rounds_take_sample(rounds, round,.*/&\
		if (params->iterations == rounds->result->rounds + 1) {\
			if (params->iterations == (i ? 7 : 9))\
				dbb_stop_request();\
			if (params->iterations == 8 \&\& !i)\
				trace_set_clr_event("dmabuf_bench", "dbb_vmap", 1);\
		}/'

# Begin of CPU access waits for a fence that is never signalled, as the core does.
fence='s/^#include <linux\/err.h>/&\n#include <linux\/sched\/signal.h>/
	s/return dma_buf_begin_cpu_access(.*/while (!signal_pending(current))\
		schedule_timeout_interruptible(1);\
	return -ERESTARTSYS;/'

# Clock raw is another one on CPU 0 than on the others, and clock cycles stands still.
clock='s/return ktime_get_raw_fast_ns();/static atomic64_t now;\
\
	return atomic64_add_return(raw_smp_processor_id() ? 1000 : 7, \&now);/
	s/return get_cycles();/return 1;/'

# The kernel exports no dma_heap_add(), and three seconds pass before that is said.
refusal='s/^#include <linux\/err.h>/#include <linux\/delay.h>\n&/
	s/!DBB_CAN_ADD_HEAP/true/
	s/ || DBB_CAN_ADD_HEAP//
	s/pr_err("register_heaps=1: this kernel/msleep(3000);\
	&/'

# The guest's memory is encrypted, as far as allocations from devices and the linear map
# know.
encrypted='/dma_is_decrypted(void)/,/^}/s/return .*;/return true;/'
linear='s/if (dbb_compat_memory_is_encrypted())/if (true)/'
asked='s/^\tpage = dma_alloc_pages(/\tpr_notice("staged: pages of a device\\n");\
&/'

stage()
{
	plant bench/rounds.c "$last_round" bench/op/op_sync.c "$fence" \
		bench/clock.c "$clock" heap/register.c "$refusal" \
		heap/compat.h "$encrypted" heap/dma_device.c "$asked" \
		heap/vmap_direct.c "$linear" \
		bench/run.c 's/dbb_heaps_get_fd(fd/& + 1/' \
		bench/report/table.c 's/show_share(m, rest, whole)/show_share(m, -4, 1000)/'
	cp "$test_dir/staged.sh" "$planted/scripts/test/guest/test_staged.sh"
	cases=$(sed -n 's/^test_\(.*\)()$/\1/p' "$test_dir/staged.sh" | paste -s -d , -)
	DBB_SRC=$planted "$test_dir/../vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" \
		--mem 1G --out "$scratch/staged" -- \
		sh scripts/test/run_topics.sh "staged:$cases,clean" \
		>"$scratch/ran" 2>"$scratch/said" ||
		complain "the guest: $(tail -n 5 "$scratch/said")"
}

# expect_staged CASE: passed in the guest, which the first of them boots.
expect_staged()
{
	[ -e "$scratch/ran" ] || stage
	sed -n "/^start staged\.$1\$/,/^start /p" "$scratch/ran" | grep '^#'
	grep -q -x "ok staged\.$1" "$scratch/ran" || complain "staged.$1 does not pass"
}

# A run that is stopped in its last sample is complete; one that is stopped in its
# last round before that is not.
test_stop()
{
	expect_staged stop_in_last_sample
	expect_staged stop_in_last_round
}

# Events that are switched on in the last round of a run show in its results.
test_events()
{
	expect_staged events_in_last_round
}

# A signal that ends a wait for a fence stops the run for good.
test_wait_for_fence()
{
	expect_staged wait_for_fence
}

# The clock is calibrated where it is read.
test_clock()
{
	expect_staged clock_of_thread
}

# A clock that does not advance is refused.
test_standing_clock()
{
	expect_staged standing_clock
}

# A run never has the size of another buffer than the one it measures.
test_replaced_fd()
{
	expect_staged replaced_fd
}

# Nothing can be opened of a module that is about to be refused.
test_refused_load()
{
	expect_staged refused_load
}

# Decrypted pages are never mapped as if they were not.
test_encrypted_memory()
{
	expect_staged encrypted_memory
}

# A share between 0 and -1 % keeps its sign.
test_negative_share()
{
	expect_staged negative_share
}

# The staged module leaves nothing and goes.
test_clean()
{
	expect_staged clean
}
