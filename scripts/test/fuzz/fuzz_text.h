/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Texts for the files that take one: valid ones, the same with changes, and bytes.
 */
#ifndef DBB_TEST_FUZZ_TEXT_H
#define DBB_TEST_FUZZ_TEXT_H

#include "fuzz_arms.h"
#include "fuzz_preset.h"
#include "fuzz_step.h"

/* Longest that a mutated text may become. */
#define TEXT_MAX (2 * LINE_MAX_BYTES)

#define EFFORT_MAX 3000

static int run_file, stop_file, selftest_file;

static const char * const bad_texts[] = {
	"", "  ", "nonsense", "-1", "0x", "1x", "1.5", "4 k", "4kk", "Vmap", "[sg]", "%s%n",
	"99999999999999999999", "4294967296", "0", "18446744073709551616", "17179869185G",
	"1000001", "a\nb", "\033[2J", "page,nonsense", "nowhere:sg", "sg+x", "3 3 0", "0 4",
	"fdx:sg", "999", ",", "=", "077", "+5", "99999999999999999999x",
};

static const char * const good_presets[] = {
	"attach,map,vmap|@60", "vmap,read:64k,vunmap", "lock,vmap,unlock,read,lock,vunmap,unlock",
	"attach,map|begin,vmap,write:4096,vunmap,end@30", "vmap,vmap,vunmap,vunmap", "shadow",
	"amdxdna_clear", "vb2_rotate", "attach,map,unmap,detach@1000", "vmap|flush:64k",
	"vmap,begin,read,end,vunmap", "attach,detach",
};

static void valid_value(enum knob_id id, char *text)
{
	static const char * const sizes[] = { "64k", "0x20000", "1M", "196608", "256K" };
	static const char * const lists[] = { "8 4 0", "4,0", "9 3 1", "0", "4 2" };
	static const char * const caps[] = { "64M", "128M", "0x8000000", "100000k" };
	static const char * const arms[] = {
		"page,sg", "sg page", "sg", "page,sg,page", "system:sg,contig:page", "100,200",
		"sg+10,sg", "exporter", "page,sg,page,sg,page,sg,page,sg,page,sg,page,sg",
		"anon:exporter,fd7:exporter", "system,contig,vmalloc", "anon", "array,direct,keep",
	};
	const struct knob *knob = &knobs[id];

	if (*knob->choices && id != PRESET)
		strcpy(text, pick_word(knob->choices));
	else if (knob->word && draw(3))
		strcpy(text, knob->word);
	else if (id == FD)
		sprintf(text, draw(2) ? "none" : "%d", held_fd);
	else if (id == STRATEGIES)
		strcpy(text, PICK(arms));
	else if (id == SIZE)
		strcpy(text, PICK(sizes));
	else if (id == ORDERS)
		strcpy(text, PICK(lists));
	else if (id == MAX_BYTES)
		strcpy(text, PICK(caps));
	else if (id == PRESET)
		strcpy(text, PICK(good_presets));
	else
		sprintf(text, draw(4) ? "%llu" : " 0x%llx\n",
			knob->min + draw(knob->max - knob->min + 1 < UINT32_MAX ?
					 knob->max - knob->min + 1 : UINT32_MAX));
}

/* What texts are made of, or any byte. */
static char draw_char(void)
{
	static const char likely[] = "0123456789 ,:=+|@-\n\tkMGx_.[]";

	return draw(5) ? likely[draw(sizeof(likely) - 1)] : (char)draw(256);
}

static size_t insert_bytes(char *text, size_t len, size_t at, const char *bytes, size_t n)
{
	memmove(text + at + n, text + at, len - at);
	memcpy(text + at, bytes, n);
	return len + n;
}

static bool ends_word(char c)
{
	return c == ' ' || c == ',';
}

/* Drops, doubles or moves a word, with what ends it. */
static size_t mutate_word(char *text, size_t len)
{
	char word[64];
	size_t from = draw(len), n;

	while (from && !ends_word(text[from - 1]))
		from--;
	for (n = 0; from + n < len && n < sizeof(word); n++) {
		word[n] = text[from + n];
		if (ends_word(word[n])) {
			n++;
			break;
		}
	}
	if (draw(3)) {
		memmove(text + from, text + from + n, len - from - n);
		len -= n;
	}
	if (draw(2))
		len = insert_bytes(text, len, draw(2) ? 0 : from, word, n);
	return len;
}

