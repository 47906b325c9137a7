// SPDX-License-Identifier: GPL-2.0
/*
 * The presets of op replay, and how steps are read.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../heap/heap.h"
#include "replay.h"

/*
 * Each from the source of Linux 7.3, or of the driver named; sizes are of 1080p where
 * the driver leaves them open. A driver that has no frames has no budget either.
 *
 * aov: MediaTek's aov_core_init() maps its event buffers once when it is probed.
 * vb2: videobuf2, each queue entry with a buffer of its own: __prepare_dmabuf() maps
 *	it at the first QBUF and holds it until the queue is freed. A frame is free.
 * vb2_rotate: the same with another descriptor for each frame, by the operations of
 *	videobuf2-vmalloc: vb2_vmalloc_map_dmabuf(), vb2_vmalloc_unmap_dmabuf().
 * apusys: MediaTek's mdw_mem_pool_chunk_add() maps a chunk twice and attaches.
 * shadow: drm_gem_begin_shadow_fb_access() maps the picture for each commit; the
 *	reservation lock is held by drm_gem_vmap() and drm_gem_vunmap() only.
 * fbdev: drm_gem_dma_prime_import_sg_table_vmap() maps once at the import; the damage
 *	worker of the fbdev emulation copies into the mapping.
 * etnaviv: etnaviv_gem_vmap() for each buffer of a core dump, kept until release.
 * vmwgfx: vmw_external_bo_copy() maps under the reservation lock for each copy.
 * amdxdna_flush: amdxdna_gem_obj_vmap() once; drm_clflush_virt_range() for a range.
 * amdxdna_clear: amdxdna_cbuf_clear() maps, clears and unmaps each new buffer.
 */
static const struct dbb_replay_preset dbb_replay_presets[] = {
	{ "aov", "vmap,vunmap", 11 * SZ_1M,
	  "MediaTek's AOV driver when it is probed" },
	{ "vb2", "attach,map,vmap|@60", 1920 * 1080 * 3 / 2,
	  "videobuf2, each queue entry keeps its buffer: frames are free" },
	{ "vb2_rotate", "vmap,vunmap@60", 1920 * 1080 * 3 / 2,
	  "videobuf2-vmalloc, another descriptor for each frame" },
	{ "apusys", "vmap,vmap,attach,map,unmap,detach,vunmap,vunmap", 4 * SZ_1M,
	  "MediaTek's APU driver, a chunk of its memory pool" },
	{ "shadow", "lock,vmap,unlock,read,lock,vunmap,unlock@60", 1920 * 1080 * 4,
	  "DRM drivers with shadow planes, a commit (cirrus, bochs, ast, udl ...)" },
	{ "fbdev", "attach,map,vmap|write:1M@60", 1920 * 1080 * 4,
	  "fbdev emulation on an imported buffer: held for life" },
	{ "etnaviv", "vmap,read,vunmap", 1920 * 1080 * 4,
	  "etnaviv, a buffer of a core dump" },
	{ "vmwgfx", "lock,vmap,read,vunmap,unlock@60", 1920 * 1080 * 4,
	  "vmwgfx, a copy from a buffer of another driver" },
	{ "amdxdna_flush", "vmap|flush:64k", 64 * SZ_1M,
	  "amdxdna, CPU caches written back for a range" },
	{ "amdxdna_clear", "vmap,write,vunmap", 4 * SZ_1M,
	  "amdxdna, a new buffer of its carveout cleared" },
};

const struct dbb_replay_preset *dbb_replay_preset_at(unsigned int i)
{
	return i < ARRAY_SIZE(dbb_replay_presets) ? &dbb_replay_presets[i] : NULL;
}

