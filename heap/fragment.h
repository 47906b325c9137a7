/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Imitated fragmentation of heap system: smaller chunks, in random order.
 */
#ifndef DBB_HEAP_FRAGMENT_H
#define DBB_HEAP_FRAGMENT_H

#include <linux/list.h>
#include <linux/prandom.h>
#include <linux/types.h>

struct dbb_knob;
struct dbb_refusal;
struct seq_file;

/* The knobs at the time of the allocation, and the generator of one buffer. */
struct dbb_fragment {
	u32 fragment_pct;
	bool shuffled;
	struct rnd_state random;
};

/* dbb_knob.data of a knob that dbb_fragment_set() and dbb_fragment_show() serve. */
struct dbb_fragment_knob {
	u32 *value;
	u32 max;
};

extern const struct dbb_fragment_knob dbb_fragment_pct_knob;
extern const struct dbb_fragment_knob dbb_fragment_shuffle_knob;

void dbb_fragment_begin(struct dbb_fragment *fragment);
unsigned int dbb_fragment_pick(struct dbb_fragment *fragment, unsigned int fit, unsigned int n);
int dbb_fragment_shuffle(struct dbb_fragment *fragment, struct list_head *chunks, unsigned int n,
			 bool (*cancelled)(void));
int dbb_fragment_set(const struct dbb_knob *knob, const char *text, struct dbb_refusal *why);
void dbb_fragment_show(const struct dbb_knob *knob, struct seq_file *m);

#endif /* DBB_HEAP_FRAGMENT_H */
