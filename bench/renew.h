/* SPDX-License-Identifier: GPL-2.0 */
/*
 * New buffers in the middle of a run.
 */
#ifndef DBB_BENCH_RENEW_H
#define DBB_BENCH_RENEW_H

#include "op/op.h"

/* Buffers kept after their turn */
#define DBB_RENEW_HELD_MAX 32

struct dbb_renew {
	struct dma_buf *held[DBB_RENEW_HELD_MAX];	/* the oldest first */
	unsigned int count;
};

void dbb_renew_take_back(struct dbb_renew *renew, struct dbb_work *work);
void dbb_renew_give_way(struct dbb_renew *renew, struct dbb_work *work);
void dbb_renew_make_room(struct dbb_renew *renew, u64 size_bytes);
void dbb_renew_drop_all(struct dbb_renew *renew);
u64 dbb_renew_placement(const struct dbb_work *work, u64 hash);

#endif /* DBB_BENCH_RENEW_H */
