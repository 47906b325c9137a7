// SPDX-License-Identifier: GPL-2.0
/*
 * The ABI of <linux/dma-heap.h>, checked on any heap node.
 *
 *   heap_abi PATH CASE              run one case (see the table at the end)
 *   heap_abi PATH try LEN FD_FLAGS HEAP_FLAGS FD
 *                                   one allocation; prints ok or the errno
 *   heap_abi PATH scarce LEFT_KB... allocate all that is available but LEFT_KB, and
 *                                   free it; prints LEFT_KB and ok or the errno
 *   heap_abi PATH hold_fd|hold_map LEN READYFILE
 *                                   keep a buffer until killed
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <sys/resource.h>

#include "check.h"

#define MIB (1024 * 1024UL)

static int heap;
static size_t page;

static long alloc_with(unsigned long long len, unsigned int fd, unsigned int fd_flags,
		       unsigned long long heap_flags)
{
	struct dma_heap_allocation_data data = {
		.len = len,
		.fd = fd,
		.fd_flags = fd_flags,
		.heap_flags = heap_flags,
	};
	long ret = ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data);

	return ret < 0 ? ret : (long)data.fd;
}

static void sizes(void)
{
	size_t sizes[] = { 1, page - 1, page, page + 1, 16 * page, MIB + 1 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t rounded = (sizes[i] + page - 1) / page * page;
		int fd = must("allocate", heap_alloc(heap, sizes[i], O_RDWR));
		char what[64];

		snprintf(what, sizeof(what), "size of a buffer of %zu bytes", sizes[i]);
		expect_equal(what, must("lseek", lseek(fd, 0, SEEK_END)), rounded);
		expect_map("mmap of the rounded size", rounded, PROT_READ | PROT_WRITE,
			   MAP_SHARED, fd, 0, 0);
		must("close", close(fd));
	}
}

static void zero_length(void)
{
	expect("len=0", alloc_with(0, 0, O_RDWR, 0), EINVAL);
}

/* Rounding up to whole pages must not wrap to a small size. */
static void huge_length(void)
{
	unsigned long long sizes[] = {
		ULLONG_MAX, ULLONG_MAX - page + 1, ULLONG_MAX - page, 1ULL << 63,
		1ULL << 48,
	};
	int fds = count_fds();
	char what[32];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		snprintf(what, sizeof(what), "len=%#llx", sizes[i]);
		expect(what, alloc_with(sizes[i], 0, O_RDWR, 0),
		       sizes[i] > ULLONG_MAX - page ? EINVAL : ENOMEM);
	}
	expect_equal("descriptors", count_fds(), fds);
}

static void bad_fd_flags(void)
{
	unsigned int flags[] = {
		O_APPEND, O_NONBLOCK, O_CREAT, O_TRUNC, O_DIRECT, O_PATH, 4, 1u << 31,
	};
	char what[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		snprintf(what, sizeof(what), "fd_flags=%#x", flags[i] | O_RDWR);
		expect(what, alloc_with(page, 0, flags[i] | O_RDWR, 0), EINVAL);
	}
}

static void bad_heap_flags(void)
{
	expect("heap_flags=1", alloc_with(page, 0, O_RDWR, 1), EINVAL);
	expect("heap_flags=1<<63", alloc_with(page, 0, O_RDWR, 1ULL << 63), EINVAL);
}

static void fd_field(void)
{
	expect("fd=1", alloc_with(page, 1, O_RDWR, 0), EINVAL);
	expect("fd=-1", alloc_with(page, -1, O_RDWR, 0), EINVAL);
}

/* No data direction means no argument is read: its length is then 0. */
static void unknown_ioctl(void)
{
	struct dma_heap_allocation_data data = { .len = page, .fd_flags = O_RDWR };

	expect("nr 1", ioctl(heap, _IOWR(DMA_HEAP_IOC_MAGIC, 1, data), &data), EINVAL);
	expect("nr 255", ioctl(heap, _IOWR(DMA_HEAP_IOC_MAGIC, 255, data), &data), EINVAL);
	expect("no direction", ioctl(heap, _IO(DMA_HEAP_IOC_MAGIC, 0), &data), EINVAL);
	expect_equal("fd of an argument that was refused", data.fd, 0);
}

