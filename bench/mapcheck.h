/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks of one buffer with the strategies that it has.
 */
#ifndef DBB_BENCH_MAPCHECK_H
#define DBB_BENCH_MAPCHECK_H

#include "tags.h"

#define DBB_MAPCHECK_STEPS 7

struct dbb_buffer_request;
struct dbb_importer;
struct dma_buf;

/**
 * struct dbb_mapcheck - a buffer that is checked
 * @dmabuf: the buffer, or NULL
 * @buf: the same, as the heap knows it
 * @importer: the device that it is mapped for
 * @tags: what is in its pages
 */
struct dbb_mapcheck {
	struct dma_buf *dmabuf;
	struct dbb_buffer *buf;
	struct dbb_importer *importer;
	struct dbb_tags tags;
};

/**
 * struct dbb_mapcheck_step - one check
 * @name: what is checked
 * @may_lack: machines may lack what it takes
 * @run: check it; nothing stays mapped. 0; -EIO for a wrong page; what mapping
 *	 returned; -EOPNOTSUPP when the machine lacks something, if @may_lack
 */
struct dbb_mapcheck_step {
	const char *name;
	bool may_lack;
	int (*run)(struct dbb_mapcheck *check, struct dbb_refusal *why);
};

extern const struct dbb_mapcheck_step dbb_mapcheck_steps[DBB_MAPCHECK_STEPS];

int dbb_mapcheck_begin(struct dbb_mapcheck *check, const struct dbb_buffer_request *want,
		       struct dbb_importer *importer, struct dbb_refusal *why);
void dbb_mapcheck_end(struct dbb_mapcheck *check);

#endif /* DBB_BENCH_MAPCHECK_H */
