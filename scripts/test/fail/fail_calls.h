/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The calls that allocations fail in: what goes before, the call, and what undoes it.
 * Only the call is made while the task has a fail-nth.
 */
#ifndef DBB_TEST_FAIL_CALLS_H
#define DBB_TEST_FAIL_CALLS_H

#include "fail_buffers.h"
#include "fail_module.h"

struct kind {
	const char *name;
	void (*before)(void);
	int (*call)(void);
	void (*after)(int err);
};

static const struct kind kinds[] = {
	{ "run", open_run, write_run, undo_run },
	{ "write", keep_value, write_file, put_back },
	{ "order", NULL, write_file, undo_run },
	{ "first", make_result, read_file, expect_text },
	{ "read", keep_text, read_file, compare_text },
	{ "alloc", find_size, alloc_buffer, undo_buffer },
	{ "sync", have_buffer, sync_buffer, undo_buffer },
	{ "map", have_buffer, map_buffer, undo_map },
	{ "fork", have_touched_map, fork_child, undo_fork },
	{ "cut", have_touched_map, cut_map, undo_map },
	{ "move", have_place, move_map, undo_map },
	{ "insmod", open_module, insert_module, undo_insert },
	{ "rmmod", have_module, remove_module, undo_remove },
};

#endif /* DBB_TEST_FAIL_CALLS_H */
