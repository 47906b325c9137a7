/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tags tell which page of a buffer a mapping shows.
 */
#ifndef DBB_BENCH_PAGE_TAGS_H
#define DBB_BENCH_PAGE_TAGS_H

#include <linux/types.h>

struct dbb_buffer;
struct dbb_refusal;
struct page;
struct sg_table;

/**
 * struct dbb_page_tags - the pages of a buffer and what they hold
 * @npages: how many there are
 * @pages: the pages, as the buffer's walk found them
 * @borders: a bit for each page that begins a chunk, and one for the end
 * @near: a bit for each page next to a border; of many borders those at both
 *	  ends of the buffer
 * @buf: the buffer
 * @salt: tag of page 0; page i has @salt + i. No tag is used twice
 */
struct dbb_page_tags {
	unsigned long npages;
	struct page **pages;
	unsigned long *borders;
	unsigned long *near;
	const struct dbb_buffer *buf;
	u32 salt;
};

int dbb_page_tags_begin(struct dbb_page_tags *tags, const struct dbb_buffer *buf);
void dbb_page_tags_end(struct dbb_page_tags *tags);

void dbb_page_tags_write_pages(struct dbb_page_tags *tags);
void dbb_page_tags_write_kernel(struct dbb_page_tags *tags, void *vaddr);
int dbb_page_tags_write_user(struct dbb_page_tags *tags, unsigned long uaddr,
			     struct dbb_refusal *why);

int dbb_page_tags_check_pages(const struct dbb_page_tags *tags, struct dbb_refusal *why);
int dbb_page_tags_check_kernel(const struct dbb_page_tags *tags, const void *vaddr,
			       struct dbb_refusal *why);
int dbb_page_tags_check_user(const struct dbb_page_tags *tags, unsigned long uaddr,
			     unsigned long first, unsigned long n, struct dbb_refusal *why);
int dbb_page_tags_check_dma(const struct dbb_page_tags *tags, struct sg_table *table,
			    struct dbb_refusal *why);

#endif /* DBB_BENCH_PAGE_TAGS_H */
