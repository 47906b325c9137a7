/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a driver does with a buffer in each frame: the steps that op replay takes.
 */
#ifndef DBB_BENCH_REPLAY_H
#define DBB_BENCH_REPLAY_H

#include <linux/types.h>

struct dbb_refusal;

#define DBB_REPLAY_TEXT_LEN 120

/* As many of the shortest, with a comma, as the text holds. */
#define DBB_REPLAY_STEPS_MAX (DBB_REPLAY_TEXT_LEN / 4)
#define DBB_REPLAY_MAX_HZ 1000

enum dbb_replay_verb {
	DBB_REPLAY_ATTACH,
	DBB_REPLAY_MAP,
	DBB_REPLAY_UNMAP,
	DBB_REPLAY_DETACH,
	DBB_REPLAY_VMAP,
	DBB_REPLAY_VUNMAP,
	DBB_REPLAY_BEGIN,
	DBB_REPLAY_END,
	DBB_REPLAY_LOCK,
	DBB_REPLAY_UNLOCK,
	DBB_REPLAY_READ,
	DBB_REPLAY_WRITE,
	DBB_REPLAY_FLUSH,
	DBB_REPLAY_VERBS
};

/* The parts that a frame is divided into: phases of op replay */
enum dbb_replay_part {
	DBB_REPLAY_IMPORT,	/* attach, map, unmap, detach */
	DBB_REPLAY_MAPPING,	/* vmap, with the lock around it */
	DBB_REPLAY_UNMAPPING,	/* vunmap, likewise */
	DBB_REPLAY_SYNC,	/* begin, end */
	DBB_REPLAY_ACCESS,	/* read, write, flush */
	DBB_REPLAY_PARTS
};

/**
 * struct dbb_replay_step - one step
 * @verb: what is done
 * @part: what its time is counted as
 * @bytes: of an access, from the start of the buffer; 0: the whole buffer
 */
struct dbb_replay_step {
	u8 verb;
	u8 part;
	u32 bytes;
};

/**
 * struct dbb_replay - a sequence of steps
 * @text: as written: the name of a preset, or steps
 * @steps: those that are taken once and held, then those of each frame
 * @held: how many are held
 * @nsteps: how many in all
 * @hz: frames a second that the frame's budget follows from, or 0
 * @size_bytes: of the preset's buffer, or 0
 */
struct dbb_replay {
	char text[DBB_REPLAY_TEXT_LEN];
	struct dbb_replay_step steps[DBB_REPLAY_STEPS_MAX];
	unsigned int held;
	unsigned int nsteps;
	u32 hz;
	u64 size_bytes;
};

/**
 * struct dbb_replay_preset - what a driver of the kernel does
 * @name: what a user writes
 * @steps: as dbb_replay_parse() takes them
 * @size_bytes: of a usual buffer
 * @help: who does it, one line for the README file
 */
struct dbb_replay_preset {
	const char *name;
	const char *steps;
	u64 size_bytes;
	const char *help;
};

/* NULL after the last one. */
const struct dbb_replay_preset *dbb_replay_preset_at(unsigned int i);
int dbb_replay_parse(const char *text, struct dbb_replay *replay, struct dbb_refusal *why);

#endif /* DBB_BENCH_REPLAY_H */
