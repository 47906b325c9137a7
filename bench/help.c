// SPDX-License-Identifier: GPL-2.0
/*
 * The README file in debugfs: enough to work on a device without any other
 * document.
 */
#include <linux/kernel.h>
#include <linux/seq_file.h>

#include "heaps.h"
#include "help.h"
#include "param.h"

static const char dbb_help_intro[] =
	"dmabuf-bench measures what mapping a dma-buf costs on this kernel, and what another\n"
	"way of mapping it would cost. It compares arms: strategies that map the same buffer.\n"
	"\n"
	"  cd /sys/kernel/debug/dmabuf_bench\n"
	"  echo \"vmap size=256M strategies=page,sg iterations=50\" > bench/run; cat bench/results\n"
	"  echo \"vmap size=64M strategies=system:sg,vmalloc:born\" > bench/run; cat bench/results\n"
	"\n"
	"Runs\n"
	"  bench/run            write 1 to run the knobs as set, or \"[op] key=value ...\" to override\n"
	"                       knobs for that run only. Blocks until the run is done; a signal\n"
	"                       stops it\n"
	"  bench/stop           write 1 to stop the run from another shell; the rounds so far are kept\n"
	"  bench/status         idle, running, done, stopped or failed; rounds done and wanted;\n"
	"                       eta_ms is -1 while unknown; the first warmup= of the\n"
	"                       rounds done are warm-up (with buffers=, they are spread)\n";

static const char dbb_help_files[] =
	"\nResults\n"
	"  bench/results        table of the last run, for reading\n"
	"  bench/results.csv    the same and more, one row for each arm and phase; also results.json,\n"
	"                       results.md (Markdown) and results.bench (for benchstat). The first\n"
	"                       reader waits for the statistics: seconds for a million rounds\n"
	"  bench/samples.csv    every sample, raw: with the clock's overhead, all calls of a batch\n"
	"  selftest             write mappings: do all strategies show the same bytes on this kernel?\n"
	"                       measurement: experiments with known answers; 1: both. Read: KTAP\n"
	"  error_log            the last 16 refused writes: what was written, why it was refused,\n"
	"                       what is accepted\n"
	"\nHeap\n"
	"  heap/mmap_strategy   mmap strategy of buffers allocated from now on\n"
	"  heap/vmap_strategy   vmap strategy of buffers allocated from now on\n"
	"  heap/caching         how user and kernel mappings of buffers allocated from now on are\n"
	"                       cached: cached, wc (write-combining), uncached; its further lines\n"
	"                       say what this machine lacks. Heap vmalloc, vmap strategy ram, and on\n"
	"                       arm64 direct and insert, have cached only\n"
	"  heap/orders          page orders that heap system tries, largest first, e.g. \"8 4 0\"\n"
	"  heap/fragment_pct    chance in percent that a chunk is of a smaller order than would fit,\n"
	"                       as on a fragmented system; equal sizes get equal chunks\n"
	"  heap/shuffle         1: chunks in random order, the same order for each buffer\n"
	"  heap/max_bytes       limit of all live buffers together\n"
	"  heap/stats           counters, key=value; chunks_order_* count chunks of heap system\n";

static const char dbb_help_numbers[] =
	"\nHow to read the numbers\n"
	"  Arms of one heap measure the same buffer. In each round all arms run once, in random\n"
	"  order. Times are of one call, net of the clock's overhead. speedup is baseline/arm of\n"
	"  the paired rounds: the median and its 95 % interval, which needs 6 rounds. Where rounds\n"
	"  are correlated it is wider, and a run too short to show how much has none. verdict is\n"
	"  faster or slower when the whole interval is more than 1 % away from 1, same when it is\n"
	"  within 1 %, else unclear. share_pct is the share of the median of the total; the row\n"
	"  rest has what the medians of the parts leave of it. A phase that passes over the whole\n"
	"  buffer has bytes_per_s: that of fill is of what the array describes, those of write and\n"
	"  read are of a word in each line of 64 bytes. A phase that a strategy does not\n"
	"  have is 0, flagged absent, and has no speedup. Samples that were disturbed are kept\n"
	"  and counted; disturbed_by says what counts, which on some kernels lacks timer ticks.\n"
	"  buffers=N divides the rounds between N buffers, made one after the other; each warms up\n"
	"  anew. Median and interval are then those of the buffers' medians, and an interval needs\n"
	"  6 buffers; else they hold for the one placement in memory that the run had. Where the\n"
	"  machine changes during the run, neighbouring buffers are correlated, and the interval\n"
	"  is wider or missing. Old buffers are kept while memory allows, so that new ones have\n"
	"  other pages.\n"
	"  strategy+NS adds a spin of NS to the first step of an arm: a difference of known size.\n"
	"\nOps and buffers\n"
	"  The arms of alloc, attach and sync are heaps. Heap fd measures a buffer of any exporter:\n"
	"  open it in the writing process and pass fd=N (bench/user/heap_exec does that for a\n"
	"  command). Arms fd3, fd4 ... are several at once, of one size: those at descriptors 3, 4.\n"
	"  Their only strategy is exporter; pages and alloc cannot use them; mmap, touch and vtouch\n"
	"  write to them. Chunks are those that an importing device sees, 0 if unknown.\n"
	"  Heap anon is ordinary memory, new in each sample: what its first touch costs is the zeroing\n"
	"  of its pages, what follows is the reference for all other memory.\n"
	"    echo \"touch size=8M strategies=anon,system:sg,contig:sg\" > bench/run\n"
	"  mmap and touch map buffers of a PMD or more at a multiple of it where the kernel can.\n"
	"  In op touch, mmap + first - stride is the cost of mapping, faults included.\n"
	"\nErrors\n"
	"  EINVAL      unknown word or malformed value\n"
	"  ERANGE      value outside the limits\n"
	"  EOPNOTSUPP  this kernel, buffer or op cannot do that\n"
	"  EBUSY       a run is in progress\n"
	"  EBADF       not a dma-buf\n"
	"  ENOMEM      not enough memory, or above heap/max_bytes\n"
	"  EIO         a mapping showed a wrong page\n"
	"  EINTR       stopped; ECANCELED when the shell repeats the write, as most do\n";

