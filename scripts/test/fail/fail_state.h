/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a call that failed has to leave as it was: the knobs, what heap/stats says is
 * alive, the module's devices, the descriptors and the mappings of this process.
 */
#ifndef DBB_TEST_FAIL_STATE_H
#define DBB_TEST_FAIL_STATE_H

#include <ctype.h>
#include <fcntl.h>
#include <limits.h>

#include "../program/check.h"

#define STATE_TEXT (256 * 1024)

/* Each counts up what the other one counts down. */
static const char * const state_pairs[][2] = {
	{ "buffers_created", "buffers_freed" },
	{ "attaches", "detaches" },
	{ "mmaps_made", "mmaps_undone" },
	{ "vmaps_made", "vmaps_undone" },
};

struct state {
	char knobs[32 * 1024];
	char maps[64 * 1024];
	int fds;
	int devices;
	long long alive[ARRAY_SIZE(state_pairs)];
	long long bytes_alive;
};

/* The module's files, "" before it is loaded, and the knobs in them. */
static const char *state_root;
static char **state_knobs;
static int state_knob_count;

/* Returns the length, or -1 with errno. Text ends with a NUL. */
static ssize_t read_whole(const char *path, char *text, size_t size)
{
	ssize_t len = 0, more = -1;
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;

	while (fd >= 0 && (more = read(fd, text + len, size - 1 - len)) > 0)
		len += more;
	err = errno;
	if (fd >= 0)
		close(fd);
	errno = err;
	text[len] = '\0';
	return more < 0 ? -1 : len;
}

static const char *in_root(const char *file)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", state_root, file);
	return path;
}

static bool is_loaded(void)
{
	return !access(in_root("bench/run"), F_OK);
}

/* The lines of /proc/self/maps but those that the C library moves. */
static void state_read_maps(char *maps)
{
	static char text[64 * 1024];
	char *line, *rest = text;

	must("/proc/self/maps", read_whole("/proc/self/maps", text, sizeof(text)));
	while ((line = strsep(&rest, "\n")))
		if (!strstr(line, "[heap]") && !strstr(line, "[stack]"))
			maps += sprintf(maps, "%s\n", line);
}

static long long state_value(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (; text && *text; text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL)
		if (!strncmp(text, key, len) && text[len] == '=')
			return strtoll(text + len + 1, NULL, 10);
	complain("heap/stats has no %s", key);
	return 0;
}

static void state_read_stats(struct state *state)
{
	static char text[8192];
	unsigned int i;

	must("heap/stats", read_whole(in_root("heap/stats"), text, sizeof(text)));
	for (i = 0; i < ARRAY_SIZE(state_pairs); i++)
		state->alive[i] = state_value(text, state_pairs[i][0]) -
				  state_value(text, state_pairs[i][1]);
	state->bytes_alive = state_value(text, "bytes_alive");
}

/* One that is no choice may say more in further lines, such as what is available. */
static void state_read_knobs(char *knobs)
{
	char *text = knobs;
	int i;

	for (i = 0; i < state_knob_count; i++) {
		text += sprintf(text, "%s: ", state_knobs[i]);
		must(state_knobs[i], read_whole(in_root(state_knobs[i]), text, 4096));
		text += strcspn(text, "\n");
		text += sprintf(text, "\n");
	}
}

/* How many names in @folder begin with @name. */
static int state_count_names(const char *folder, const char *name)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	while (dir && (entry = readdir(dir)))
		n += !strncmp(entry->d_name, name, strlen(name));
	if (dir)
		closedir(dir);
	return n;
}

static void state_read(struct state *state)
{
	memset(state, 0, sizeof(*state));
	state->fds = count_fds();
	state->devices = state_count_names("/sys/bus/platform/devices", "dmabuf_bench");
	state_read_maps(state->maps);
	if (!is_loaded())
		return;
	state_read_stats(state);
	state_read_knobs(state->knobs);
}

static bool state_is_balanced(const struct state *before, const struct state *now)
{
	return !memcmp(before->alive, now->alive, sizeof(now->alive)) &&
	       before->bytes_alive == now->bytes_alive;
}

static void state_complain_lines(const char *what, const char *file, const char *before,
				 const char *now)
{
	size_t same = 0;

	while (before[same] && before[same] == now[same])
		same++;
	while (same && now[same - 1] != '\n')
		same--;
	complain("%s: %s: '%.*s', was '%.*s'", what, file, (int)strcspn(now + same, "\n"),
		 now + same, (int)strcspn(before + same, "\n"), before + same);
}

/* Buffers go a moment after their last user did. */
static void state_compare(const char *what, const struct state *before)
{
	static struct state now;
	unsigned int tries, i;

	state_read(&now);
	for (tries = 0; tries < 500 && !state_is_balanced(before, &now); tries++) {
		usleep(10000);
		state_read(&now);
	}
	if (now.fds != before->fds)
		complain("%s: %d descriptors, were %d", what, now.fds, before->fds);
	if (now.devices != before->devices)
		complain("%s: %d devices, were %d", what, now.devices, before->devices);
	if (strcmp(now.maps, before->maps))
		state_complain_lines(what, "/proc/self/maps", before->maps, now.maps);
	if (strcmp(now.knobs, before->knobs))
		state_complain_lines(what, "the knobs", before->knobs, now.knobs);
	if (now.bytes_alive != before->bytes_alive)
		complain("%s: %lld bytes are alive, were %lld", what, now.bytes_alive,
			 before->bytes_alive);
	for (i = 0; i < ARRAY_SIZE(state_pairs); i++)
		if (now.alive[i] != before->alive[i])
			complain("%s: %s less %s is %lld, was %lld", what, state_pairs[i][0],
				 state_pairs[i][1], now.alive[i], before->alive[i]);
}

#endif /* DBB_TEST_FAIL_STATE_H */
