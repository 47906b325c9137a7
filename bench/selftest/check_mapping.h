/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Checks of one buffer with the strategies that it has.
 */
#ifndef DBB_BENCH_CHECK_MAPPING_H
#define DBB_BENCH_CHECK_MAPPING_H

#include "page_tags.h"

#define DBB_CHECK_MAPPING_STEPS 7

struct dbb_buffer_request;
struct dbb_importer;
struct dma_buf;

/* A buffer that is checked */
struct dbb_check_mapping {
	struct dma_buf *dmabuf;	/* NULL when there is none */
	struct dbb_buffer *buf;
	struct dbb_importer *importer;
	struct dbb_page_tags tags;
};

/**
 * struct dbb_check_mapping_step - one check
 * @name: what is checked
 * @may_lack: not every machine can do it
 * @run: check it and leave nothing mapped. 0, -EIO for a wrong page, the error of
 *	 a mapping, -EOPNOTSUPP if @may_lack
 */
struct dbb_check_mapping_step {
	const char *name;
	bool may_lack;
	int (*run)(struct dbb_check_mapping *check, struct dbb_refusal *why);
};

extern const struct dbb_check_mapping_step dbb_check_mapping_steps[DBB_CHECK_MAPPING_STEPS];

int dbb_check_mapping_begin(struct dbb_check_mapping *check, const struct dbb_buffer_request *want,
			    struct dbb_importer *importer, struct dbb_refusal *why);
void dbb_check_mapping_end(struct dbb_check_mapping *check);

#endif /* DBB_BENCH_CHECK_MAPPING_H */
