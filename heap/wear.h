/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Wear of the system heap: which chunks a buffer gets, and in what order.
 */
#ifndef DBB_HEAP_WEAR_H
#define DBB_HEAP_WEAR_H

#include <linux/list.h>
#include <linux/prandom.h>
#include <linux/types.h>

struct dbb_refusal;
struct seq_file;

/**
 * struct dbb_wear - the wear of one buffer
 * @fragment_pct: chance in percent that a chunk is of a smaller order
 * @shuffled: whether the chunks come in random order
 * @random: where chance comes from
 */
struct dbb_wear {
	u32 fragment_pct;
	bool shuffled;
	struct rnd_state random;
};

void dbb_wear_begin(struct dbb_wear *wear);
unsigned int dbb_wear_pick(struct dbb_wear *wear, unsigned int fit, unsigned int n);
int dbb_wear_shuffle(struct dbb_wear *wear, struct list_head *chunks, unsigned int n);
int dbb_wear_set_fragment(const char *text, struct dbb_refusal *why);
void dbb_wear_show_fragment(struct seq_file *m);
int dbb_wear_set_shuffle(const char *text, struct dbb_refusal *why);
void dbb_wear_show_shuffle(struct seq_file *m);

#endif /* DBB_HEAP_WEAR_H */
