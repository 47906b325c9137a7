// SPDX-License-Identifier: GPL-2.0
/*
 * The mapping half of the self-test: do all strategies show the same bytes on this
 * kernel? Buffers of a few shapes of each heap are mapped with each pair of
 * strategies. A mapping is read before anything is written through it: a wrong one
 * must not corrupt other memory.
 *
 * A module cannot call fork(), mremap() and mprotect(); scripts/test does.
 */
#include <linux/bits.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/string.h>

#include "../../heap/heap.h"
#include "../op/importer.h"
#include "../status.h"
#include "../stop.h"
#include "check_mapping.h"
#include "ktap.h"
#include "selftest.h"

/* The order that a PMD maps, but no more than 2 MiB. */
#define DBB_MAPPINGS_HUGE_ORDER ((PMD_SHIFT < 21 ? PMD_SHIFT : 21) - PAGE_SHIFT)

/**
 * struct dbb_mappings_shape - a buffer to try
 * @npages: its pages
 * @orders: a bit for each page order to allocate them in
 *
 * All but the first end within a chunk of the larger orders.
 */
struct dbb_mappings_shape {
	unsigned long npages;
	unsigned long orders;
};

static const struct dbb_mappings_shape dbb_mappings_shapes[] = {
	{ .npages = 1, .orders = BIT(0) },
	{ .npages = 2 * 16 + 2 * 4 + 3, .orders = BIT(4) | BIT(2) | BIT(0) },
	{ .npages = 2 * BIT(DBB_MAPPINGS_HUGE_ORDER) + 3,
	  .orders = BIT(DBB_MAPPINGS_HUGE_ORDER) | BIT(0) },
};

#define DBB_MAPPINGS_SHAPES ARRAY_SIZE(dbb_mappings_shapes)

/* A self-test in progress */
struct dbb_mappings {
	struct dbb_ktap *ktap;
	struct dbb_importer importer;
	const struct dbb_backend *heap;
	const struct dbb_caching *caching;
	/* one of each shape; without a dmabuf if the allocation failed */
	struct dbb_check_mapping buffers[DBB_MAPPINGS_SHAPES];
	u32 done;
	unsigned long lacks;	/* a bit for each step that was reported as impossible */
};

/* How a buffer is mapped */
struct dbb_mappings_pair {
	const struct dbb_mmap_strategy *mmap;
	const struct dbb_vmap_strategy *vmap;
};

static void dbb_mappings_note(struct dbb_mappings *run, const struct dbb_check_mapping *check,
			      const char *step, const struct dbb_refusal *why)
{
	dbb_ktap_note(run->ktap, "%s, %zu bytes in %u chunks, %s: %s", run->heap->name,
		      check->dmabuf->size, dbb_buffer_chunks(check->buf), step, why->text);
}

static int dbb_mappings_take_steps(struct dbb_mappings *run, struct dbb_check_mapping *check,
				   struct dbb_refusal *why)
{
	unsigned int i;
	bool lacking;
	int ret;

	for (i = 0; i < DBB_CHECK_MAPPING_STEPS; i++) {
		const struct dbb_check_mapping_step *step = &dbb_check_mapping_steps[i];

		ret = step->run(check, why);
		if (dbb_stop_pause())
			return -EINTR;
		if (!ret)
			continue;
		lacking = step->may_lack && ret == -EOPNOTSUPP;
		if (!lacking || !(run->lacks & BIT(i)))
			dbb_mappings_note(run, check, step->name, why);
		if (!lacking)
			return ret;
		run->lacks |= BIT(i);
	}
	return 0;
}

static int dbb_mappings_point(struct dbb_check_mapping *check, const struct dbb_mappings_pair *pair,
			      struct dbb_refusal *why)
{
	int ret = dbb_buffer_use_mmap(check->buf, pair->mmap, why);

	return ret ?: dbb_buffer_use_vmap(check->buf, pair->vmap, NULL, why);
}

#define DBB_MAPPINGS_NAME "mappings: heap=%s mmap=%s vmap=%s"

