// SPDX-License-Identifier: GPL-2.0
/*
 * Writes texts to the files of debugfs and asks the heap's node for buffers, most
 * of them valid, and compares each answer and each knob with a model.
 *
 *   fuzz RANDOM_SEED COUNT DEBUGFS NODE
 *
 * The same two numbers are the same actions, in a module that was just loaded.
 * Prints the first, how many of the actions were accepted, and each difference;
 * exit status 0 when there is none.
 */
#define _GNU_SOURCE
#include <fcntl.h>

#include "fuzz_model.h"

static u32 state;
static int root, node;
static unsigned long step, accepted, runs, runs_accepted;

static u32 draw(u32 below)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return below ? state % below : 0;
}

static const char *pick(const char * const *list, size_t count)
{
	return list[draw(count)];
}

#define PICK(_list) pick(&(_list)[0], sizeof(_list) / sizeof(char *))

/* One of the words of @list. */
static const char *pick_word(const char *list)
{
	static char word[VALUE_LEN];
	u32 n = 1;
	const char *at;

	for (at = list; *at; at++)
		n += *at == ' ';
	at = list;
	for (n = draw(n); n; n--)
		at = strchr(at, ' ') + 1;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(at, " "), at);
	return word;
}

static const char * const bad_texts[] = {
	"", "  ", "nonsense", "-1", "0x", "1x", "1.5", "4 k", "4kk", "Vmap", "[sg]", "%s%n",
	"99999999999999999999", "4294967296", "0", "18446744073709551616", "17179869185G",
	"1000001", "a\nb", "\033[2J", "page,nonsense", "nowhere:sg", "sg+x", "3 3 0", "0 4",
	"fdx:sg", "999", ",", "=", "077", "+5",
};

static void valid_value(enum knob_id id, char *text)
{
	static const char * const sizes[] = { "64k", "0x20000", "1M", "196608", "256K" };
	static const char * const lists[] = { "8 4 0", "4,0", "9 3 1", "0", "4 2" };
	static const char * const caps[] = { "64M", "128M", "0x8000000", "100000k" };
	static const char * const arms[] = {
		"page,sg", "sg page", "sg", "page,sg,page", "system:sg,contig:page", "100,200",
		"sg+10,sg", "exporter", "page,sg,page,sg,page,sg,page,sg,page,sg,page,sg",
		"anon:exporter,fd7:exporter",
	};
	const struct knob *knob = &knobs[id];

	if (*knob->choices)
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
	else
		sprintf(text, draw(4) ? "%llu" : " 0x%llx\n",
			knob->min + draw(knob->max - knob->min + 1 < UINT32_MAX ?
					 knob->max - knob->min + 1 : UINT32_MAX));
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
	return text;
}

static void differ(const char *what, const char *text, int err, int want)
{
	complain("step %lu: %s '%s': %s, the model says %s", step, what, text, errno_name(err),
		 errno_name(want));
}

static int write_file(const char *path, const char *text, size_t len)
{
	int fd = must(path, openat(root, path, O_WRONLY));
	int err = write(fd, text, len) < 0 ? errno : 0;

	close(fd);
	accepted += !err;
	return err;
}

/* The first line of a file without its newline. */
static void read_file(const char *path, char *text)
{
	int fd = must(path, openat(root, path, O_RDONLY));
	ssize_t len = must(path, read(fd, text, VALUE_LEN - 1));

	close(fd);
	text[len] = '\0';
	text[strcspn(text, "\n")] = '\0';
}

/* Of a choice, the word in brackets. */
static void read_knob(const struct knob *knob, char *value)
{
	char text[VALUE_LEN], *open;

	read_file(knob->path, text);
	open = strchr(text, '[');
	if (open)
		snprintf(value, VALUE_LEN, "%.*s", (int)strcspn(open + 1, "]"), open + 1);
	else
		strcpy(value, text);
}

