// SPDX-License-Identifier: GPL-2.0
/*
 * Backend "system": pages of the buddy allocator, largest order first, as in
 * mainline's system heap.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>

#include "buffer.h"
#include "compat.h"
#include "fragment.h"

/*
 * With 4 KiB pages, orders 8 and 4 are sizes that IOMMUs map in one entry. They
 * are taken without reclaim; the last order of the list tries hard, but does not
 * wake the OOM killer.
 */
#define DBB_BACKEND_SYSTEM_BASE_GFP (GFP_HIGHUSER | __GFP_ZERO | __GFP_NOWARN)
#define DBB_BACKEND_SYSTEM_HIGH_GFP \
	(((DBB_BACKEND_SYSTEM_BASE_GFP | __GFP_NORETRY) & ~__GFP_RECLAIM) | __GFP_COMP)
#define DBB_BACKEND_SYSTEM_LAST_GFP (DBB_BACKEND_SYSTEM_BASE_GFP | __GFP_RETRY_MAYFAIL)

#define DBB_ORDERS_ACCEPTED "; accepted: decreasing orders such as 8 4 0"

/* Strictly decreasing. */
struct dbb_backend_system_orders {
	unsigned int n;
	u8 order[DBB_MAX_ORDER + 1];
};

static DEFINE_MUTEX(dbb_backend_system_lock);
static struct dbb_backend_system_orders dbb_backend_system_orders = {
	.n = 3,
	.order = { 8, 4, 0 },
};

static struct page *dbb_backend_system_alloc_chunk(const struct dbb_backend_system_orders *orders,
						   struct dbb_fragment *fragment, size_t left,
						   unsigned int *first)
{
	unsigned int i = *first;

	while (i < orders->n && left < PAGE_SIZE << orders->order[i])
		i++;
	for (i = dbb_fragment_pick(fragment, i, orders->n); i < orders->n; i++) {
		unsigned int order = orders->order[i];
		bool last = i == orders->n - 1;
		struct page *page;
		gfp_t gfp;

		gfp = last ? DBB_BACKEND_SYSTEM_LAST_GFP : DBB_BACKEND_SYSTEM_HIGH_GFP;
		if (order)
			gfp |= __GFP_COMP;
		page = alloc_pages(gfp, order);
		if (page) {
			dbb_stats_count_chunk(order);
			return page;
		}
		/* An order that failed is not tried again for this buffer. */
		*first = i + 1;
	}
	return NULL;
}

/* The orders that were requested, else those of the knob. */
static struct dbb_backend_system_orders dbb_backend_system_choose_orders(unsigned long wanted)
{
	struct dbb_backend_system_orders orders = { 0 };
	int order;

	if (!wanted) {
		mutex_lock(&dbb_backend_system_lock);
		orders = dbb_backend_system_orders;
		mutex_unlock(&dbb_backend_system_lock);
		return orders;
	}
	for (order = DBB_MAX_ORDER; order >= 0; order--)
		if (wanted & BIT(order))
			orders.order[orders.n++] = order;
	return orders;
}

static int dbb_backend_system_alloc_list(const struct dbb_buffer *buf, struct list_head *pages,
					 bool (*cancelled)(void), unsigned int *chunks)
{
	struct dbb_backend_system_orders orders = dbb_backend_system_choose_orders(buf->orders);
	size_t len = buf->len;
	unsigned int first = 0;
	struct dbb_fragment fragment;

	dbb_fragment_begin(&fragment);
	for (*chunks = 0; len; (*chunks)++) {
		struct page *page;

		if (dbb_backend_given_up(cancelled))
			return -EINTR;
		page = dbb_backend_system_alloc_chunk(&orders, &fragment, len, &first);
		if (!page)
			return -ENOMEM;
		list_add_tail(&page->lru, pages);
		len -= PAGE_SIZE << compound_order(page);
		cond_resched();
	}
	return dbb_fragment_shuffle(&fragment, pages, *chunks, cancelled);
}

static int dbb_backend_system_alloc(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	struct page *page, *next;
	struct scatterlist *sg;
	unsigned int chunks;
	LIST_HEAD(pages);
	int ret;

	ret = dbb_backend_system_alloc_list(buf, &pages, cancelled, &chunks);
	if (!ret)
		ret = sg_alloc_table(&buf->table, chunks, DBB_GFP_TABLE);
	if (ret) {
		list_for_each_entry_safe(page, next, &pages, lru) {
			__free_pages(page, compound_order(page));
			cond_resched();
		}
		return ret;
	}

	sg = buf->table.sgl;
	list_for_each_entry_safe(page, next, &pages, lru) {
		list_del(&page->lru);
		sg_set_page(sg, page, PAGE_SIZE << compound_order(page), 0);
		sg = sg_next(sg);
	}
	return 0;
}

static void dbb_backend_system_free(struct dbb_buffer *buf)
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(&buf->table, sg, i) {
		struct page *page = sg_page(sg);

		__free_pages(page, compound_order(page));
		cond_resched();
	}
	sg_free_table(&buf->table);
}

/* Without order 0, only multiples of the last order can be allocated. */
int dbb_backend_system_set_orders(const struct dbb_knob *knob, const char *text,
				  struct dbb_refusal *why)
{
	struct dbb_backend_system_orders orders = { 0 };
	char copy[64], *rest = copy, *word;

	if (strscpy(copy, text, sizeof(copy)) < 0)
		return dbb_text_refuse(why, -EINVAL,
				       "the list is too long" DBB_ORDERS_ACCEPTED);
	while ((word = strsep(&rest, " ,"))) {
		u32 order;
		int ret;

		if (!*word)
			continue;
		ret = dbb_text_parse_u32(word, 0, DBB_MAX_ORDER, &order, why);
		if (ret)
			return ret;
		if (orders.n && order >= orders.order[orders.n - 1])
			return dbb_text_refuse(why, -EINVAL,
					       "order %u does not decrease" DBB_ORDERS_ACCEPTED,
					       order);
		orders.order[orders.n++] = order;
	}
	if (!orders.n)
		return dbb_text_refuse(why, -EINVAL, "the list is empty" DBB_ORDERS_ACCEPTED);

	mutex_lock(&dbb_backend_system_lock);
	dbb_backend_system_orders = orders;
	mutex_unlock(&dbb_backend_system_lock);
	return 0;
}

void dbb_backend_system_show_orders(const struct dbb_knob *knob, struct seq_file *m)
{
	unsigned int i;

	mutex_lock(&dbb_backend_system_lock);
	for (i = 0; i < dbb_backend_system_orders.n; i++)
		seq_printf(m, "%s%u", i ? " " : "", dbb_backend_system_orders.order[i]);
	mutex_unlock(&dbb_backend_system_lock);
	seq_putc(m, '\n');
}

void dbb_backend_system_read_mix(struct dbb_heap_mix *mix)
{
	struct dbb_backend_system_orders orders = dbb_backend_system_choose_orders(0);
	struct dbb_fragment fragment;
	unsigned int i;
	int len = 0;

	for (i = 0; i < orders.n; i++)
		len += scnprintf(mix->orders + len, sizeof(mix->orders) - len, "%s%u",
				 i ? "+" : "", orders.order[i]);
	dbb_fragment_begin(&fragment);
	mix->fragment_pct = fragment.fragment_pct;
	mix->shuffled = fragment.shuffled;
}

const struct dbb_backend dbb_backend_system = {
	.name	= "system",
	.help	= "buddy pages of the orders in heap/orders, as mainline's system heap",
	.from_ram = true,
	.alloc	= dbb_backend_system_alloc,
	.free	= dbb_backend_system_free,
};
