// SPDX-License-Identifier: GPL-2.0
/*
 * Operation "replay": a frame as a driver has it, step by step, on this kernel and
 * with each strategy. What the driver holds from frame to frame is not timed.
 */
#include <linux/compiler.h>
#include <linux/dma-buf.h>
#include <linux/dma-resv.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/string.h>
#ifdef CONFIG_X86
#include <asm/cacheflush.h>
#endif

#include "kernel_mapping.h"
#include "../param.h"

static int dbb_op_replay_prepare(struct dbb_work *work)
{
	return dbb_importer_open(&work->importer, DMA_BIDIRECTIONAL);
}

/* Nested mappings get the same address: the core counts them. */
static int dbb_op_replay_vmap(struct dbb_work *work)
{
	int ret = work->locked ? dbb_compat_vmap_locked(work->replayed, &work->map) :
				 dbb_compat_vmap(work->replayed, &work->map);

	if (!ret)
		work->vmaps++;
	return ret;
}

static void dbb_op_replay_vunmap(struct dbb_work *work)
{
	struct iosys_map map = work->map;

	if (work->locked)
		dbb_compat_vunmap_locked(work->replayed, &map);
	else
		dbb_compat_vunmap(work->replayed, &map);
	work->vmaps--;
}

static void dbb_op_replay_unlock(struct dbb_work *work)
{
	dma_resv_unlock(work->replayed->resv);
	work->locked = false;
}

static int dbb_op_replay_lock(struct dbb_work *work)
{
	int ret = dma_resv_lock(work->replayed->resv, NULL);

	work->locked = !ret;
	return ret;
}

static void dbb_op_replay_read(const struct dbb_work *work, size_t bytes)
{
	const u64 *words = work->map.vaddr;
	size_t i;

	for (i = 0; i < bytes / sizeof(*words); i++)
		READ_ONCE(words[i]);
}

/* dbb_replay_parse() takes the step on x86 only. */
static void dbb_op_replay_flush(const struct dbb_work *work, size_t bytes)
{
#ifdef CONFIG_X86
	clflush_cache_range(work->map.vaddr, bytes);
#endif
}

static int dbb_op_replay_access(struct dbb_work *work, const struct dbb_replay_step *step)
{
	size_t bytes = min_t(size_t, step->bytes ?: SIZE_MAX, work->dmabuf->size);

	if (work->map.is_iomem)
		return -EOPNOTSUPP;
	if (step->verb == DBB_REPLAY_FLUSH)
		dbb_op_replay_flush(work, bytes);
	else if (step->verb == DBB_REPLAY_WRITE)
		memset(work->map.vaddr, 0, bytes);
	else
		dbb_op_replay_read(work, bytes);
	return 0;
}

static int dbb_op_replay_step(struct dbb_work *work, const struct dbb_replay_step *step)
{
	switch (step->verb) {
	case DBB_REPLAY_ATTACH:
		return dbb_importer_attach(&work->importer, work->dmabuf);
	case DBB_REPLAY_MAP:
		return dbb_importer_map(&work->importer);
	case DBB_REPLAY_UNMAP:
		dbb_importer_unmap(&work->importer);
		return 0;
	case DBB_REPLAY_DETACH:
		dbb_importer_detach(&work->importer);
		return 0;
	case DBB_REPLAY_VMAP:
		return dbb_op_replay_vmap(work);
	case DBB_REPLAY_VUNMAP:
		dbb_op_replay_vunmap(work);
		return 0;
	case DBB_REPLAY_BEGIN:
		return dma_buf_begin_cpu_access(work->dmabuf, DMA_FROM_DEVICE);
	case DBB_REPLAY_END:
		return dma_buf_end_cpu_access(work->dmabuf, DMA_FROM_DEVICE);
	case DBB_REPLAY_LOCK:
		return dbb_op_replay_lock(work);
	case DBB_REPLAY_UNLOCK:
		dbb_op_replay_unlock(work);
		return 0;
	default:
		return dbb_op_replay_access(work, step);
	}
}

/* What is held, and what a frame that failed half-way left. */
static void dbb_op_replay_undo(struct dbb_work *work)
{
	if (work->locked)
		dbb_op_replay_unlock(work);
	while (work->vmaps)
		dbb_op_replay_vunmap(work);
	if (work->importer.table)
		dbb_importer_unmap(&work->importer);
	if (work->importer.attachment)
		dbb_importer_detach(&work->importer);
}

/* What is held is of the arm's strategy, so it is taken anew for each sample. */
static int dbb_op_replay_point(struct dbb_work *work, struct dbb_refusal *why)
{
	const struct dbb_replay *replay = &work->params->replay;
	unsigned int i;
	int ret = 0;

	dbb_op_replay_undo(work);
	work->replayed = work->dmabuf;
	if (!work->arm->exporter)
		ret = dbb_buffer_use_vmap(work->buf, work->arm->vmap, NULL, why);
	for (i = 0; !ret && i < replay->held; i++) {
		ret = dbb_op_replay_step(work, &replay->steps[i]);
		if (ret)
			dbb_text_refuse(why, ret, "strategy %s: step %u of preset %s returned %pe",
					work->arm->name, i + 1, replay->text, ERR_PTR(ret));
	}
	if (ret)
		dbb_op_replay_undo(work);
	return ret;
}

