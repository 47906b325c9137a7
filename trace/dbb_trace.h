/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints, system dmabuf_bench. ino is the inode of the dma-buf, chunks are
 * scatterlist entries, err is 0 or a negative errno.
 *
 * Strategies, ops, phases and heaps are strings, so that hist triggers and filters
 * take the names that a user knows.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM dmabuf_bench

#if !defined(DBB_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define DBB_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>

#define DBB_TRACE_NAME_LEN 16

/* ns includes zeroing; ino is 0 on failure. */
TRACE_EVENT(dbb_alloc,
	TP_PROTO(unsigned long ino, const char *heap, size_t size_bytes,
		 unsigned int chunks, u64 ns, int err),
	TP_ARGS(ino, heap, size_bytes, chunks, ns, err),
	TP_STRUCT__entry(
		__field(unsigned long, ino)
		__array(char, heap, DBB_TRACE_NAME_LEN)
		__field(size_t, size_bytes)
		__field(unsigned int, chunks)
		__field(u64, ns)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->ino = ino;
		strscpy(__entry->heap, heap, DBB_TRACE_NAME_LEN);
		__entry->size_bytes = size_bytes;
		__entry->chunks = chunks;
		__entry->ns = ns;
		__entry->err = err;
	),
	TP_printk("ino=%lu heap=%s size_bytes=%zu chunks=%u ns=%llu err=%d",
		  __entry->ino, __entry->heap, __entry->size_bytes,
		  __entry->chunks, __entry->ns, __entry->err)
);

TRACE_EVENT(dbb_free,
	TP_PROTO(const char *heap, size_t size_bytes, u64 ns),
	TP_ARGS(heap, size_bytes, ns),
	TP_STRUCT__entry(
		__array(char, heap, DBB_TRACE_NAME_LEN)
		__field(size_t, size_bytes)
		__field(u64, ns)
	),
	TP_fast_assign(
		strscpy(__entry->heap, heap, DBB_TRACE_NAME_LEN);
		__entry->size_bytes = size_bytes;
		__entry->ns = ns;
	),
	TP_printk("heap=%s size_bytes=%zu ns=%llu",
		  __entry->heap, __entry->size_bytes, __entry->ns)
);

TRACE_EVENT(dbb_attach,
	TP_PROTO(unsigned long ino, size_t size_bytes, unsigned int chunks,
		 u64 ns, int err),
	TP_ARGS(ino, size_bytes, chunks, ns, err),
	TP_STRUCT__entry(
		__field(unsigned long, ino)
		__field(size_t, size_bytes)
		__field(unsigned int, chunks)
		__field(u64, ns)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->ino = ino;
		__entry->size_bytes = size_bytes;
		__entry->chunks = chunks;
		__entry->ns = ns;
		__entry->err = err;
	),
	TP_printk("ino=%lu size_bytes=%zu chunks=%u ns=%llu err=%d",
		  __entry->ino, __entry->size_bytes, __entry->chunks,
		  __entry->ns, __entry->err)
);

DECLARE_EVENT_CLASS(dbb_mapping,
	TP_PROTO(unsigned long ino, const char *strategy, size_t size_bytes,
		 u64 ns, int err),
	TP_ARGS(ino, strategy, size_bytes, ns, err),
	TP_STRUCT__entry(
		__field(unsigned long, ino)
		__array(char, strategy, DBB_TRACE_NAME_LEN)
		__field(size_t, size_bytes)
		__field(u64, ns)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->ino = ino;
		strscpy(__entry->strategy, strategy, DBB_TRACE_NAME_LEN);
		__entry->size_bytes = size_bytes;
		__entry->ns = ns;
		__entry->err = err;
	),
	TP_printk("ino=%lu strategy=%s size_bytes=%zu ns=%llu err=%d",
		  __entry->ino, __entry->strategy, __entry->size_bytes,
		  __entry->ns, __entry->err)
);