static void cloexec(void)
{
	int with = must("allocate", heap_alloc(heap, page, O_RDWR | O_CLOEXEC));
	int without = must("allocate", heap_alloc(heap, page, O_RDWR));

	expect_equal("FD_CLOEXEC with O_CLOEXEC", fcntl(with, F_GETFD), FD_CLOEXEC);
	expect_equal("FD_CLOEXEC without", fcntl(without, F_GETFD), 0);
}

static void access_mode(void)
{
	int rdonly = must("O_RDONLY", heap_alloc(heap, page, O_RDONLY));
	int wronly = must("O_WRONLY", heap_alloc(heap, page, O_WRONLY));
	int rdwr = must("O_RDWR", heap_alloc(heap, page, O_RDWR));

	expect_map("O_RDONLY, read", page, PROT_READ, MAP_SHARED, rdonly, 0, 0);
	expect_map("O_RDONLY, write", page, PROT_READ | PROT_WRITE, MAP_SHARED, rdonly, 0,
		   EACCES);
	expect_map("O_WRONLY, read", page, PROT_READ, MAP_SHARED, wronly, 0, EACCES);
	expect_map("O_RDWR, write", page, PROT_READ | PROT_WRITE, MAP_SHARED, rdwr, 0, 0);
}

/* A client built before the argument grew its last fields. */
static void shorter_argument(void)
{
	struct {
		u64 len;
		u32 fd;
		u32 fd_flags;
	} data = { .len = 2 * page, .fd_flags = O_RDWR };

	expect("16 byte argument", ioctl(heap, _IOWR(DMA_HEAP_IOC_MAGIC, 0, data), &data), 0);
	expect_equal("size", must("lseek", lseek(data.fd, 0, SEEK_END)), 2 * page);
	expect_map("mmap", page, PROT_READ | PROT_WRITE, MAP_SHARED, data.fd, 0, 0);
	must("close", close(data.fd));
}

/* A client built against a later kernel: what this one does not know returns. */
static void longer_argument(void)
{
	struct {
		struct dma_heap_allocation_data known;
		unsigned char rest[40];
	} data = { .known = { .len = page, .fd_flags = O_RDWR } };
	size_t i;

	memset(data.rest, 0xa5, sizeof(data.rest));
	expect("64 byte argument", ioctl(heap, _IOWR(DMA_HEAP_IOC_MAGIC, 0, data), &data), 0);
	for (i = 0; i < sizeof(data.rest); i++)
		if (data.rest[i] != 0xa5)
			complain("byte %zu after the known argument became %#x", i,
				 data.rest[i]);
	expect_map("mmap", page, PROT_READ | PROT_WRITE, MAP_SHARED, data.known.fd, 0, 0);
	must("close", close(data.known.fd));
}

/* Above one that is reserved but was never handed over; /proc/self/fd has no such. */
static int first_free_fd(void)
{
	int fd = must("dup", dup(heap));

	must("close", close(fd));
	return fd;
}