/* One change of @text, whose room is 80 bytes more than it takes; @other is a valid one. */
static size_t mutate(char *text, size_t len, const char *other)
{
	size_t at = draw(len), n = 1 + draw(len - at < 5 ? len - at : 5);
	static const char blanks[] = "\n\t ";
	char c, piece[8];

	if (!len)
		return len;
	n = n < len - at ? n : len - at;
	switch (draw(10)) {
	case 0:
		memmove(text + at, text + at + n, len - at - n);
		return len - n;
	case 1:
		memcpy(piece, text + at, n);
		return insert_bytes(text, len, at, piece, n);
	case 2:
		c = text[at];
		text[at] = text[(at + 1) % len];
		text[(at + 1) % len] = c;
		return len;
	case 3:
		text[at] = draw_char();
		return len;
	case 4:
		text[at] ^= 1 << draw(8);
		return len;
	case 5:
		c = draw_char();
		return insert_bytes(text, len, at, &c, 1);
	case 6:
		return at;
	case 7:
		other += draw(strlen(other));
		n = strnlen(other, 64);
		memcpy(text + at, other, n);
		return at + n;
	case 8:
		while (at < len && !ends_word(text[at]))
			at++;
		return insert_bytes(text, len, at, &blanks[draw(3)], 1);
	default:
		return mutate_word(text, len);
	}
}

/* Bytes of any kind, or a text that most knobs refuse. */
static size_t invalid_text(char *text)
{
	size_t len, i;

	if (draw(4)) {
		strcpy(text, PICK(bad_texts));
		return strlen(text);
	}
	len = draw(8) ? draw(64) : 1000 + draw(100);
	for (i = 0; i < len; i++)
		text[i] = draw(256);
	return len;
}

static size_t mutate_often(char *text, const char *other)
{
	size_t len = strlen(text);
	u32 changes = 1 + draw(draw(2) ? 2 : 6);

	while (changes--)
		len = mutate(text, len, other);
	return len;
}

/* What the module makes of the bytes: NULL when it takes none of them for a text. */
static const char *cleaned(char *text, size_t len)
{
	if (len > LINE_MAX_BYTES || memchr(text, '\0', len))
		return NULL;
	text[len] = '\0';
	/* the kernel's white space has the byte 0xa0, too */
	while (len && (isspace((unsigned char)text[len - 1]) || text[len - 1] == '\xa0'))
		text[--len] = '\0';
	while (isspace((unsigned char)*text) || *text == '\xa0')
		text++;
	return strchr(text, '\n') ? NULL : text;
}

static void try_knob(void)
{
	enum knob_id id = draw(KNOBS);
	char text[TEXT_MAX], sent[TEXT_MAX], value[VALUE_LEN], other[TEXT_MAX];
	u64 preset_bytes = 0;
	const char *clean;
	size_t len;
	int err, want = EINVAL;
	u32 kind = draw(10);

	valid_value(id, text);
	len = strlen(text);
	if (kind < 4) {
		valid_value(draw(4) ? id : draw(KNOBS), other);
		len = mutate_often(text, other);
	} else if (kind < 5) {
		len = invalid_text(text);
	}
	memcpy(sent, text, len);
	clean = cleaned(text, len);
	if (clean)
		want = -model_knob(id, clean, value, &preset_bytes);
	say("write '%s' to %s", clean ? clean : "(bytes)", knobs[id].path);
	err = errno_of(write(knobs[id].fd, sent, len));
	judge(err, want, 0);
	if (!want)
		strcpy(knobs[id].value, value);
	if (preset_bytes)
		sprintf(knobs[SIZE].value, "%llu", preset_bytes);
	if (err)
		check_refused(true);
	check_knob(&knobs[id]);
	if (preset_bytes)
		check_knob(&knobs[SIZE]);
}