static const struct {
	const char *name;
	u8 part;
} dbb_replay_verbs[DBB_REPLAY_VERBS] = {
	[DBB_REPLAY_ATTACH]	= { "attach", DBB_REPLAY_IMPORT },
	[DBB_REPLAY_MAP]	= { "map", DBB_REPLAY_IMPORT },
	[DBB_REPLAY_UNMAP]	= { "unmap", DBB_REPLAY_IMPORT },
	[DBB_REPLAY_DETACH]	= { "detach", DBB_REPLAY_IMPORT },
	[DBB_REPLAY_VMAP]	= { "vmap", DBB_REPLAY_MAPPING },
	[DBB_REPLAY_VUNMAP]	= { "vunmap", DBB_REPLAY_UNMAPPING },
	[DBB_REPLAY_BEGIN]	= { "begin", DBB_REPLAY_SYNC },
	[DBB_REPLAY_END]	= { "end", DBB_REPLAY_SYNC },
	[DBB_REPLAY_LOCK]	= { "lock", DBB_REPLAY_MAPPING },
	[DBB_REPLAY_UNLOCK]	= { "unlock", DBB_REPLAY_MAPPING },
	[DBB_REPLAY_READ]	= { "read", DBB_REPLAY_ACCESS },
	[DBB_REPLAY_WRITE]	= { "write", DBB_REPLAY_ACCESS },
	[DBB_REPLAY_FLUSH]	= { "flush", DBB_REPLAY_ACCESS },
};

/* What a buffer is in between two steps: a sequence has to make sense. */
struct dbb_replay_state {
	bool attached;
	bool mapped;
	bool begun;
	bool locked;
	unsigned int vmaps;
};

/* Returns what is wrong with a step in this state, or NULL; changes the state. */
static const char *dbb_replay_take(struct dbb_replay_state *state, enum dbb_replay_verb verb)
{
	bool is_access = verb >= DBB_REPLAY_READ;
	bool begins = verb == DBB_REPLAY_BEGIN, locks = verb == DBB_REPLAY_LOCK;

	if (state->locked && !is_access && verb != DBB_REPLAY_VMAP &&
	    verb != DBB_REPLAY_VUNMAP && verb != DBB_REPLAY_UNLOCK)
		return "it cannot be taken with the lock held";
	if ((is_access || verb == DBB_REPLAY_VUNMAP) && !state->vmaps)
		return "it comes without a vmap";
	switch (verb) {
	case DBB_REPLAY_ATTACH:
		if (state->attached)
			return "the buffer is attached";
		state->attached = true;
		break;
	case DBB_REPLAY_MAP:
		if (!state->attached || state->mapped)
			return "it takes an attach, and no map";
		state->mapped = true;
		break;
	case DBB_REPLAY_UNMAP:
		if (!state->mapped)
			return "it comes without a map";
		state->mapped = false;
		break;
	case DBB_REPLAY_DETACH:
		if (!state->attached || state->mapped)
			return "it takes an attach, and no map";
		state->attached = false;
		break;
	case DBB_REPLAY_VMAP:
		state->vmaps++;
		break;
	case DBB_REPLAY_VUNMAP:
		state->vmaps--;
		break;
	case DBB_REPLAY_BEGIN:
	case DBB_REPLAY_END:
		if (state->begun == begins)
			return "begin and end take turns";
		state->begun = !state->begun;
		break;
	case DBB_REPLAY_LOCK:
	case DBB_REPLAY_UNLOCK:
		if (state->locked == locks)
			return "lock and unlock take turns";
		state->locked = !state->locked;
		break;
	default:
		break;
	}
	return NULL;
}

/* A lock is counted as what is done under it. */
static u8 dbb_replay_part_of(const struct dbb_replay *replay, unsigned int i)
{
	unsigned int near = i;

	if (replay->steps[i].verb == DBB_REPLAY_LOCK && i + 1 < replay->nsteps)
		near = i + 1;
	else if (replay->steps[i].verb == DBB_REPLAY_UNLOCK)
		near = i - 1;
	return dbb_replay_verbs[replay->steps[near].verb].part;
}

static int dbb_replay_check(struct dbb_replay *replay, struct dbb_refusal *why)
{
	struct dbb_replay_state state = { }, held = { };
	const char *wrong;
	unsigned int i;

	for (i = 0; i < replay->nsteps; i++) {
		if (i == replay->held)
			held = state;
		wrong = dbb_replay_take(&state, replay->steps[i].verb);
		if (wrong)
			return dbb_text_refuse(why, -EINVAL,
					       "step %u, %s: %s; accepted: see \"Presets\" in README",
					       i + 1, dbb_replay_verbs[replay->steps[i].verb].name,
					       wrong);
		replay->steps[i].part = dbb_replay_part_of(replay, i);
	}
	if (replay->held == replay->nsteps)
		held = state;
	if (held.locked)
		return dbb_text_refuse(why, -EINVAL,
				       "the lock cannot be held from frame to frame; accepted: unlock before |");
	if (memcmp(&state, &held, sizeof(state)))
		return dbb_text_refuse(why, -EINVAL,
				       "a frame does not undo what it does; accepted: steps that leave the buffer as they find it");
	return 0;
}