/* ns is the time in the strategy. A vmap that finds a mapping is not traced. */
DEFINE_EVENT(dbb_mapping, dbb_vmap,
	TP_PROTO(unsigned long ino, const char *strategy, size_t size_bytes,
		 u64 ns, int err),
	TP_ARGS(ino, strategy, size_bytes, ns, err)
);

/* The last vunmap of a buffer. */
DEFINE_EVENT(dbb_mapping, dbb_vunmap,
	TP_PROTO(unsigned long ino, const char *strategy, size_t size_bytes,
		 u64 ns, int err),
	TP_ARGS(ino, strategy, size_bytes, ns, err)
);

/* The loop that fills the page array. */
DEFINE_EVENT(dbb_mapping, dbb_fill,
	TP_PROTO(unsigned long ino, const char *strategy, size_t size_bytes,
		 u64 ns, int err),
	TP_ARGS(ino, strategy, size_bytes, ns, err)
);

/* ns is the time in the strategy, without faults. */
TRACE_EVENT(dbb_mmap,
	TP_PROTO(unsigned long ino, const char *strategy, size_t size_bytes,
		 unsigned long pgoff, u64 ns, int err),
	TP_ARGS(ino, strategy, size_bytes, pgoff, ns, err),
	TP_STRUCT__entry(
		__field(unsigned long, ino)
		__array(char, strategy, DBB_TRACE_NAME_LEN)
		__field(size_t, size_bytes)
		__field(unsigned long, pgoff)
		__field(u64, ns)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->ino = ino;
		strscpy(__entry->strategy, strategy, DBB_TRACE_NAME_LEN);
		__entry->size_bytes = size_bytes;
		__entry->pgoff = pgoff;
		__entry->ns = ns;
		__entry->err = err;
	),
	TP_printk("ino=%lu strategy=%s size_bytes=%zu pgoff=%lu ns=%llu err=%d",
		  __entry->ino, __entry->strategy, __entry->size_bytes,
		  __entry->pgoff, __entry->ns, __entry->err)
);

/* run is that of results.csv; iterations are those requested. */
TRACE_EVENT(dbb_run_begin,
	TP_PROTO(unsigned int run, const char *op, u64 size_bytes,
		 unsigned int arms, unsigned int iterations),
	TP_ARGS(run, op, size_bytes, arms, iterations),
	TP_STRUCT__entry(
		__field(unsigned int, run)
		__array(char, op, DBB_TRACE_NAME_LEN)
		__field(u64, size_bytes)
		__field(unsigned int, arms)
		__field(unsigned int, iterations)
	),
	TP_fast_assign(
		__entry->run = run;
		strscpy(__entry->op, op, DBB_TRACE_NAME_LEN);
		__entry->size_bytes = size_bytes;
		__entry->arms = arms;
		__entry->iterations = iterations;
	),
	TP_printk("run=%u op=%s size_bytes=%llu arms=%u iterations=%u",
		  __entry->run, __entry->op, __entry->size_bytes,
		  __entry->arms, __entry->iterations)
);

/* rounds are those measured; err is -EINTR when stopped. */
TRACE_EVENT(dbb_run_end,
	TP_PROTO(unsigned int run, const char *op, unsigned int rounds, u64 ns,
		 int err),
	TP_ARGS(run, op, rounds, ns, err),
	TP_STRUCT__entry(
		__field(unsigned int, run)
		__array(char, op, DBB_TRACE_NAME_LEN)
		__field(unsigned int, rounds)
		__field(u64, ns)
		__field(int, err)
	),
	TP_fast_assign(
		__entry->run = run;
		strscpy(__entry->op, op, DBB_TRACE_NAME_LEN);
		__entry->rounds = rounds;
		__entry->ns = ns;
		__entry->err = err;
	),
	TP_printk("run=%u op=%s rounds=%u ns=%llu err=%d",
		  __entry->run, __entry->op, __entry->rounds, __entry->ns,
		  __entry->err)
);

