// SPDX-License-Identifier: GPL-2.0
/*
 * What user mappings of a buffer show when a driver maps them in the wrong place (module
 * stray_mapper).
 *
 *   map_stray PATH CASE[,CASE]... ORDER:COUNT...
 */
#define _GNU_SOURCE
#include "map_buffer.h"

/* As in the module. */
#define ASIDE 0x100000ul

static void *map_astray(unsigned long n, unsigned long offset)
{
	int file = must("open stray_mapper", open("/dev/stray_mapper", O_RDWR));
	void *map;

	must("write stray_mapper", dprintf(file, "%d", fd));
	map = mmap(NULL, bytes(n), PROT_READ | PROT_WRITE, MAP_SHARED, file, bytes(offset));
	close(file);
	return map;
}

/*
 * The mapping shows the last pages, then lies a page further on. What is mapped already
 * stays, what a fault would have to find is not there.
 */
static void fault_past_end(void)
{
	unsigned long n = npages < 3 ? npages : 3, past;

	for (past = 1; past <= n; past++) {
		u32 *map = must_map("mmap", map_astray(n, past));
		int sig = signal_of(write_word, word_of(map, n - past));

		if (sig && sig != SIGBUS)
			complain("signal of a write %lu past the end: %d", past, sig);
		if (!sig && *word_of(full, npages - past) != 0)
			complain("a write %lu past the end went to other memory", past);
		if (past < n)
			check_tags("what is left", map, sig ? npages - n + past : npages - n,
				   n - past);
		munmap(map, bytes(n));
		*word_of(full, npages - past) = tag_of(npages - past);
	}
}

/* Nobody but the exporter looks at the place. */
static void asked_past_end(void)
{
	static const struct {
		const char *what;
		long first;	/* from the end of the buffer on */
		long n;		/* more than it has */
	} places[] = {
		{ "the whole and a page more", 0, 1 },
		{ "the page after the last", 0, 0 },
		{ "a page far past the end", 1 << 10, 0 },
	};
	void *map;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		unsigned long first = places[i].n ? 0 : npages + places[i].first;

		map = map_astray(places[i].n ? npages + places[i].n : 1, ASIDE + first);
		expect(places[i].what, map == MAP_FAILED ? -1 : 0, EINVAL);
	}
	map = must_map("the last page", map_astray(1, ASIDE + npages - 1));
	check_tags("the last page", map, npages - 1, 1);
	munmap(map, page);
}

static const struct test_case cases[] = {
	{ "fault_past_end", fault_past_end },
	{ "asked_past_end", asked_past_end },
};

int main(int argc, char **argv)
{
	return run_map_cases(argc, argv, cases, ARRAY_SIZE(cases));
}
