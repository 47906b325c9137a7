// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/dma_heap/bench_<backend>: a misc device for each backend, with the ioctl
 * ABI of <linux/dma-heap.h>. Most kernels do not export dma_heap_add(), and what
 * it adds can never be removed.
 */
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <uapi/linux/dma-heap.h>

#include "buffer.h"

struct dbb_node {
	struct miscdevice misc;
	const struct dbb_backend *backend;
};

static struct dbb_node *dbb_nodes;
static unsigned int dbb_node_count;
static const unsigned int dbb_node_commands[] = { DMA_HEAP_IOCTL_ALLOC };

static int dbb_node_check(const struct dma_heap_allocation_data *data,
			  struct dbb_refusal *why)
{
	if (data->fd)
		return dbb_text_refuse(why, -EINVAL, "fd=%u is refused; accepted: 0", data->fd);
	if (data->fd_flags & ~DMA_HEAP_VALID_FD_FLAGS)
		return dbb_text_refuse(why, -EINVAL,
				       "fd_flags=%#x is refused; accepted: an access mode and O_CLOEXEC",
				       data->fd_flags);
	if (data->heap_flags & ~DMA_HEAP_VALID_HEAP_FLAGS)
		return dbb_text_refuse(why, -EINVAL,
				       "heap_flags=%#llx is refused; accepted: 0",
				       data->heap_flags);
	if (!data->len)
		return dbb_text_refuse(why, -EINVAL, "len=0 is refused; accepted: 1 and more");
	return 0;
}

static int dbb_node_alloc(struct dbb_node *node, struct dma_heap_allocation_data *data,
			  struct dma_buf **dmabuf)
{
	struct dbb_buffer_request want = {
		.backend = node->backend,
		.len = data->len,
		.fd_flags = data->fd_flags,
	};
	struct dbb_refusal why;
	int fd, ret;

	ret = dbb_node_check(data, &why);
	if (ret)
		return dbb_errlog_add(node->misc.nodename, "DMA_HEAP_IOCTL_ALLOC", ret, &why);

	*dmabuf = dbb_buffer_create(&want, &why);
	if (IS_ERR(*dmabuf))
		return dbb_errlog_add(node->misc.nodename, "DMA_HEAP_IOCTL_ALLOC",
				      PTR_ERR(*dmabuf), &why);

	fd = get_unused_fd_flags(data->fd_flags);
	if (fd < 0) {
		dma_buf_put(*dmabuf);
		return fd;
	}
	data->fd = fd;
	return 0;
}

/* fd_install() comes last: another thread can use or close the fd from then on. */
static int dbb_node_publish(const struct dma_heap_allocation_data *data,
			    struct dma_buf *dmabuf, void __user *arg, size_t usize)
{
	if (copy_to_user(arg, data, usize)) {
		put_unused_fd(data->fd);
		dma_buf_put(dmabuf);
		return -EFAULT;
	}
	fd_install(data->fd, dmabuf->file);
	return 0;
}

/*
 * As dma_heap_ioctl(): the command has the size of the caller's struct. A shorter
 * one is padded with zeroes, the excess of a longer one is copied back unchanged.
 */
static long dbb_node_ioctl(struct file *file, unsigned int ucmd, unsigned long arg)
{
	struct dbb_node *node = container_of(file->private_data, struct dbb_node, misc);
	unsigned int nr = _IOC_NR(ucmd);
	size_t usize = _IOC_SIZE(ucmd);
	struct dma_buf *dmabuf;
	unsigned int kcmd;
	void *data;
	long ret;

	if (nr >= ARRAY_SIZE(dbb_node_commands))
		return -EINVAL;
	nr = array_index_nospec(nr, ARRAY_SIZE(dbb_node_commands));
	kcmd = dbb_node_commands[nr];

	data = kzalloc(max_t(size_t, usize, _IOC_SIZE(kcmd)), GFP_KERNEL);
	if (!data)
		return -ENOMEM;
	ret = -EFAULT;
	if ((ucmd & kcmd & IOC_IN) && copy_from_user(data, (void __user *)arg, usize))
		goto free_data;

	ret = dbb_node_alloc(node, data, &dmabuf);
	if (ret)
		goto free_data;
	ret = dbb_node_publish(data, dmabuf, (void __user *)arg,
			       ucmd & kcmd & IOC_OUT ? usize : 0);
free_data:
	kfree(data);
	return ret;
}

static const struct file_operations dbb_node_fops = {
	.owner		= THIS_MODULE,
	.unlocked_ioctl	= dbb_node_ioctl,
	.compat_ioctl	= compat_ptr_ioctl,
	.llseek		= noop_llseek,
};

static int dbb_node_register(struct dbb_node *node, const struct dbb_backend *backend)
{
	int ret;

	node->backend = backend;
	node->misc.minor = MISC_DYNAMIC_MINOR;
	node->misc.fops = &dbb_node_fops;
	node->misc.mode = 0600;
	node->misc.name = kasprintf(GFP_KERNEL, "dma_heap_bench_%s", backend->name);
	node->misc.nodename = kasprintf(GFP_KERNEL, "dma_heap/bench_%s", backend->name);
	ret = -ENOMEM;
	if (!node->misc.name || !node->misc.nodename)
		goto free_names;
	ret = misc_register(&node->misc);
	if (ret)
		goto free_names;
	return 0;

free_names:
	kfree(node->misc.name);
	kfree(node->misc.nodename);
	return ret;
}

int dbb_node_init(void)
{
	unsigned int i;
	int ret;

	dbb_nodes = kcalloc(dbb_backend_count(), sizeof(*dbb_nodes), GFP_KERNEL);
	if (!dbb_nodes)
		return -ENOMEM;
	for (i = 0; i < dbb_backend_count(); i++) {
		if (dbb_backend_at(i)->missing)
			continue;
		ret = dbb_node_register(&dbb_nodes[dbb_node_count], dbb_backend_at(i));
		if (ret) {
			dbb_node_exit();
			return ret;
		}
		dbb_node_count++;
	}
	return 0;
}

void dbb_node_exit(void)
{
	while (dbb_node_count) {
		struct miscdevice *misc = &dbb_nodes[--dbb_node_count].misc;

		misc_deregister(misc);
		kfree(misc->name);
		kfree(misc->nodename);
	}
	kfree(dbb_nodes);
	dbb_nodes = NULL;
}
