// SPDX-License-Identifier: GPL-2.0
/*
 * The README file in debugfs: enough to work on a device with no other
 * document. What can be taken from a table is.
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>

#include "help.h"
#include "param.h"
#include "source.h"

static const char dbb_help_intro[] =
	"What does mapping a dma-buf cost on this kernel, and what would another way cost?\n"
	"\n"
	"  cd /sys/kernel/debug/dmabuf_bench\n"
	"  echo \"vmap size=256M strategies=page,sg iterations=50\" > bench/run; cat bench/results\n"
	"\n"
	"bench/run takes 1 (the knobs as set) or \"[op] key=value ...\", which overrides knobs\n"
	"for that run only. It blocks until the run is done; a signal stops it.\n";

static const char dbb_help_files[] =
	"\nFiles\n"
	"  error_log            the last 16 refusals: what was written, why not, what is accepted\n"
	"  heap/mmap_strategy   of buffers allocated from now on\n"
	"  heap/vmap_strategy   of buffers allocated from now on\n"
	"  heap/orders          page orders tried, largest first, e.g. \"8 4 0\"\n"
	"  heap/fragment_pct    chance in percent that a chunk of heap system is of a smaller order\n"
	"                       of the list than would fit; the same chunks for each buffer of one size\n"
	"  heap/shuffle         1: chunks of heap system in random order, the same for each buffer\n"
	"  heap/max_bytes       cap of all live buffers together\n"
	"  heap/stats           counters, key=value; chunks_order_* are of heap system\n"
	"  bench/stop           write 1: stop the run from another shell; what was measured is kept\n"
	"  bench/status         idle, running, done, stopped or failed; eta_ms is -1 while unknown\n"
	"  bench/results        table; figures are net of clock overhead, of one call\n"
	"  bench/results.csv    the same numbers and more; an interval needs 6 samples, else it is empty;\n"
	"                       also as .json, .md (Markdown), .bench (Go benchmarks, for benchstat)\n"
	"  bench/samples.csv    every sample, raw: clock overhead included, all calls of a batch\n"
	"  selftest             write mappings: do all strategies show the same bytes here?\n"
	"                       measurement: experiments with a known answer; 1: both;\n"
	"                       read: KTAP\n";

static const char dbb_help_numbers[] =
	"\nNumbers\n"
	"  An arm is [heap:]strategy[+NS]; +NS is a known delay in its first step. Arms of one\n"
	"  heap measure one buffer. The strategy of heap fd is exporter.\n"
	"  Arms run in random order within each round. speedup is baseline/arm of the paired\n"
	"  rounds: their median and its 95 % interval. verdict: faster or slower when the whole\n"
	"  interval is more than 1 % away from 1, same when it is within 1 %, else unclear.\n"
	"  A step that a strategy does not take is 0, flagged absent, and has no speedup.\n"
	"\nOps and their buffers\n"
	"  mmap and touch map buffers of a PMD's size or more at a multiple of it, where the\n"
	"  kernel agrees; touch: mmap + first - stride is what mapping costs. The arms of alloc,\n"
	"  attach and sync are heaps. All but pages and alloc take heap fd; mmap, touch and\n"
	"  vtouch write to it. bench/user/heap_exec gives a command a descriptor.\n"
	"  The chunks of heap fd are those that an importing device sees, 0 when unknown.\n"
	"\nErrors\n"
	"  EINVAL unknown word or malformed value; ERANGE outside the limits; EBUSY a run is on;\n"
	"  EBADF not a dma-buf;\n"
	"  EOPNOTSUPP this kernel or op cannot do that; ENOMEM; EINTR stopped (ECANCELED when\n"
	"  the shell repeats the write, as most do); EIO a mapping showed a wrong page.\n"
	"  error_log says more.\n";

static void dbb_help_show_choice(struct seq_file *m, const char *name, const char *help,
				 const char *missing)
{
	seq_printf(m, "  %-20s %s\n", name, help);
	if (missing)
		seq_printf(m, "  %-20s NOT HERE: %s\n", "", missing);
}

static void dbb_help_show_clocks(struct seq_file *m)
{
	unsigned int i;

	seq_puts(m, "\nClocks\n");
	for (i = 0; i < DBB_CLOCK_MAX; i++)
		seq_printf(m, "  %-20s %s\n", dbb_clocks[i].name, dbb_clocks[i].help);
}

static void dbb_help_show_phases(struct seq_file *m, const struct dbb_op *op)
{
	unsigned int i;

	seq_puts(m, "                       phases:");
	for (i = 0; i < op->nphases; i++)
		seq_printf(m, " %s", op->phases[i].name);
	seq_putc(m, '\n');
}

/**
 * dbb_help_show() - print the README
 * @m: file being read
 */
void dbb_help_show(struct seq_file *m)
{
	unsigned int i;

	seq_puts(m, dbb_help_intro);
	seq_puts(m, "\nKnobs in bench/, and keys of a run line\n");
	for (i = 0; i < DBB_PARAM_COUNT; i++)
		seq_printf(m, "  %-20s %s\n", dbb_param_table[i].name, dbb_param_table[i].help);
	seq_puts(m, "\nOps\n");
	for (i = 0; i < DBB_OP_MAX; i++) {
		seq_printf(m, "  %-20s %s\n", dbb_ops[i]->name, dbb_ops[i]->help);
		dbb_help_show_phases(m, dbb_ops[i]);
	}
	dbb_help_show_clocks(m);
	seq_puts(m, "\nmmap strategies\n");
	for (i = 0; i < DBB_MMAP_MAX; i++)
		dbb_help_show_choice(m, dbb_mmap_strategies[i]->name,
				     dbb_mmap_strategies[i]->help,
				     dbb_mmap_strategies[i]->missing);
	seq_puts(m, "\nvmap strategies (ops vmap, vtouch and pages)\n");
	for (i = 0; i < DBB_VMAP_MAX; i++)
		dbb_help_show_choice(m, dbb_vmap_strategies[i]->name,
				     dbb_vmap_strategies[i]->help,
				     dbb_vmap_strategies[i]->missing);
	seq_puts(m, "\nHeaps: /dev/dma_heap/bench_<name>, ioctl DMA_HEAP_IOCTL_ALLOC; those of the dma-heap\n"
		    "core, bench_core_<name>, too when the module was loaded with register_heaps=1\n");
	for (i = 0; i < dbb_source_count(); i++)
		dbb_help_show_choice(m, dbb_source_at(i)->name, dbb_source_at(i)->help,
				     dbb_source_at(i)->missing);
	seq_puts(m, dbb_help_files);
	seq_puts(m, dbb_help_numbers);
}
