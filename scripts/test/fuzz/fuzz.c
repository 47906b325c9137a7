// SPDX-License-Identifier: GPL-2.0
/*
 * Hostile input: texts and calls for the files of debugfs, the heap's nodes, its buffers
 * and their mappings. Many are valid ones with a few changes. Each answer, and each knob
 * after a refusal, is compared with a model.
 *
 *   fuzz RANDOM_SEED COUNT DEBUGFS NODES [SHOWN]
 *
 * The same two numbers are the same actions, in a module that was just loaded. NODES is
 * the start of the paths of the nodes. Actions from step SHOWN on are printed before
 * they are done. Prints how many were accepted, and each difference; exit status 0
 * when there is none.
 */
#define _GNU_SOURCE
#include "fuzz_share.h"
#include "fuzz_text.h"

#define MARK_STEPS 1000

static int log_file = -1;

static void try_broken_text(void)
{
	try_bad_memory(guarded + page_bytes);
}

/* Weights: a run takes as long as some hundred of the others. */
static const struct {
	void (*try)(void);
	unsigned int weight;
} actions[] = {
	{ try_knob, 200 },
	{ try_run, 60 },
	{ try_word, 20 },
	{ try_broken_text, 20 },
	{ try_file, 60 },
	{ try_ioctl, 120 },
	{ try_node, 5 },
	{ try_buffer, 30 },
	{ try_close, 10 },
	{ try_mmap, 150 },
	{ try_munmap, 60 },
	{ try_mprotect, 80 },
	{ try_mremap, 60 },
	{ try_madvise, 60 },
	{ try_lock, 20 },
	{ try_access, 20 },
	{ try_sync, 30 },
	{ try_name, 10 },
	{ try_descriptor, 10 },
	{ try_dup, 5 },
	{ try_fork, 2 },
};

static void take_step(void)
{
	unsigned int i, sum = 0, drawn;

	for (i = 0; i < ARRAY_SIZE(actions); i++)
		sum += actions[i].weight;
	drawn = draw(sum);
	for (i = 0; drawn >= actions[i].weight; i++)
		drawn -= actions[i].weight;
	strcpy(action, "nothing");
	actions[i].try();
}

/* So that what the kernel says has a place among the steps. */
static void mark_log(void)
{
	char text[64];
	int len = snprintf(text, sizeof(text), "fuzz %u: step %lu\n", series, step);

	/* dprintf() wants to seek */
	if (log_file >= 0 && write(log_file, text, len) != len)
		log_file = -1;
}

static void open_all(char **argv)
{
	char path[128];
	int i;

	root = must(argv[3], open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	for (i = 0; i < NODES; i++) {
		snprintf(path, sizeof(path), "%s%s", argv[4], node_names[i]);
		nodes[i] = must(path, open(path, O_RDWR | O_CLOEXEC));
	}
	held_fd = must("a buffer", heap_alloc(nodes[0], HELD_BYTES, O_RDWR | O_CLOEXEC));
	bytes_alive = HELD_BYTES;
	run_file = must("run", openat(root, "bench/run", O_WRONLY | O_CLOEXEC));
	stop_file = must("stop", openat(root, "bench/stop", O_WRONLY | O_CLOEXEC));
	selftest_file = must("selftest", openat(root, "selftest", O_WRONLY | O_CLOEXEC));
	log_file = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
}

static void learn(void)
{
	void *map;

	learn_knobs();
	learn_files();
	make_arena();
	room = must_map("mmap", mmap(NULL, ROOM_BYTES, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	map = mmap(NULL, page_bytes, PROT_READ | PROT_EXEC, MAP_SHARED, held_fd, 0);
	exec_errno = map == MAP_FAILED ? errno : 0;
	if (!exec_errno)
		munmap(map, page_bytes);
	else if (exec_errno != EPERM)
		complain("PROT_EXEC: %s", errno_name(exec_errno));
}

int main(int argc, char **argv)
{
	unsigned long count, shown = ~0ul;

	if (argc != 5 && argc != 6) {
		fprintf(stderr, "usage: fuzz RANDOM_SEED COUNT DEBUGFS NODES [SHOWN]\n");
		return 2;
	}
	series = strtoul(argv[1], NULL, 0);
	count = strtoul(argv[2], NULL, 0);
	if (argc == 6)
		shown = strtoul(argv[5], NULL, 0);
	is_shown_from = shown;
	open_all(argv);
	learn();
	for (step = 0; step < count && complaints < 10; step++) {
		if (!(step % MARK_STEPS))
			mark_log();
		seed_step(series, step);
		take_step();
	}
	strcpy(action, "at the end");
	drop_all();
	check_knobs();
	print_counts();
	return complaints || accepted * 5 <= step;
}