/* Skipped unless the pair can map at least one buffer. */
static int dbb_mappings_try(struct dbb_mappings *run, const struct dbb_mappings_pair *pair)
{
	struct dbb_refusal why = { "no buffer could be allocated" };
	char sizes[48] = "";
	bool ok = true;
	int len = 0, ret;
	unsigned int i;

	for (i = 0; i < DBB_MAPPINGS_SHAPES; i++) {
		struct dbb_check_mapping *check = &run->buffers[i];

		if (!check->dmabuf)
			continue;
		ret = dbb_mappings_point(check, pair, &why);
		if (ret == -EOPNOTSUPP)
			continue;
		if (ret)
			dbb_mappings_note(run, check, "setting the strategies", &why);
		else
			ret = dbb_mappings_take_steps(run, check, &why);
		if (ret == -EINTR)
			return ret;
		ok = ok && !ret;
		len += scnprintf(sizes + len, sizeof(sizes) - len, "%s%zu",
				 len ? "," : "", check->dmabuf->size);
	}
	if (len)
		dbb_ktap_result(run->ktap, ok, DBB_MAPPINGS_NAME " size_bytes=%s",
				run->heap->name, pair->mmap->name, pair->vmap->name, sizes);
	else
		dbb_ktap_skip(run->ktap, why.text, DBB_MAPPINGS_NAME,
			      run->heap->name, pair->mmap->name, pair->vmap->name);
	return 0;
}

static int dbb_mappings_try_all(struct dbb_mappings *run)
{
	struct dbb_mappings_pair pair;
	unsigned int i, j;
	int ret;

	for (i = 0; i < DBB_MMAP_MAX; i++) {
		for (j = 0; j < DBB_VMAP_MAX; j++) {
			pair.mmap = dbb_mmap_strategies[i];
			pair.vmap = dbb_vmap_strategies[j];
			ret = dbb_mappings_try(run, &pair);
			if (ret)
				return ret;
			dbb_status_step(++run->done);
		}
	}
	return 0;
}

/* A failed allocation is noted, but is no failure of a mapping. */
static int dbb_mappings_make_buffer(struct dbb_mappings *run, unsigned int i,
				    struct dbb_refusal *why)
{
	const struct dbb_mappings_shape *shape = &dbb_mappings_shapes[i];
	struct dbb_check_mapping *check = &run->buffers[i];
	struct dbb_buffer_request want = {
		.backend = run->heap,
		.len = shape->npages << PAGE_SHIFT,
		.fd_flags = O_RDWR,
		.mmap = dbb_mmap_strategies[DBB_MMAP_SG],
		.vmap = dbb_vmap_strategies[DBB_VMAP_SG],
		.caching = run->caching,
		.orders = shape->orders,
		.quiet = true,
		.cancelled = dbb_stop_wanted,
	};
	int ret;

	ret = dbb_check_mapping_begin(check, &want, &run->importer, why);
	if (!ret)
		dbb_ktap_note(run->ktap, "%s: %llu bytes in %u chunks", run->heap->name,
			      want.len, dbb_buffer_chunks(check->buf));
	else if (ret != -EINTR)
		dbb_ktap_note(run->ktap, "%s: no buffer of %llu bytes: %s", run->heap->name,
			      want.len, why->text);
	return ret == -EINTR ? ret : 0;
}

static int dbb_mappings_try_heap(struct dbb_mappings *run, struct dbb_refusal *why)
{
	unsigned int i;
	int ret = 0;

	memset(run->buffers, 0, sizeof(run->buffers));
	if (run->heap->missing) {
		dbb_ktap_skip(run->ktap, run->heap->missing, "mappings: heap=%s",
			      run->heap->name);
		return 0;
	}
	for (i = 0; !ret && i < DBB_MAPPINGS_SHAPES; i++)
		ret = dbb_mappings_make_buffer(run, i, why);
	if (!ret)
		ret = dbb_mappings_try_all(run);
	for (i = 0; i < DBB_MAPPINGS_SHAPES; i++)
		dbb_check_mapping_end(&run->buffers[i]);
	return ret;
}

static u32 dbb_mappings_count(void)
{
	u32 heaps = 0;
	unsigned int i;

	for (i = 0; i < dbb_backend_count(); i++)
		heaps += !dbb_backend_at(i)->missing;
	return heaps * DBB_MMAP_MAX * DBB_VMAP_MAX;
}

int dbb_mappings_run(struct dbb_ktap *ktap, struct dbb_refusal *why)
{
	struct dbb_mappings run = { .ktap = ktap, .caching = dbb_knobs_caching() };
	u32 total = dbb_mappings_count();
	unsigned int i;
	int ret;

	ret = dbb_importer_open(&run.importer, DMA_BIDIRECTIONAL);
	if (ret)
		return dbb_text_refuse(why, ret, "no device to import with: %pe", ERR_PTR(ret));
	dbb_ktap_note(ktap, "caching: %s", run.caching->name);
	dbb_status_begin(0, "mappings", 0, total);
	dbb_status_start();
	for (i = 0; !ret && i < dbb_backend_count(); i++) {
		run.heap = dbb_backend_at(i);
		ret = dbb_mappings_try_heap(&run, why);
	}
	dbb_importer_close(&run.importer);
	if (ret)
		dbb_text_refuse(why, ret, "stopped after %u of %u pairs of strategies",
				run.done, total);
	dbb_status_end(ret, why);
	return ret;
}
