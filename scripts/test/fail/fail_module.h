/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls that allocations fail in, on the module as a whole: insmod FILE, rmmod FILE.
 */
#ifndef DBB_TEST_FAIL_MODULE_H
#define DBB_TEST_FAIL_MODULE_H

#include <sys/syscall.h>

#include "fail_files.h"

static long files_made;

static long count_files(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[PATH_MAX];
	long n = 0;

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (entry->d_type == DT_DIR)
			n += count_files(path);
	}
	if (dir)
		closedir(dir);
	return n;
}

static void expect_no_names(const char *folder, const char *name)
{
	int n = state_count_names(folder, name);

	if (n)
		complain("%s has %d names %s*", folder, n, name);
}

static void open_module(void)
{
	fd = must(first_word, open(first_word, O_RDONLY | O_CLOEXEC));
}

static int insert_module(void)
{
	return outcome(syscall(SYS_finit_module, fd, "", 0));
}

static int remove_module(void)
{
	return outcome(syscall(SYS_delete_module, "dmabuf_bench", O_NONBLOCK));
}

static void have_module(void)
{
	open_module();
	must("finit_module", syscall(SYS_finit_module, fd, "", 0));
}

static void expect_no_module(void)
{
	close_fd(&fd);
	if (!access(state_root, F_OK))
		complain("%s is there", state_root);
	expect_no_names("/sys/module", "dmabuf_bench");
	expect_no_names("/dev/dma_heap", "bench_");
	expect_no_names("/sys/class/misc", "dma_heap_bench_");
	expect_no_names("/sys/bus/platform/devices", "dmabuf_bench");
}

/* A module that is loaded is whole: all of its files are there. */
static void undo_insert(int err)
{
	long made;

	if (!err) {
		made = count_files(state_root);
		if (!files_made)
			files_made = made;
		expect_equal("files of the loaded module", made, files_made);
		must("delete_module", syscall(SYS_delete_module, "dmabuf_bench", 0));
	}
	expect_no_module();
}

/* The kernel leaves a node in /dev for want of memory for its name. */
static void remove_nodes(void)
{
	DIR *dir = opendir("/dev/dma_heap");
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (!strncmp(entry->d_name, "bench_", 6))
			must(entry->d_name, unlinkat(dirfd(dir), entry->d_name, 0));
	if (dir)
		closedir(dir);
}

static void undo_remove(int err)
{
	remove_nodes();
	if (err)
		must("delete_module", syscall(SYS_delete_module, "dmabuf_bench", 0));
	expect_no_module();
}

#endif /* DBB_TEST_FAIL_MODULE_H */