/* A row of samples.csv, after the round. ns includes the clock overhead. */
TRACE_EVENT(dbb_sample,
	TP_PROTO(unsigned int run, const char *op, const char *phase,
		 const char *strategy, unsigned int arm, unsigned int round,
		 unsigned int order, u64 ns, unsigned int cpu,
		 unsigned int thread, bool disturbed),
	TP_ARGS(run, op, phase, strategy, arm, round, order, ns, cpu, thread,
		disturbed),
	TP_STRUCT__entry(
		__field(unsigned int, run)
		__array(char, op, DBB_TRACE_NAME_LEN)
		__array(char, phase, DBB_TRACE_NAME_LEN)
		__array(char, strategy, DBB_TRACE_NAME_LEN)
		__field(unsigned int, arm)
		__field(unsigned int, round)
		__field(unsigned int, order)
		__field(u64, ns)
		__field(unsigned int, cpu)
		__field(unsigned int, thread)
		__field(bool, disturbed)
	),
	TP_fast_assign(
		__entry->run = run;
		strscpy(__entry->op, op, DBB_TRACE_NAME_LEN);
		strscpy(__entry->phase, phase, DBB_TRACE_NAME_LEN);
		strscpy(__entry->strategy, strategy, DBB_TRACE_NAME_LEN);
		__entry->arm = arm;
		__entry->round = round;
		__entry->order = order;
		__entry->ns = ns;
		__entry->cpu = cpu;
		__entry->thread = thread;
		__entry->disturbed = disturbed;
	),
	TP_printk("run=%u op=%s phase=%s strategy=%s arm=%u round=%u order=%u ns=%llu cpu=%u thread=%u disturbed=%u",
		  __entry->run, __entry->op, __entry->phase, __entry->strategy,
		  __entry->arm, __entry->round, __entry->order, __entry->ns,
		  __entry->cpu, __entry->thread, __entry->disturbed)
);

/*
 * A step that was disturbed, as soon as it is over, in the task and on the CPU that
 * took it; warm-up rounds have them, too. ns is that of dbb_sample, in the unit of the
 * run's clock; the step began window_ns ago on from_cpu.
 */
TRACE_EVENT(dbb_disturbed,
	TP_PROTO(const char *phase, const char *strategy, unsigned int arm,
		 unsigned int thread, u64 ns, u64 window_ns, unsigned int from_cpu,
		 unsigned int cpu, bool switched, bool interrupted),
	TP_ARGS(phase, strategy, arm, thread, ns, window_ns, from_cpu, cpu,
		switched, interrupted),
	TP_STRUCT__entry(
		__array(char, phase, DBB_TRACE_NAME_LEN)
		__array(char, strategy, DBB_TRACE_NAME_LEN)
		__field(unsigned int, arm)
		__field(unsigned int, thread)
		__field(u64, ns)
		__field(u64, window_ns)
		__field(unsigned int, from_cpu)
		__field(unsigned int, cpu)
		__field(bool, switched)
		__field(bool, interrupted)
	),
	TP_fast_assign(
		strscpy(__entry->phase, phase, DBB_TRACE_NAME_LEN);
		strscpy(__entry->strategy, strategy, DBB_TRACE_NAME_LEN);
		__entry->arm = arm;
		__entry->thread = thread;
		__entry->ns = ns;
		__entry->window_ns = window_ns;
		__entry->from_cpu = from_cpu;
		__entry->cpu = cpu;
		__entry->switched = switched;
		__entry->interrupted = interrupted;
	),
	TP_printk("phase=%s strategy=%s arm=%u thread=%u ns=%llu window_ns=%llu from_cpu=%u cpu=%u switched=%u interrupted=%u",
		  __entry->phase, __entry->strategy, __entry->arm,
		  __entry->thread, __entry->ns, __entry->window_ns,
		  __entry->from_cpu, __entry->cpu, __entry->switched,
		  __entry->interrupted)
);

#endif /* DBB_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE dbb_trace
#include <trace/define_trace.h>