/* A descriptor that the caller cannot be told of must not come to be. */
static void readonly_argument(void)
{
	struct dma_heap_allocation_data *data;
	int fds = count_fds(), free_fd = first_free_fd();

	data = must_map("mmap", mmap(NULL, page, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	*data = (struct dma_heap_allocation_data){ .len = MIB, .fd_flags = O_RDWR };
	must("mprotect", mprotect(data, page, PROT_READ));
	expect("read-only argument", ioctl(heap, DMA_HEAP_IOCTL_ALLOC, data), EFAULT);
	expect_equal("descriptors", count_fds(), fds);
	expect_equal("fd field", data->fd, 0);
	must("munmap", munmap(data, page));
	expect("unmapped argument", ioctl(heap, DMA_HEAP_IOCTL_ALLOC, data), EFAULT);
	expect("no argument", ioctl(heap, DMA_HEAP_IOCTL_ALLOC, NULL), EFAULT);
	expect_equal("descriptors", count_fds(), fds);
	expect_equal("first free descriptor", first_free_fd(), free_fd);
}

static void no_free_descriptor(void)
{
	struct rlimit old, none;
	int fds = count_fds();

	must("getrlimit", getrlimit(RLIMIT_NOFILE, &old));
	none = old;
	none.rlim_cur = heap + 1;
	must("setrlimit", setrlimit(RLIMIT_NOFILE, &none));
	expect("no free descriptor", heap_alloc(heap, MIB, O_RDWR), EMFILE);
	must("setrlimit", setrlimit(RLIMIT_NOFILE, &old));
	expect_equal("descriptors", count_fds(), fds);
}

static void check_zero(const char *what, int fd, size_t len)
{
	const unsigned long *words;
	size_t i;

	words = must_map("mmap", mmap(NULL, len, PROT_READ, MAP_SHARED, fd, 0));
	for (i = 0; i < len / sizeof(*words); i++) {
		if (!words[i])
			continue;
		complain("%s: byte %zu is not zero", what, i * sizeof(*words));
		break;
	}
	munmap((void *)words, len);
}

static void zeroed(void)
{
	size_t len = 2 * MIB + 3 * page;
	int i;

	for (i = 0; i < 8; i++) {
		int fd = must("allocate", heap_alloc(heap, len, O_RDWR));
		void *map;

		check_zero(i ? "after fill, free and allocate" : "new buffer", fd, len);
		map = must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED,
					    fd, 0));
		memset(map, 0xff, len);
		munmap(map, len);
		close(fd);
	}
}

static void cpu_access(void)
{
	unsigned int flags[] = { DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE, DMA_BUF_SYNC_RW };
	int fd = must("allocate", heap_alloc(heap, MIB, O_RDWR));
	struct dma_buf_sync sync;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		sync.flags = flags[i] | DMA_BUF_SYNC_START;
		expect("DMA_BUF_SYNC_START", ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync), 0);
		sync.flags = flags[i] | DMA_BUF_SYNC_END;
		expect("DMA_BUF_SYNC_END", ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync), 0);
	}
	sync.flags = 0;
	expect("no direction", ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync), EINVAL);
}

static void *churn_thread(void *arg)
{
	unsigned int seed = (uintptr_t)arg;
	int i;

	for (i = 0; i < 60; i++) {
		/* four times 1.2 MB at once fit into a region of 32 MiB, in pieces too */
		size_t len = (1 + rand_r(&seed) % (300 * 4096 / page)) * page;
		int fd = heap_alloc(heap, len, O_RDWR);
		char *map;

		if (fd < 0) {
			complain("allocate %zu: %s", len, errno_name(errno));
			continue;
		}
		map = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (map == MAP_FAILED) {
			complain("mmap %zu: %s", len, errno_name(errno));
		} else {
			map[rand_r(&seed) % len] = 1;
			close(fd);
			fd = -1;
			munmap(map, len);
		}
		if (fd >= 0)
			close(fd);
	}
	return NULL;
}

/* Allocate, map, close before and after unmapping, in several threads. */
static void churn(void)
{
	pthread_t threads[4];
	uintptr_t i;

	for (i = 0; i < ARRAY_SIZE(threads); i++)
		if (pthread_create(&threads[i], NULL, churn_thread, (void *)(i + 1)))
			complain("pthread_create failed");
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		pthread_join(threads[i], NULL);
}

static bool closing;

/* Guesses the next descriptor and closes it while the ioctl is at it. */
static void *close_thread(void *arg)
{
	while (__atomic_load_n(&closing, __ATOMIC_RELAXED))
		close((int)(intptr_t)arg);
	return NULL;
}