static void check_knob(const struct knob *knob)
{
	char value[VALUE_LEN];

	read_knob(knob, value);
	if (strcmp(value, knob->value))
		complain("step %lu: %s is '%s', the model says '%s'", step, knob->path, value,
			 knob->value);
}

static void try_knob(void)
{
	enum knob_id id = draw(KNOBS);
	char text[2 * LINE_MAX_BYTES], sent[2 * LINE_MAX_BYTES], value[2 * LINE_MAX_BYTES];
	const char *clean;
	size_t len;
	int err, want = EINVAL;

	if (draw(5)) {
		valid_value(id, text);
		len = strlen(text);
	} else {
		len = invalid_text(text);
	}
	memcpy(sent, text, len);
	clean = cleaned(text, len);
	if (clean && strlen(clean) < VALUE_LEN)
		want = -model_knob(id, clean, value);
	err = write_file(knobs[id].path, sent, len);
	if (err != want)
		differ(knobs[id].path, clean ? clean : "(bytes)", err, want);
	if (!want)
		strcpy(knobs[id].value, value);
	check_knob(&knobs[id]);
}

/* Short, whatever the knobs say; one word in eight lines is wrong. */
static void make_line(char *line)
{
	static const char * const ops[] = {
		"noop", "pages", "vmap", "mmap", "tables", "touch", "vtouch", "alloc", "attach",
		"sync", "delay",
	};
	static const char * const heaps[] = {
		"system", "system", "contig", "vmalloc", "fd", "anon",
	};
	static const char * const bad[] = {
		"nonsense=1", "size=4095", "iterations=0", "threads=65", "verify=2", "word",
		"strategies=", "=3", "seed=x", "batch=0", "clock=sundial", "purge=never",
	};
	const char *op = PICK(ops), *heap = PICK(heaps), *arms = draw(2) ? "page,sg" : "sg,page,sg";

	if (!strcmp(op, "delay") && draw(8))
		arms = "100,200";
	else if ((!strcmp(heap, "fd") || !strcmp(heap, "anon")) && draw(8))
		arms = "exporter";
	line += sprintf(line, "%s heap=%s fd=%d strategies=%s size=%s", op, heap, held_fd, arms,
			draw(2) || !strcmp(heap, "fd") ? "64k" : "256k");
	line += sprintf(line, " iterations=%u warmup=%u batch=%s threads=%u", 1 + draw(3),
			draw(3), draw(10) ? "1" : "2",
			draw(4) || !strcmp(heap, "fd") ? 1 : 2);
	line += sprintf(line, " buffers=%u", draw(8) ? 1 : 2);
	line += sprintf(line, " cpu=%s clock=%s purge=%s verify=%u seed=%u",
			draw(3) ? "any" : "0", draw(2) ? "monotonic" : "raw",
			draw(4) ? "none" : "round", draw(2), draw(1000));
	if (!draw(8))
		sprintf(line, " %s", PICK(bad));
}

static void try_run(void)
{
	char line[LINE_MAX_BYTES];
	int err, want;

	make_line(line);
	want = -model_line(line);
	err = write_file("bench/run", line, strlen(line));
	if (err != want)
		differ("bench/run", line, err, want);
	runs++;
	runs_accepted += !err;
}

static void try_word(void)
{
	static const char * const words[] = { "1", "0", "", "stop", "11", "mapings" };
	const char *word = PICK(words);
	bool stop = draw(2);
	int want = stop && !strcmp(word, "1") ? 0 : EINVAL, err;

	/* selftest takes "1", and much time for it */
	if (!stop && !strcmp(word, "1"))
		return;
	err = write_file(stop ? "bench/stop" : "selftest", word, strlen(word));
	if (err != want)
		differ(stop ? "bench/stop" : "selftest", word, err, want);
}