/* "verb" or "verb:SIZE" */
static int dbb_replay_parse_step(char *word, struct dbb_replay *replay, struct dbb_refusal *why)
{
	char *size = strchr(word, ':');
	unsigned int verb;
	u64 bytes = 0;
	int ret;

	if (size)
		*size++ = '\0';
	for (verb = 0; verb < DBB_REPLAY_VERBS; verb++)
		if (!strcmp(word, dbb_replay_verbs[verb].name))
			break;
	if (verb == DBB_REPLAY_VERBS || (size && verb < DBB_REPLAY_READ))
		return dbb_text_refuse(why, -EINVAL,
				       "\"%.20s%s\" is not a preset or step; accepted: presets, or steps attach map unmap detach vmap vunmap begin end lock unlock read[:SIZE] write[:SIZE] flush[:SIZE]",
				       word, size ? ":" : "");
	if (verb == DBB_REPLAY_FLUSH && !IS_ENABLED(CONFIG_X86))
		return dbb_text_refuse(why, -EOPNOTSUPP,
				       "flush writes caches back by clflush, which only x86 has; accepted: steps without it");
	if (size) {
		ret = dbb_text_parse_size(size, &bytes, why);
		if (ret)
			return ret;
		if (!bytes || bytes > SZ_1G)
			return dbb_text_refuse(why, -ERANGE,
					       "%s of %llu bytes is outside the limits; accepted: 1 to 1G",
					       word, bytes);
	}
	replay->steps[replay->nsteps++] = (struct dbb_replay_step){ .verb = verb, .bytes = bytes };
	return 0;
}

/* [STEPS|]STEPS[@HZ]; cuts the text into words */
static int dbb_replay_parse_steps(char *text, struct dbb_replay *replay,
				  struct dbb_refusal *why)
{
	char *rate = strchr(text, '@'), *frame = strchr(text, '|');
	char *word;
	int ret;

	if (rate) {
		*rate++ = '\0';
		ret = dbb_text_parse_u32(rate, 1, DBB_REPLAY_MAX_HZ, &replay->hz, why);
		if (ret)
			return ret;
	}
	if (frame)
		*frame++ = '\0';
	while (text) {
		while ((word = strsep(&text, ","))) {
			if (!*word)
				continue;
			ret = dbb_replay_parse_step(word, replay, why);
			if (ret)
				return ret;
		}
		if (frame)
			replay->held = replay->nsteps;
		text = frame;
		frame = NULL;
	}
	if (!replay->nsteps)
		return dbb_text_refuse(why, -EINVAL,
				       "there are no steps; accepted: see \"Presets\" in README");
	return dbb_replay_check(replay, why);
}

/**
 * dbb_replay_parse() - read a preset, or steps of one's own
 * @text: the name of a preset, or "[STEPS|]STEPS[@HZ]": steps separated by commas,
 *	  those before "|" taken once and held, the others in each frame, of which
 *	  there are HZ a second
 * @replay: filled on success only
 * @why: filled on failure
 *
 * Return: 0, -EINVAL for an unknown step or an order that makes no sense, -ERANGE
 * outside the limits, -EOPNOTSUPP for flush on a machine that is not x86.
 */
int dbb_replay_parse(const char *text, struct dbb_replay *replay, struct dbb_refusal *why)
{
	const struct dbb_replay_preset *preset;
	char steps[DBB_REPLAY_TEXT_LEN];
	struct dbb_replay new = { };
	unsigned int i;
	int ret;

	if (strscpy(new.text, text, sizeof(new.text)) < 0)
		return dbb_text_refuse(why, -ERANGE,
				       "the steps are too long; accepted: up to %u characters",
				       DBB_REPLAY_TEXT_LEN - 1);
	strscpy(steps, text, sizeof(steps));
	for (i = 0; (preset = dbb_replay_preset_at(i)); i++) {
		if (strcmp(text, preset->name))
			continue;
		strscpy(steps, preset->steps, sizeof(steps));
		new.size_bytes = PAGE_ALIGN(preset->size_bytes);
		break;
	}
	ret = dbb_replay_parse_steps(steps, &new, why);
	if (!ret)
		*replay = new;
	return ret;
}
