// SPDX-License-Identifier: GPL-2.0
/*
 * Many threads that begin and end CPU access to one buffer.
 *
 *   sync_race PATH first BYTES ROUNDS   together, as the first that a new buffer sees
 *   sync_race fdN until FILE            until FILE is gone, while one more thread has
 *                                       module same_pages attach and detach; prints how
 *                                       often both
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>

#include "check.h"

#define THREADS 4

static pthread_barrier_t all;
static int buffer;
static const char *until;
static int same_pages;
static unsigned long attachments;

static bool sync_once(unsigned int flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	if (!ioctl(buffer, DMA_BUF_IOCTL_SYNC, &sync))
		return true;
	complain("DMA_BUF_IOCTL_SYNC: %s", errno_name(errno));
	return false;
}

static void *sync_first(void *unused)
{
	pthread_barrier_wait(&all);
	sync_once(DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
	sync_once(DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
	return unused;
}

static void *sync_until(void *count)
{
	while (!access(until, F_OK) && sync_once(DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW) &&
	       sync_once(DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW))
		++*(unsigned long *)count;
	return NULL;
}

static unsigned long run_threads(void *(*body)(void *count))
{
	unsigned long counts[THREADS] = { 0 }, sum = 0;
	pthread_t threads[THREADS];
	int i;

	pthread_barrier_init(&all, NULL, THREADS);
	for (i = 0; i < THREADS; i++)
		must("pthread_create", -pthread_create(&threads[i], NULL, body, &counts[i]));
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sum += counts[i];
	}
	pthread_barrier_destroy(&all);
	return sum;
}

static void *attach_until(void *unused)
{
	while (!access(until, F_OK) && dprintf(same_pages, "%d 1", buffer) > 0)
		attachments++;
	return unused;
}

static unsigned long race_until(void)
{
	unsigned long syncs;
	pthread_t thread;

	same_pages = must("same_pages", open("/sys/kernel/debug/same_pages", O_RDWR));
	must("pthread_create", -pthread_create(&thread, NULL, attach_until, NULL));
	syncs = run_threads(sync_until);
	pthread_join(thread, NULL);
	return syncs;
}

static void race_first(const char *path, size_t len, int rounds)
{
	int heap = must("open the heap", open(path, O_RDWR | O_CLOEXEC));

	for (; rounds; rounds--) {
		buffer = must("allocate", heap_alloc(heap, len, O_RDWR));
		run_threads(sync_first);
		close(buffer);
	}
}

int main(int argc, char **argv)
{
	unsigned long syncs;

	if (argc == 5 && !strcmp(argv[2], "first")) {
		race_first(argv[1], strtoull(argv[3], NULL, 0), atoi(argv[4]));
	} else if (argc == 4 && sscanf(argv[1], "fd%d", &buffer) == 1) {
		until = argv[3];
		syncs = race_until();
		printf("%lu %lu\n", syncs, attachments);
	} else {
		fprintf(stderr, "usage: sync_race PATH first BYTES ROUNDS | fdN until FILE\n");
		return 2;
	}
	return complaints ? 1 : 0;
}
