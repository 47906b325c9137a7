// SPDX-License-Identifier: GPL-2.0
/*
 * How the mappings of a heap's buffer are cached, as the test module page_attributes
 * reads it back.
 *
 *   map_attributes PATH show BYTES        lines of the module for a mapping that is fresh,
 *                                         then for one that was protected, moved, forked
 *   map_attributes PATH churn COUNT BYTES COUNT buffers of up to BYTES, one after the other
 *   map_attributes PATH hold BYTES FILE   a buffer until killed; FILE appears when it is there
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>

#include "check.h"

static int heap, module;
static size_t page;

static void touch(char *map, size_t len)
{
	size_t at;

	for (at = 0; at < len; at += page)
		__atomic_store_n((u32 *)(map + at), 0x7a600000 + at / page, __ATOMIC_RELAXED);
	for (at = 0; at < len; at += page)
		if (__atomic_load_n((u32 *)(map + at), __ATOMIC_RELAXED) !=
		    0x7a600000 + at / page)
			complain("page %zu does not hold what was written", at / page);
}

/* Prints what the module says of this mapping, with @what before each line. */
static void report(const char *what, int fd, char *map, size_t len)
{
	char text[1024], *line, *rest = text;
	ssize_t got;

	touch(map, len);
	snprintf(text, sizeof(text), "%d %#lx", fd, (unsigned long)map);
	must("write to page_attributes", write(module, text, strlen(text)));
	must("rewind page_attributes", lseek(module, 0, SEEK_SET));
	got = must("read page_attributes", read(module, text, sizeof(text) - 1));
	text[got] = '\0';
	while ((line = strsep(&rest, "\n")))
		if (*line)
			printf("%s %s\n", what, line);
	fflush(stdout);
}

/* At an address that huge page table entries can map. */
static char *map_aligned(int fd, size_t len)
{
	size_t pmd = page * page / 8;
	char *room = must_map("reserve", mmap(NULL, len + 2 * pmd, PROT_NONE,
					      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));

	room = (char *)(((size_t)room + pmd - 1) / pmd * pmd);
	return must_map("mmap", mmap(room, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
				     fd, 0));
}

static void show(size_t len)
{
	int fd = must("allocate", heap_alloc(heap, len, O_RDWR));
	char *map = map_aligned(fd, len);
	pid_t child;
	int status;

	len = (len + page - 1) / page * page;
	report("fresh", fd, map, len);
	must("mprotect", mprotect(map, len, PROT_READ));
	must("mprotect", mprotect(map, len, PROT_READ | PROT_WRITE));
	report("protected", fd, map, len);
	map = must_map("mremap", mremap(map, len, len, MREMAP_MAYMOVE | MREMAP_FIXED,
					map_aligned(fd, len)));
	report("moved", fd, map, len);
	child = must("fork", fork());
	if (!child) {
		report("forked", fd, map, len);
		_exit(complaints ? 1 : 0);
	}
	waitpid(child, &status, 0);
	if (status)
		complain("the child ended with status %d", status);
}

static void churn(unsigned long count, size_t most)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		size_t len = 1 + i * 7919 * page % most;
		int fd = must("allocate", heap_alloc(heap, len, O_RDWR));
		char *map = must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED,
						  fd, 0));

		if (map[0] || map[len - 1])
			complain("buffer %lu is not zero", i);
		touch(map, len);
		munmap(map, len);
		close(fd);
	}
}

static void hold(size_t len, const char *path)
{
	must("allocate", heap_alloc(heap, len, O_RDWR));
	must("create the file", open(path, O_CREAT | O_WRONLY, 0600));
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[2] : "";

	page = sysconf(_SC_PAGESIZE);
	if (argc < 4)
		what = "";
	else
		heap = must("open the heap", open(argv[1], O_RDWR | O_CLOEXEC));
	if (!strcmp(what, "show")) {
		module = must("open page_attributes",
			      open("/sys/kernel/debug/page_attributes", O_RDWR));
		show(strtoul(argv[3], NULL, 0));
	} else if (!strcmp(what, "churn") && argc == 5) {
		churn(strtoul(argv[3], NULL, 0), strtoul(argv[4], NULL, 0));
	} else if (!strcmp(what, "hold") && argc == 5) {
		hold(strtoul(argv[3], NULL, 0), argv[4]);
	} else {
		fprintf(stderr, "usage: %s PATH show BYTES | churn COUNT BYTES | hold BYTES FILE\n",
			argv[0]);
		return 2;
	}
	return complaints ? 1 : 0;
}