static void dbb_help_show_choice(struct seq_file *m, const char *name, const char *help,
				 const char *missing)
{
	seq_printf(m, "  %-20s %s\n", name, help);
	if (missing)
		seq_printf(m, "  %-20s not available: %s\n", "", missing);
}

static void dbb_help_show_op(struct seq_file *m, const struct dbb_op *op)
{
	unsigned int i;

	seq_printf(m, "  %-20s %s\n", op->name, op->help);
	seq_puts(m, "                       phases:");
	for (i = 0; i < op->nphases; i++)
		seq_printf(m, " %s", op->phases[i].name);
	seq_putc(m, '\n');
}

static const char dbb_help_presets[] =
	"\nPresets of op replay: [held|]steps of a frame[@frames a second]\n";

static const char dbb_help_steps[] =
	"  Steps of your own are written in the same way, e.g. replay preset=vmap,read:1M,vunmap@30\n"
	"    attach map unmap detach   of a device\n"
	"    vmap vunmap               kernel mapping; lock and unlock around them: the caller has\n"
	"                              the reservation lock\n"
	"    begin end                 of CPU access\n"
	"    read write flush          of the mapping, with :SIZE of its beginning; flush: x86 only\n"
	"  Steps before | are taken once, not timed, and held. Nothing waits for the next frame.\n";

static void dbb_help_show_presets(struct seq_file *m)
{
	const struct dbb_replay_preset *preset;
	unsigned int i;

	seq_puts(m, dbb_help_presets);
	for (i = 0; (preset = dbb_replay_preset_at(i)); i++)
		seq_printf(m, "  %-20s %s\n  %-20s %s, %llu bytes\n", preset->name,
			   preset->help, "", preset->steps, preset->size_bytes);
	seq_puts(m, dbb_help_steps);
}

int dbb_help_show(struct seq_file *m, void *v)
{
	unsigned int i;

	seq_puts(m, dbb_help_intro);
	seq_puts(m, "\nKnobs in bench/, also keys of a run line\n");
	for (i = 0; i < DBB_PARAM_COUNT; i++)
		seq_printf(m, "  %-20s %s\n", dbb_param_table[i].name, dbb_param_table[i].help);
	seq_puts(m, "\nOps\n");
	for (i = 0; i < DBB_OP_MAX; i++)
		dbb_help_show_op(m, dbb_ops[i]);
	dbb_help_show_presets(m);
	seq_puts(m, "\nStrategies of user mappings (ops mmap and touch)\n");
	for (i = 0; i < DBB_MMAP_MAX; i++)
		dbb_help_show_choice(m, dbb_mmap_strategies[i]->name,
				     dbb_mmap_strategies[i]->help,
				     dbb_mmap_strategies[i]->missing);
	seq_puts(m, "\nStrategies of kernel mappings (ops vmap, vtouch, pages and replay)\n");
	for (i = 0; i < DBB_VMAP_MAX; i++)
		dbb_help_show_choice(m, dbb_vmap_strategies[i]->name,
				     dbb_vmap_strategies[i]->help,
				     dbb_vmap_strategies[i]->missing);
	seq_puts(m, "\nHeaps: nodes /dev/dma_heap/bench_<name>, ioctl DMA_HEAP_IOCTL_ALLOC; with the\n"
		 "module option register_heaps=1 also bench_core_<name>, made by the dma-heap core\n");
	for (i = 0; i < dbb_heaps_count(); i++)
		dbb_help_show_choice(m, dbb_heaps_at(i)->name, dbb_heaps_at(i)->help,
				     dbb_heaps_at(i)->missing);
	seq_puts(m, "\nClocks\n");
	for (i = 0; i < DBB_CLOCK_MAX; i++)
		seq_printf(m, "  %-20s %s\n", dbb_clocks[i].name, dbb_clocks[i].help);
	seq_puts(m, dbb_help_files);
	seq_puts(m, dbb_help_numbers);
	return 0;
}