/* Short, whatever the knobs say; one word in eight lines is wrong. */
static void make_line(char *line)
{
	static const char * const ops[] = {
		"noop", "pages", "vmap", "mmap", "tables", "touch", "vtouch", "alloc", "attach",
		"sync", "delay", "replay",
	};
	static const char * const heaps[] = {
		"system", "system", "contig", "vmalloc", "fd", "anon",
	};
	static const char * const bad[] = {
		"nonsense=1", "size=4095", "iterations=0", "threads=65", "verify=2", "word",
		"strategies=", "=3", "seed=x", "batch=0", "clock=sundial", "purge=never",
	};
	const char *op = PICK(ops), *heap = PICK(heaps);
	char arms[160];

	if (draw(2))
		strcpy(arms, draw(2) ? "page,sg" : "sg,page,sg");
	else
		sprintf(arms, "sg,system:%s",
			pick_word(knobs[draw(2) ? MMAP_STRATEGY : VMAP_STRATEGY].choices));
	if (!strcmp(op, "delay") && draw(8))
		strcpy(arms, "100,200");
	else if ((!strcmp(heap, "fd") || !strcmp(heap, "anon")) && draw(8))
		strcpy(arms, "exporter");
	line += sprintf(line, "%s heap=%s fd=%d strategies=%s size=%s", op, heap, held_fd, arms,
			draw(2) || !strcmp(heap, "fd") ? "64k" : "256k");
	line += sprintf(line, " iterations=%u warmup=%u batch=%s threads=%u", 1 + draw(3),
			draw(3), draw(10) ? "1" : "2",
			draw(4) || !strcmp(heap, "fd") ? 1 : 2);
	line += sprintf(line, " buffers=%u", draw(8) ? 1 : 2);
	line += sprintf(line, " cpu=%s clock=%s purge=%s verify=%u seed=%u",
			draw(3) ? "any" : "0", draw(2) ? "monotonic" : "raw",
			draw(4) ? "none" : "round", draw(2), 1 + draw(1000));
	if (!strcmp(op, "replay") && draw(4))
		line += sprintf(line, " preset=%s", PICK(good_presets));
	if (!draw(8))
		sprintf(line, " %s", PICK(bad));
}

/* Takes no long time, a clock that machines may lack, or a buffer of others. */
static bool is_cheap(const struct run *run)
{
	int i;

	for (i = 0; i < run->narms; i++)
		if (is_fd(run, &run->arms[i]) && fd_of(run, &run->arms[i]) >= MAPPED_FDS)
			return false;
	return effort_of(run) <= EFFORT_MAX && strcmp(run->v[CLOCK], "instructions");
}

/* Run lines are wrong more often than not: those that are right take most of the time. */
static void try_run(void)
{
	char text[TEXT_MAX], sent[TEXT_MAX], other[TEXT_MAX];
	static struct run run;
	const char *clean;
	size_t len;
	int err, want = EINVAL;

	make_line(text);
	len = strlen(text);
	if (draw(3)) {
		make_line(other);
		len = mutate_often(text, other);
	}
	memcpy(sent, text, len);
	clean = cleaned(text, len);
	run.may = 0;
	if (clean)
		want = -model_line(clean, &run);
	if (!want && !is_cheap(&run))
		return;
	say("run '%s'", clean ? clean : "(bytes)");
	err = errno_of(write(run_file, sent, len));
	judge(err, want, run.may);
	runs++;
	runs_accepted += !err;
	if (err)
		check_refused(true);
}

/* Valid words of selftest take much time, so they are left out. */
static void try_word(void)
{
	static const char * const words[] = { "1", "0", "", "stop", "11", "mapings", "1\n", " 1" };
	bool stop = draw(2);
	char text[TEXT_MAX], sent[TEXT_MAX];
	const char *clean;
	int want = EINVAL, err;
	size_t len;

	strcpy(text, stop ? PICK(words) : draw(2) ? "mappings" : "measurement");
	len = draw(2) || !stop ? mutate_often(text, "measurement") : strlen(text);
	memcpy(sent, text, len);
	clean = cleaned(text, len);
	if (clean && stop && !strcmp(clean, "1"))
		want = 0;
	if (!stop && clean && is_in("1 mappings measurement", clean))
		return;
	say("write '%s' to %s", clean ? clean : "(bytes)", stop ? "bench/stop" : "selftest");
	err = errno_of(write(stop ? stop_file : selftest_file, sent, len));
	judge(err, want, 0);
	if (err)
		check_refused(true);
}

/* A text that ends where no memory is. */
static void try_bad_memory(const char *edge)
{
	enum knob_id id = draw(KNOBS);
	size_t there = draw(3), len = there + 1 + draw(2 * LINE_MAX_BYTES);
	bool run = !draw(4);
	int err;

	say("write %zu bytes, of which %zu are there, to %s", len, there,
	    run ? "bench/run" : knobs[id].path);
	err = errno_of(write(run ? run_file : knobs[id].fd, edge - there, len));
	judge(err, len > LINE_MAX_BYTES ? EINVAL : EFAULT, 0);
	if (err)
		check_refused(err == EINVAL);
}

#endif /* DBB_TEST_FUZZ_TEXT_H */
