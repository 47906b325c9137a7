// SPDX-License-Identifier: GPL-2.0
/*
 * Imitates a fragmented system. Each buffer is seeded alike, so that two buffers
 * of one size have the same orders and can be compared.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "buffer.h"
#include "fragment.h"

#define DBB_FRAGMENT_SEED 0x64626275

static u32 dbb_fragment_pct;
static u32 dbb_fragment_shuffled;

const struct dbb_fragment_knob dbb_fragment_pct_knob = { &dbb_fragment_pct, 100 };
const struct dbb_fragment_knob dbb_fragment_shuffle_knob = { &dbb_fragment_shuffled, 1 };

static u32 dbb_fragment_draw(struct dbb_fragment *fragment, u32 below)
{
	return reciprocal_scale(prandom_u32_state(&fragment->random), below);
}

void dbb_fragment_begin(struct dbb_fragment *fragment)
{
	fragment->fragment_pct = READ_ONCE(dbb_fragment_pct);
	fragment->shuffled = READ_ONCE(dbb_fragment_shuffled);
	prandom_seed_state(&fragment->random, DBB_FRAGMENT_SEED);
}

/* Returns @fit, or at random the index of a smaller order. */
unsigned int dbb_fragment_pick(struct dbb_fragment *fragment, unsigned int fit, unsigned int n)
{
	if (!fragment->fragment_pct || fit + 1 >= n ||
	    dbb_fragment_draw(fragment, 100) >= fragment->fragment_pct)
		return fit;
	return fit + 1 + dbb_fragment_draw(fragment, n - fit - 1);
}

/* On failure all chunks are still in the list. -EINTR as of dbb_backend_given_up(). */
int dbb_fragment_shuffle(struct dbb_fragment *fragment, struct list_head *chunks, unsigned int n,
			 bool (*cancelled)(void))
{
	struct page **order, *page, *next;
	bool given_up = false;
	unsigned int i = 0;

	if (!fragment->shuffled)
		return 0;
	order = kvmalloc_array(n, sizeof(*order), DBB_GFP_TABLE);
	if (!order)
		return -ENOMEM;
	list_for_each_entry_safe(page, next, chunks, lru) {
		list_del(&page->lru);
		order[i++] = page;
		cond_resched();
	}
	while (i) {
		unsigned int drawn = i - 1;

		given_up = given_up || dbb_backend_given_up_after(i, cancelled);
		if (!given_up)
			drawn = dbb_fragment_draw(fragment, i);
		i--;
		swap(order[drawn], order[i]);
		list_add(&order[i]->lru, chunks);
	}
	kvfree(order);
	return given_up ? -EINTR : 0;
}

int dbb_fragment_set(const struct dbb_knob *knob, const char *text, struct dbb_refusal *why)
{
	const struct dbb_fragment_knob *fragment = knob->data;
	u32 value;
	int ret = dbb_text_parse_u32(text, 0, fragment->max, &value, why);

	if (!ret)
		WRITE_ONCE(*fragment->value, value);
	return ret;
}

void dbb_fragment_show(const struct dbb_knob *knob, struct seq_file *m)
{
	const struct dbb_fragment_knob *fragment = knob->data;

	seq_printf(m, "%u\n", READ_ONCE(*fragment->value));
}