static void racing_close(void)
{
	int next = must("dup", dup(heap));
	pthread_t thread;
	int i;

	close(next);
	closing = true;
	if (pthread_create(&thread, NULL, close_thread, (void *)(intptr_t)next))
		complain("pthread_create failed");
	for (i = 0; i < 300; i++) {
		int fd = heap_alloc(heap, page, O_RDWR);

		if (fd < 0)
			complain("allocate: %s", errno_name(errno));
		else
			close(fd);
	}
	__atomic_store_n(&closing, false, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

static int try_once(char **argv)
{
	long fd = alloc_with(strtoull(argv[0], NULL, 0), strtoul(argv[3], NULL, 0),
			     strtoul(argv[1], NULL, 0), strtoull(argv[2], NULL, 0));

	puts(errno_name(fd < 0 ? errno : 0));
	return fd < 0;
}

static unsigned long available_kb(int meminfo)
{
	static char text[4096];
	ssize_t len = must("read", pread(meminfo, text, sizeof(text) - 1, 0));
	char *at;

	text[len] = '\0';
	at = strstr(text, "MemAvailable:");
	return at ? strtoul(at + strlen("MemAvailable:"), NULL, 10) : 0;
}

/* A shell would need memory itself between /proc/meminfo and the allocation. */
static int scarce(int count, char **left_kb)
{
	int meminfo = must("/proc/meminfo", open("/proc/meminfo", O_RDONLY));
	int errs[16], i;

	for (i = 0; i < count; i++) {
		u64 kb = available_kb(meminfo) - strtoul(left_kb[i], NULL, 0);
		int fd = heap_alloc(heap, kb * 1024, O_RDWR);

		errs[i] = fd < 0 ? errno : 0;
		if (fd >= 0)
			close(fd);
	}
	for (i = 0; i < count; i++)
		printf("%s %s\n", left_kb[i], errno_name(errs[i]));
	return 0;
}

static int hold(bool mapped, const char *len_text, const char *ready)
{
	size_t len = strtoull(len_text, NULL, 0);
	int fd = must("allocate", heap_alloc(heap, len, O_RDWR));

	if (mapped) {
		must_map("mmap", mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
		close(fd);
	}
	close(heap);
	fd = must("create", open(ready, O_CREAT | O_WRONLY, 0600));
	close(fd);
	pause();
	return 0;
}

static const struct test_case cases[] = {
	{ "sizes", sizes },
	{ "zero_length", zero_length },
	{ "huge_length", huge_length },
	{ "bad_fd_flags", bad_fd_flags },
	{ "bad_heap_flags", bad_heap_flags },
	{ "fd_field", fd_field },
	{ "unknown_ioctl", unknown_ioctl },
	{ "cloexec", cloexec },
	{ "access_mode", access_mode },
	{ "shorter_argument", shorter_argument },
	{ "longer_argument", longer_argument },
	{ "readonly_argument", readonly_argument },
	{ "no_free_descriptor", no_free_descriptor },
	{ "zeroed", zeroed },
	{ "cpu_access", cpu_access },
	{ "churn", churn },
	{ "racing_close", racing_close },
};

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: heap_abi PATH CASE [ARGUMENT...]\n");
		return 2;
	}
	page = sysconf(_SC_PAGESIZE);
	heap = must("open the heap", open(argv[1], O_RDWR | O_CLOEXEC));
	if (!strcmp(argv[2], "try") && argc == 7)
		return try_once(&argv[3]);
	if (!strcmp(argv[2], "scarce") && argc < 3 + 16)
		return scarce(argc - 3, &argv[3]);
	if (!strncmp(argv[2], "hold_", 5) && argc == 5)
		return hold(!strcmp(argv[2], "hold_map"), argv[3], argv[4]);
	return run_case(cases, ARRAY_SIZE(cases), argv[2]);
}
