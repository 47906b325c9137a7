/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads and other calls on all files in debugfs: a text is the same by whatever reads,
 * and no call changes a file but a write that is taken.
 */
#ifndef DBB_TEST_FUZZ_FILES_H
#define DBB_TEST_FUZZ_FILES_H

#include <sys/stat.h>
#include <sys/uio.h>

#include "fuzz_step.h"

#define FILES_MAX 80
#define SNAPSHOT_MAX (256 << 10)

enum file_kind { FILE_READ, FILE_KNOB, FILE_ACTION };

static struct file {
	char path[64];
	enum file_kind kind;
} files[FILES_MAX];

static unsigned int nfiles;
static char *guarded;		/* a page, behind which no memory is */

static enum file_kind kind_of(const char *path)
{
	unsigned int i;

	if (!strcmp(path, "bench/run") || !strcmp(path, "bench/stop"))
		return FILE_ACTION;
	for (i = 0; i < KNOBS; i++)
		if (!strcmp(path, knobs[i].path))
			return FILE_KNOB;
	return strcmp(path, "selftest") ? FILE_READ : FILE_KNOB;
}

static void learn_folder(const char *folder)
{
	int fd = must(folder, openat(root, *folder ? folder : ".", O_RDONLY | O_CLOEXEC));
	DIR *dir = fdopendir(fd);
	struct dirent *entry;

	while ((entry = readdir(dir)) && nfiles < FILES_MAX) {
		struct file *file = &files[nfiles];

		if (entry->d_type != DT_REG)
			continue;
		snprintf(file->path, sizeof(file->path), "%.20s%s%.40s", folder,
			 *folder ? "/" : "", entry->d_name);
		file->kind = kind_of(file->path);
		nfiles++;
	}
	closedir(dir);
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static void learn_files(void)
{
	learn_folder("");
	learn_folder("heap");
	learn_folder("bench");
	qsort(files, nfiles, sizeof(files[0]), by_path);
	guarded = must_map("mmap", mmap(NULL, 3 * page_bytes, PROT_NONE,
					MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	guarded += page_bytes;
	must("mprotect", mprotect(guarded, page_bytes, PROT_READ | PROT_WRITE));
	memset(guarded, '7', page_bytes);
}

/* Reads all of it in pieces of @piece bytes, 0: of any size. */
static size_t read_whole(int fd, char *text, size_t piece)
{
	size_t len = 0;
	ssize_t n;

	do {
		size_t want = piece ? piece : 1 + draw(draw(2) ? 16 : 2000);

		if (want > SNAPSHOT_MAX - len)
			want = SNAPSHOT_MAX - len;
		n = read(fd, text + len, want);
		if (n > (ssize_t)want)
			differ("a read of %zu bytes returned %zd", want, n);
		len += n > 0 ? n : 0;
	} while (n > 0 && len < SNAPSHOT_MAX);
	if (n < 0)
		differ("read at %zu: %s", len, errno_name(errno));
	return len;
}

static void compare_text(const char *how, const char *path, const char *text, size_t len,
			 const char *want, size_t want_len)
{
	static char again[SNAPSHOT_MAX];
	size_t at = 0, again_len;
	int fd;

	if (len == want_len && !memcmp(text, want, len))
		return;
	/* counts may move when a kernel thread of a run has ended */
	fd = must(path, openat(root, path, O_RDONLY | O_CLOEXEC));
	again_len = read_whole(fd, again, 65536);
	close(fd);
	if (strstr(path, "stat") && (again_len != want_len || memcmp(again, want, again_len)))
		return;
	while (at < len && at < want_len && text[at] == want[at])
		at++;
	differ("%s: %zu bytes in place of %zu, equal up to %zu", how, len, want_len, at);
}

/* Reads at @offset of the @len bytes @whole. */
static void check_read_at(int fd, const char *path, const char *whole, size_t len, u64 offset,
			  size_t n)
{
	static char text[SNAPSHOT_MAX];
	ssize_t got = pread(fd, text, n, offset);
	size_t left = offset < len ? len - offset : 0;
	char how[80];

	snprintf(how, sizeof(how), "read of %zu bytes at %llu", n, offset);
	if (offset > INT64_MAX) {
		if (got >= 0 || errno != EINVAL)
			differ("%s: %zd", how, got);
		return;
	}
	if (got < 0 || (size_t)got > n || (size_t)got > left || (!got && left && n)) {
		differ("%s of %zu: %zd %s", how, len, got, errno_name(errno_of(got)));
		return;
	}
	compare_text(how, path, text, got, whole + (left ? offset : len), got);
}

static void check_seek(int fd, size_t len)
{
	off_t far = draw(2) ? -1 - (off_t)draw(99) : 1ll << 40;
	off_t offset = draw(4) ? (off_t)draw(len + 100) : far;
	int whence = PICK(((const char * const []){ "\0", "\0", "\1", "\2", "\7" }))[0];
	off_t before = lseek(fd, 0, SEEK_CUR);
	off_t got = lseek(fd, offset, whence);
	off_t want = whence == SEEK_SET ? offset : before + offset;

	if (whence > SEEK_CUR || want < 0)
		want = -1;
	if (got != want || (got < 0 && errno != EINVAL))
		differ("lseek %lld by %d: %lld, the model says %lld", (long long)offset, whence,
		       (long long)got, (long long)want);
	must("lseek", lseek(fd, 0, SEEK_SET));
}

static void try_reads(const struct file *file)
{
	static char whole[SNAPSHOT_MAX], text[SNAPSHOT_MAX];
	int fd = must(file->path, openat(root, file->path, O_RDONLY | O_CLOEXEC));
	size_t len = read_whole(fd, whole, 65536), n;
	u32 turns = 1 + draw(4);

	say("read %s, %zu bytes", file->path, len);
	while (turns--) {
		u64 offset = draw(5) ? draw(len + 10) : draw(2) ? ~0ull - draw(99) : 1ull << 40;

		check_read_at(fd, file->path, whole, len, offset, draw(8) ? draw(3000) : 65536);
		if (!draw(3))
			check_seek(fd, len);
	}
	if (!draw(3)) {
		must("lseek", lseek(fd, 0, SEEK_SET));
		n = read_whole(fd, text, draw(2) ? 0 : 1 + draw(999));
		compare_text("read in pieces", file->path, text, n, whole, len);
	}
	if (!draw(4)) {
		must("lseek", lseek(fd, 0, SEEK_SET));
		n = draw(40);
		if (len > n && read(fd, guarded + page_bytes - n, n + 1 + draw(2000)) > (ssize_t)n)
			differ("read into %zu bytes returned more", n);
	}
	accepted++;
	close(fd);
}

static void expect_err(const char *what, long ret, int want, int may)
{
	int err = errno_of(ret);

	if (err != want && err != may)
		differ("%s: %s, the model says %s", what, errno_name(err), errno_name(want));
}

static void expect_no_map(const char *what, int prot, int flags, int fd, int want)
{
	void *map = mmap(NULL, page_bytes, prot, flags, fd, 0);

	expect_err(what, map == MAP_FAILED ? -1 : 0, want, want);
	if (map != MAP_FAILED)
		munmap(map, page_bytes);
}

/* What no file takes. Shells open for writing by O_TRUNC, so truncation is no error. */
static void try_other_calls(const struct file *file)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	int mode = modes[draw(3)], fd, want;
	char c[4] = "16";

	say("calls on %s, mode %d", file->path, mode);
	fd = must(file->path, openat(root, file->path,
				     mode | O_CLOEXEC | (draw(2) ? O_TRUNC | O_APPEND : 0)));
	if (mode == O_WRONLY)
		expect_err("read", read(fd, c, 1), EBADF, EBADF);
	else if (file->kind == FILE_ACTION)
		expect_err("read", read(fd, c, 1), EINVAL, EINVAL);
	if (file->kind == FILE_ACTION)
		expect_err("lseek", lseek(fd, 1, SEEK_SET), ESPIPE, ESPIPE);
	want = mode == O_RDONLY ? EBADF : EINVAL;
	if (mode == O_RDONLY || file->kind == FILE_READ)
		expect_err("write", write(fd, c, 1 + draw(2)), want, want);
	expect_err("pwrite", pwrite(fd, c, 2, draw(9)), ESPIPE, want);
	expect_err("ftruncate", ftruncate(fd, draw(9999)), mode == O_RDONLY ? EINVAL : 0, EPERM);
	expect_err("ftruncate to less than 0", ftruncate(fd, -1), EINVAL, EINVAL);
	expect_err("ioctl", ioctl(fd, draw(2) ? DMA_HEAP_IOCTL_ALLOC : DMA_BUF_IOCTL_SYNC, c),
		   ENOTTY, ENOTTY);
	expect_no_map("mmap", PROT_READ, draw(2) ? MAP_SHARED : MAP_PRIVATE, fd,
		      mode == O_WRONLY ? EACCES : ENODEV);
	if (mode != O_RDWR)
		expect_no_map("mmap to write", PROT_WRITE, MAP_SHARED, fd, EACCES);
	expect_err("fallocate", fallocate(fd, 0, 0, 1), mode == O_RDONLY ? EBADF : EOPNOTSUPP,
		   ENODEV);
	expect_err("unlink", unlinkat(root, file->path, 0), EPERM, EPERM);
	expect_err("mkdir", mkdirat(root, file->path, 0700), EEXIST, EEXIST);
	expect_err("rename", renameat(root, file->path, root, "other"), EPERM, EPERM);
	close(fd);
	check_knobs();
}

static void try_file(void)
{
	const struct file *file = &files[draw(nfiles)];

	if (file->kind != FILE_ACTION && draw(4))
		try_reads(file);
	else
		try_other_calls(file);
}

#endif /* DBB_TEST_FUZZ_FILES_H */
