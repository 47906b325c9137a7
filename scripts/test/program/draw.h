/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers and words. Each step has a state of its own, so that what one step
 * draws does not move those after it.
 */
#ifndef DBB_TEST_DRAW_H
#define DBB_TEST_DRAW_H

#include <string.h>

#include "check.h"

static u32 random_state;

static void seed_step(u32 series, unsigned long step)
{
	u32 mixed = series * 2654435761u ^ ((u32)step + 1) * 2246822519u;

	mixed = (mixed ^ mixed >> 15) * 2654435761u;
	mixed ^= mixed >> 13;
	random_state = mixed ? mixed : 1;
}

static u32 draw(u32 below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 17;
	random_state ^= random_state << 5;
	return below ? random_state % below : 0;
}

static const char *pick(const char * const *list, size_t count)
{
	return list[draw(count)];
}

#define PICK(_list) pick(&(_list)[0], sizeof(_list) / sizeof(char *))

/* One of the words of @list, which blanks separate. */
static const char *pick_word(const char *list)
{
	static char word[64];
	const char *at;
	u32 n = 1;

	for (at = list; *at; at++)
		n += *at == ' ';
	at = list;
	for (n = draw(n); n; n--)
		at = strchr(at, ' ') + 1;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, " "), at);
	return word;
}

#endif /* DBB_TEST_DRAW_H */
