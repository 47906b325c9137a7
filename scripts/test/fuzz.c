// SPDX-License-Identifier: GPL-2.0
/*
 * Writes random texts to the given files: bytes, and words that the files
 * know, cut and joined at random.
 *
 *   fuzz MILLISECONDS SEED FILE...
 *
 * Prints how many writes were taken and refused. A run that is taken is kept
 * short by the caller's knobs; SIGALRM ends one that is not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char * const words[] = {
	"op=", "heap=", "strategies=", "size=", "iterations=", "warmup=", "verify=", "seed=",
	"noop", "pages", "vmap", "mmap", "page", "sg", "system", "page,sg", "sg,sg,sg",
	"0", "1", "2", "3", "8", "11", "4096", "64k", "1M", "4M", "9", "-1", "0x10", "077",
	"99999999999999999999", "18446744073709551615", "4294967296", "G", "k",
	" ", " ", " ", ",", "=", "\n", "\t", "\377", "%s", "%n", "[sg]", "",
};

static void on_alarm(int sig)
{
	(void)sig;
}

static size_t random_text(char *text, size_t room)
{
	size_t len = 0, n;

	if (rand() % 3 == 0) {
		len = rand() % (rand() % 8 ? 64 : room);
		for (n = 0; n < len; n++)
			text[n] = rand();
		return len;
	}
	for (n = rand() % 12; n; n--) {
		const char *word = words[rand() % ARRAY_SIZE(words)];

		if (len + strlen(word) > room)
			break;
		memcpy(text + len, word, strlen(word));
		len += strlen(word);
	}
	return len;
}

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval tick = { { 0, 300000 }, { 0, 300000 } };
	unsigned long taken = 0, refused = 0;
	static char text[4096];
	long long end;

	if (argc < 4) {
		fprintf(stderr, "usage: fuzz MILLISECONDS SEED FILE...\n");
		return 2;
	}
	end = now_ms() + atoll(argv[1]);
	srand(atoi(argv[2]));
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	while (now_ms() < end) {
		const char *path = argv[3 + rand() % (argc - 3)];
		size_t len = random_text(text, sizeof(text));
		int fd = open(path, O_WRONLY);

		if (fd < 0) {
			printf("open %s: %s\n", path, strerrorname_np(errno));
			return 1;
		}
		if (write(fd, text, len) < 0)
			refused++;
		else
			taken++;
		close(fd);
	}
	printf("%lu writes taken, %lu refused\n", taken, refused);
	return 0;
}
