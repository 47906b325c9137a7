/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Calls on the heap's nodes: allocations, commands of other numbers and sizes, and
 * structs that are not all there.
 */
#ifndef DBB_TEST_FUZZ_IOCTL_H
#define DBB_TEST_FUZZ_IOCTL_H

#include <stddef.h>

#include "fuzz_files.h"

#define NODES 3

static const char * const node_names[NODES] = { "system", "contig", "vmalloc" };
static int nodes[NODES];

#define ROOM_BYTES 65536

static char *room;		/* for structs of any size */

/* What the model says to an allocation, after the module's checks of the command. */
static int model_alloc(int node, const struct dma_heap_allocation_data *data, int *may)
{
	u64 whole = (data->len + page_bytes - 1) / page_bytes * page_bytes;
	const char *how = knobs[VMAP_STRATEGY].value;
	bool cached = !strcmp(knobs[CACHING].value, "cached");

	*may = 0;
	if (!data->len || data->fd || data->heap_flags ||
	    data->fd_flags & ~DMA_HEAP_VALID_FD_FLAGS || data->len > SIZE_MAX - page_bytes)
		return -EINVAL;
	if (bytes_alive > cap() || whole > cap() - bytes_alive)
		return -ENOMEM;
	if (node == 2 && !cached)
		return -EOPNOTSUPP;
	if (!node && !has_chunks(whole))
		return -ENOMEM;
	if (node == 1 && whole > page_bytes << max_order)
		*may = ENOMEM;
	if (!strcmp(how, "ram") && !cached)
		return -EOPNOTSUPP;
	if (!strcmp(how, "born") && node == 1)
		return -EOPNOTSUPP;
	if (!strcmp(how, "direct") || !cached || !strcmp(knobs[MMAP_STRATEGY].value, "insert"))
		*may = EOPNOTSUPP;
	return 0;
}

static void draw_request(struct dma_heap_allocation_data *data)
{
	static const u64 lengths[] = { 1, 4096, 8192, 65536, 65537, 262144 };

	memset(data, 0, sizeof(*data));
	data->len = lengths[draw(ARRAY_SIZE(lengths))];
	data->fd_flags = draw(2) ? O_RDWR : draw(4);
	switch (draw(12)) {
	case 0:
		data->len = draw(2) ? draw(2) - 1ull : ~0ull << draw(64);
		break;
	case 1:
		data->fd = 1u << draw(32);
		break;
	case 2:
		data->fd_flags ^= 1u << draw(32);
		break;
	case 3:
		data->heap_flags = 1ull << draw(64);
		break;
	case 4:
		data->fd_flags |= O_CLOEXEC;
		break;
	}
}

/* The descriptor that the next file gets. */
static int next_fd(void)
{
	int fd = must("dup", dup(root));

	close(fd);
	return fd;
}

static void check_buffer(int fd, u64 len)
{
	u64 whole = (len + page_bytes - 1) / page_bytes * page_bytes;

	if (dmabuf_bytes(fd) != whole)
		differ("the buffer at %d has %llu bytes", fd, dmabuf_bytes(fd));
	close(fd);
}

struct ioctl_call {
	struct dma_heap_allocation_data data;
	u32 nr, dir, size;
	u32 there;		/* bytes of the struct, before no memory is */
	bool read_only;
	char *arg;
};

/* A command of any number, direction and size. */
static void draw_ioctl(struct ioctl_call *c)
{
	static const u32 sizes[] = { 0, 1, 4, 8, 12, 16, 20, 24, 25, 32, 64, 1000, 4096, 16383 };

	draw_request(&c->data);
	c->nr = draw(8) ? 0 : 1 + draw(255);
	c->dir = draw(8) ? _IOC_READ | _IOC_WRITE : draw(4);
	c->size = draw(4) ? sizeof(c->data) : sizes[draw(ARRAY_SIZE(sizes))];
	c->there = draw(8) ? c->size : draw(c->size < page_bytes ? c->size + 1 : page_bytes);
	c->arg = c->there < c->size ? guarded + page_bytes - c->there : room;
	c->read_only = c->arg == room && !draw(10);
	memset(c->arg, 0, c->there < c->size ? c->there : ROOM_BYTES);
	memcpy(c->arg, &c->data, c->there < sizeof(c->data) ? c->there : sizeof(c->data));
}

/* *@len: what is asked for; *@log: whether the heap refuses it, and not only the command. */
static int model_ioctl(int node, const struct ioctl_call *c, u64 *len, int *may, bool *log)
{
	struct dma_heap_allocation_data seen = { 0 };
	/* the kernel's IOC_IN is what user space calls _IOC_WRITE */
	bool in = c->dir & _IOC_WRITE, out = c->dir & _IOC_READ;
	int err;

	*may = 0;
	*log = false;
	if (c->nr)
		return -EINVAL;
	if (in && c->there < c->size)
		return -EFAULT;
	if (in)
		memcpy(&seen, &c->data, c->size < sizeof(seen) ? c->size : sizeof(seen));
	*len = seen.len;
	err = model_alloc(node, &seen, may);
	*log = err;
	if (!err && out && c->size && (c->there < c->size || c->read_only))
		err = -EFAULT;
	return err;
}

static void try_ioctl(void)
{
	u32 fd_end = offsetof(struct dma_heap_allocation_data, fd_flags);
	u32 type = draw(8) ? 'H' : 'b';
	int node = draw(NODES), fd = next_fd(), err, want, may;
	struct ioctl_call c;
	u64 len = 0;
	bool log;

	draw_ioctl(&c);
	say("%s: ioctl %u:%u, %u of %u bytes%s: len=%#llx fd=%u fd_flags=%#x heap_flags=%#llx",
	    node_names[node], c.nr, c.dir, c.there, c.size, c.read_only ? ", read-only" : "",
	    c.data.len, c.data.fd, c.data.fd_flags, c.data.heap_flags);
	want = -model_ioctl(node, &c, &len, &may, &log);
	if (c.read_only)
		must("mprotect", mprotect(room, ROOM_BYTES, PROT_READ));
	err = errno_of(ioctl(nodes[node], _IOC(c.dir, type, c.nr, c.size), c.arg));
	if (c.read_only)
		must("mprotect", mprotect(room, ROOM_BYTES, PROT_READ | PROT_WRITE));
	judge(err, want, may);
	if (!err && c.dir & _IOC_READ && c.size >= fd_end) {
		memcpy(&c.data, c.arg, fd_end);
		if ((int)c.data.fd != fd)
			differ("descriptor %u, the model says %d", c.data.fd, fd);
	}
	if (err)
		check_refused(log || err == may);
	else
		check_buffer(fd, len);
	if (next_fd() != fd)
		differ("descriptor %d is still taken", fd);
}

/* What else can be done to a node. */
static void try_node(void)
{
	int node = draw(NODES);
	char c[8] = "1";

	say("calls on node %s", node_names[node]);
	expect_err("read", read(nodes[node], c, draw(8)), EINVAL, EINVAL);
	expect_err("write", write(nodes[node], c, draw(8)), EINVAL, EINVAL);
	expect_err("lseek", lseek(nodes[node], draw(99), SEEK_SET), 0, 0);
	expect_err("ftruncate", ftruncate(nodes[node], 0), EINVAL, EINVAL);
	expect_no_map("mmap", PROT_READ, draw(2) ? MAP_SHARED : MAP_PRIVATE, nodes[node], ENODEV);
	expect_err("fallocate", fallocate(nodes[node], 0, 0, 1), ENODEV, ENODEV);
	check_knobs();
}

#endif /* DBB_TEST_FUZZ_IOCTL_H */
