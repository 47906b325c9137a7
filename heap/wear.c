// SPDX-License-Identifier: GPL-2.0
/*
 * What a system looks like that has run for long: large chunks are rare, and
 * chunks lie in no order. The same for every buffer of one size, so that
 * buffers compare.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "heap.h"
#include "wear.h"

#define DBB_WEAR_SEED 0x64626275

static u32 dbb_wear_fragment_pct;
static u32 dbb_wear_shuffled;

static u32 dbb_wear_draw(struct dbb_wear *wear, u32 below)
{
	return reciprocal_scale(prandom_u32_state(&wear->random), below);
}

/**
 * dbb_wear_begin() - read the knobs for one buffer
 * @wear: filled
 */
void dbb_wear_begin(struct dbb_wear *wear)
{
	wear->fragment_pct = READ_ONCE(dbb_wear_fragment_pct);
	wear->shuffled = READ_ONCE(dbb_wear_shuffled);
	prandom_seed_state(&wear->random, DBB_WEAR_SEED);
}

/**
 * dbb_wear_pick() - which order to take a chunk of
 * @wear: of the buffer
 * @fit: index of the largest order that fits
 * @n: how many orders there are
 *
 * Return: @fit, or by chance the index of one of the smaller orders.
 */
unsigned int dbb_wear_pick(struct dbb_wear *wear, unsigned int fit, unsigned int n)
{
	if (!wear->fragment_pct || fit + 1 >= n ||
	    dbb_wear_draw(wear, 100) >= wear->fragment_pct)
		return fit;
	return fit + 1 + dbb_wear_draw(wear, n - fit - 1);
}

/**
 * dbb_wear_shuffle() - put chunks in random order, if the knob says so
 * @wear: of the buffer
 * @chunks: list of their first pages
 * @n: how many
 *
 * Return: 0 or -ENOMEM, with the list as it was.
 */
int dbb_wear_shuffle(struct dbb_wear *wear, struct list_head *chunks, unsigned int n)
{
	struct page **order, *page, *next;
	unsigned int i = 0;

	if (!wear->shuffled)
		return 0;
	order = kvmalloc_array(n, sizeof(*order), GFP_KERNEL);
	if (!order)
		return -ENOMEM;
	list_for_each_entry_safe(page, next, chunks, lru) {
		list_del(&page->lru);
		order[i++] = page;
	}
	while (i) {
		unsigned int drawn = dbb_wear_draw(wear, i--);

		swap(order[drawn], order[i]);
		list_add(&order[i]->lru, chunks);
	}
	kvfree(order);
	return 0;
}

/**
 * dbb_wear_set_fragment() - set how often a chunk is smaller than it could be
 * @text: percent
 * @why: filled on failure
 *
 * Return: 0, -EINVAL when it is no number, -ERANGE above 100.
 */
int dbb_wear_set_fragment(const char *text, struct dbb_refusal *why)
{
	u32 pct;
	int ret = dbb_text_parse_u32(text, 0, 100, &pct, why);

	if (!ret)
		WRITE_ONCE(dbb_wear_fragment_pct, pct);
	return ret;
}

/**
 * dbb_wear_show_fragment() - print it
 * @m: file being read
 */
void dbb_wear_show_fragment(struct seq_file *m)
{
	seq_printf(m, "%u\n", READ_ONCE(dbb_wear_fragment_pct));
}

/**
 * dbb_wear_set_shuffle() - set whether chunks come in random order
 * @text: 0 or 1
 * @why: filled on failure
 *
 * Return: 0, -EINVAL when it is no number, -ERANGE above 1.
 */
int dbb_wear_set_shuffle(const char *text, struct dbb_refusal *why)
{
	u32 on;
	int ret = dbb_text_parse_u32(text, 0, 1, &on, why);

	if (!ret)
		WRITE_ONCE(dbb_wear_shuffled, on);
	return ret;
}

/**
 * dbb_wear_show_shuffle() - print it
 * @m: file being read
 */
void dbb_wear_show_shuffle(struct seq_file *m)
{
	seq_printf(m, "%u\n", READ_ONCE(dbb_wear_shuffled));
}