static void try_ioctl(void)
{
	static const u64 lengths[] = { 1, 4096, 65536, 65537, 262144 };
	struct dma_heap_allocation_data data = { .fd_flags = O_RDWR };
	u64 whole;
	char what[128];
	int err, want = 0, may = 0;

	data.len = lengths[draw(ARRAY_SIZE(lengths))];
	switch (draw(8)) {
	case 0:
		data.len = draw(2) ? 0 : ~0ULL;
		may = EINVAL;
		break;
	case 1:
		data.fd = 1 + draw(9);
		break;
	case 2:
		data.fd_flags |= O_APPEND;
		break;
	case 3:
		data.heap_flags = 1ULL << draw(64);
		break;
	case 4:
		data.fd_flags = O_CLOEXEC;
		break;
	}
	whole = (data.len + page_bytes - 1) / page_bytes * page_bytes;
	if (!data.len || data.fd || data.heap_flags || data.fd_flags & O_APPEND)
		want = EINVAL;
	else if (data.len == ~0ULL || whole > cap() || !has_chunks(whole))
		want = ENOMEM;
	else if ((!strcmp(knobs[VMAP_STRATEGY].value, "direct") && whole > page_bytes) ||
		 strcmp(knobs[CACHING].value, "cached"))
		may = EOPNOTSUPP;
	snprintf(what, sizeof(what), "len=%#llx fd=%u fd_flags=%#x heap_flags=%#llx", data.len,
		 data.fd, data.fd_flags, data.heap_flags);
	err = ioctl(node, DMA_HEAP_IOCTL_ALLOC, &data) ? errno : 0;
	if (err != want && !(err && err == may))
		differ("DMA_HEAP_IOCTL_ALLOC", what, err, want);
	if (err)
		return;
	accepted++;
	expect_equal(what, lseek(data.fd, 0, SEEK_END), whole);
	close(data.fd);
}

/* The words that this kernel has; a choice lists them with one in brackets. */
static void learn(void)
{
	unsigned int i;
	char *from, *to;

	for (i = 0; i < KNOBS; i++) {
		read_file(knobs[i].path, knobs[i].choices);
		read_knob(&knobs[i], knobs[i].value);
		if (!strchr(knobs[i].choices, '[')) {
			knobs[i].choices[0] = '\0';
			continue;
		}
		for (from = to = knobs[i].choices; *from; from++)
			if (*from != '[' && *from != ']')
				*to++ = *from;
		*to = '\0';
	}
	knobs[CPU].max = sysconf(_SC_NPROCESSORS_CONF) - 1;
	page_bytes = sysconf(_SC_PAGESIZE);
	ram_bytes = sysconf(_SC_PHYS_PAGES) * page_bytes;
	max_order = page_bytes == 4096 ? 10 : page_bytes == 16384 ? 11 : 13;
}

int main(int argc, char **argv)
{
	unsigned long count;
	unsigned int i;

	if (argc != 5) {
		fprintf(stderr, "usage: fuzz RANDOM_SEED COUNT DEBUGFS NODE\n");
		return 2;
	}
	state = strtoul(argv[1], NULL, 0) * 2654435761u + 1;
	state = state ? state : 1;
	count = strtoul(argv[2], NULL, 0);
	root = must(argv[3], open(argv[3], O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	node = must(argv[4], open(argv[4], O_RDWR | O_CLOEXEC));
	held_fd = must("a buffer", heap_alloc(node, HELD_BYTES, O_RDWR | O_CLOEXEC));
	learn();
	for (step = 0; step < count && complaints < 10; step++) {
		u32 kind = draw(20);

		if (kind < 9)
			try_knob();
		else if (kind < 14)
			try_run();
		else if (kind < 15)
			try_word();
		else
			try_ioctl();
	}
	for (i = 0; i < KNOBS; i++)
		check_knob(&knobs[i]);
	printf("fuzz %s: %lu of %lu actions accepted, %lu of %lu runs\n", argv[1], accepted, step,
	       runs_accepted, runs);
	return complaints || accepted * 2 <= step;
}
