/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which texts bench/preset takes: the names of presets, and steps in an order that
 * makes sense.
 */
#ifndef DBB_TEST_FUZZ_PRESET_H
#define DBB_TEST_FUZZ_PRESET_H

#include "fuzz_model.h"

#define PRESET_LEN 120

static const struct {
	const char *name;
	u64 bytes;
} presets[] = {
	{ "aov", 11 << 20 },
	{ "vb2", 1920 * 1080 * 3 / 2 },
	{ "vb2_rotate", 1920 * 1080 * 3 / 2 },
	{ "apusys", 4 << 20 },
	{ "shadow", 1920 * 1080 * 4 },
	{ "fbdev", 1920 * 1080 * 4 },
	{ "etnaviv", 1920 * 1080 * 4 },
	{ "vmwgfx", 1920 * 1080 * 4 },
	{ "amdxdna_flush", 64 << 20 },
	{ "amdxdna_clear", 4 << 20 },
};

/* The last three have a size, the last is of x86. */
enum step { ATTACH, MAP, UNMAP, DETACH, VMAP, VUNMAP, BEGIN, END, LOCK, UNLOCK, READ, WRITE,
	    FLUSH, STEPS };

static const char * const step_names[STEPS] = {
	"attach", "map", "unmap", "detach", "vmap", "vunmap", "begin", "end", "lock", "unlock",
	"read", "write", "flush",
};

struct buffer_state {
	int attached, mapped, begun, locked, vmaps;
};

static bool step_is_valid(struct buffer_state *b, enum step step)
{
	struct buffer_state was = *b;

	if (was.locked && step < READ && step != VMAP && step != VUNMAP && step != UNLOCK)
		return false;
	switch (step) {
	case ATTACH:
		return !was.attached && (b->attached = 1);
	case MAP:
		return was.attached && !was.mapped && (b->mapped = 1);
	case UNMAP:
		b->mapped = 0;
		return was.mapped;
	case DETACH:
		b->attached = 0;
		return was.attached && !was.mapped;
	case VMAP:
		return ++b->vmaps;
	case VUNMAP:
		return was.vmaps && b->vmaps--;
	case BEGIN:
		return !was.begun && (b->begun = 1);
	case END:
		b->begun = 0;
		return was.begun;
	case LOCK:
		return !was.locked && (b->locked = 1);
	case UNLOCK:
		b->locked = 0;
		return was.locked;
	default:
		return was.vmaps;
	}
}

/* "verb" or "verb:SIZE" */
static int parse_step(char *word, unsigned char *step)
{
	char *size = strchr(word, ':');
	u64 bytes;
	int err;

	if (size)
		*size++ = '\0';
	for (*step = 0; *step < STEPS; ++*step)
		if (!strcmp(word, step_names[*step]))
			break;
	if (*step == STEPS || (size && *step < READ))
		return -EINVAL;
#ifndef __x86_64__
	if (*step == FLUSH)
		return -EOPNOTSUPP;
#endif
	if (!size)
		return 0;
	err = parse_size(size, &bytes);
	return err ? err : !bytes || bytes > 1 << 30 ? -ERANGE : 0;
}

static int check_steps(const unsigned char *steps, int count, int held_count)
{
	struct buffer_state now = { 0 }, held = { 0 };
	int i;

	for (i = 0; i < count; i++) {
		if (i == held_count)
			held = now;
		if (!step_is_valid(&now, steps[i]))
			return -EINVAL;
	}
	if (held_count == count)
		held = now;
	return held.locked || memcmp(&now, &held, sizeof(now)) ? -EINVAL : 0;
}

/* [STEPS|]STEPS[@HZ] */
static int model_steps(char *text)
{
	char *rate = strchr(text, '@'), *frame = strchr(text, '|'), *word;
	unsigned char steps[PRESET_LEN];
	int err, count = 0, held = 0;
	u64 hz;

	if (rate) {
		*rate++ = '\0';
		err = parse_limited(rate, 0, 1, 1000, &hz);
		if (err)
			return err;
	}
	if (frame)
		*frame++ = '\0';
	while (text) {
		while ((word = strsep(&text, ","))) {
			if (!*word)
				continue;
			err = parse_step(word, &steps[count++]);
			if (err)
				return err;
		}
		if (frame)
			held = count;
		text = frame;
		frame = NULL;
	}
	return count ? check_steps(steps, count, held) : -EINVAL;
}

/* The size that comes with it, 0 if none does. */
static int model_preset(const char *text, u64 *size)
{
	char copy[PRESET_LEN];
	unsigned int i;

	*size = 0;
	if (strlen(text) >= sizeof(copy))
		return -ERANGE;
	for (i = 0; i < ARRAY_SIZE(presets); i++) {
		if (strcmp(text, presets[i].name))
			continue;
		*size = (presets[i].bytes + page_bytes - 1) / page_bytes * page_bytes;
#ifndef __x86_64__
		return strstr(text, "flush") ? -EOPNOTSUPP : 0;
#endif
		return 0;
	}
	strcpy(copy, text);
	return model_steps(copy);
}

#endif /* DBB_TEST_FUZZ_PRESET_H */