/* One clock read after each step, which ends it and begins the next. */
static int dbb_op_replay_frame(struct dbb_work *work)
{
	const struct dbb_replay *replay = &work->params->replay;
	const struct dbb_clock *clock = work->params->clock;
	u64 before, after;
	unsigned int i;
	int ret;

	memset(work->part, 0, sizeof(work->part));
	before = clock->now();
	for (i = replay->held; i < replay->nsteps; i++) {
		const struct dbb_replay_step *step = &replay->steps[i];

		ret = dbb_op_replay_step(work, step);
		after = clock->now();
		work->part[step->part] += after - before;
		before = after;
		if (ret) {
			dbb_text_refuse(&work->detail, ret, "step %u of preset %s",
					i + 1, replay->text);
			dbb_op_replay_undo(work);
			return ret;
		}
	}
	return 0;
}

/* A frame leaves nothing to look at, so the buffer is mapped once more. */
static int dbb_op_replay_verify(struct dbb_work *work, struct dbb_refusal *why)
{
	int ret;

	dbb_op_replay_undo(work);
	ret = dbb_kernel_mapping_map(work);
	if (ret)
		return dbb_text_refuse(why, ret, "strategy %s: the buffer could not be mapped: %pe",
				       work->arm->name, ERR_PTR(ret));
	ret = dbb_kernel_mapping_verify(work, why);
	dbb_kernel_mapping_unmap(work);
	return ret;
}

static void dbb_op_replay_unprepare(struct dbb_work *work)
{
	dbb_op_replay_undo(work);
	dbb_kernel_mapping_unprepare(work);
	dbb_importer_close(&work->importer);
}

static unsigned int dbb_op_replay_count(const struct dbb_work *work, int part)
{
	const struct dbb_replay *replay = &work->params->replay;
	unsigned int i, count = 0;

	for (i = replay->held; i < replay->nsteps; i++)
		count += part < 0 || replay->steps[i].part == part;
	return count;
}

/* The first read inside a frame, and one for each step. */
static unsigned int dbb_op_replay_reads(const struct dbb_work *work)
{
	return 1 + dbb_op_replay_count(work, -1);
}

/* The two figures of a part: its time, and the clock reads in it. */
#define DBB_OP_REPLAY_NS(_name, _part)						\
static u64 dbb_op_replay_##_name(const struct dbb_work *work)			\
{										\
	return work->part[_part];						\
}

#define DBB_OP_REPLAY_READS(_name, _part)					\
static unsigned int dbb_op_replay_##_name(const struct dbb_work *work)		\
{										\
	return dbb_op_replay_count(work, _part);				\
}

DBB_OP_REPLAY_NS(import, DBB_REPLAY_IMPORT)
DBB_OP_REPLAY_NS(mapping, DBB_REPLAY_MAPPING)
DBB_OP_REPLAY_NS(unmapping, DBB_REPLAY_UNMAPPING)
DBB_OP_REPLAY_NS(sync, DBB_REPLAY_SYNC)
DBB_OP_REPLAY_NS(touching, DBB_REPLAY_ACCESS)
DBB_OP_REPLAY_READS(import_reads, DBB_REPLAY_IMPORT)
DBB_OP_REPLAY_READS(mapping_reads, DBB_REPLAY_MAPPING)
DBB_OP_REPLAY_READS(unmapping_reads, DBB_REPLAY_UNMAPPING)
DBB_OP_REPLAY_READS(sync_reads, DBB_REPLAY_SYNC)
DBB_OP_REPLAY_READS(touching_reads, DBB_REPLAY_ACCESS)

static const struct dbb_phase dbb_op_replay_phases[] = {
	{ .name = "frame", .run = dbb_op_replay_frame, .verify = true, .divided = true,
	  .reads = 1, .inner_reads = dbb_op_replay_reads },
	{ .name = "import", .derive = dbb_op_replay_import,
	  .inner_reads = dbb_op_replay_import_reads },
	{ .name = "vmap", .derive = dbb_op_replay_mapping,
	  .inner_reads = dbb_op_replay_mapping_reads },
	{ .name = "vunmap", .derive = dbb_op_replay_unmapping,
	  .inner_reads = dbb_op_replay_unmapping_reads },
	{ .name = "sync", .derive = dbb_op_replay_sync,
	  .inner_reads = dbb_op_replay_sync_reads },
	{ .name = "access", .derive = dbb_op_replay_touching,
	  .inner_reads = dbb_op_replay_touching_reads },
};

const struct dbb_op dbb_op_replay = {
	.name		= "replay",
	.help		= "what a driver does with a buffer in each frame: see preset",
	.family		= DBB_FAMILY_VMAP,
	.events		= DBB_EVENTS_VMAP,
	.phases		= dbb_op_replay_phases,
	.nphases	= ARRAY_SIZE(dbb_op_replay_phases),
	.total		= 0,
	.prepare	= dbb_op_replay_prepare,
	.point		= dbb_op_replay_point,
	.verify		= dbb_op_replay_verify,
	.unprepare	= dbb_op_replay_unprepare,
};
