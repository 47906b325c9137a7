// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameter register_heaps: the backends as heaps of the kernel's
 * dma-heap core, too. What dma_heap_add() adds can never be removed, so the
 * module then stays for good.
 */
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "buffer.h"

static bool dbb_core_wanted;
module_param_named(register_heaps, dbb_core_wanted, bool, 0444);
MODULE_PARM_DESC(register_heaps,
		 "add heaps bench_core_<heap> to the dma-heap core; the module cannot be unloaded then (default: N)");

/**
 * dbb_core_allocate() - dma_heap_ops.allocate, see dbb_compat_heap_add()
 * @backend: what the heap allocates from
 * @name: of the heap
 * @len: bytes
 * @fd_flags: access mode and O_CLOEXEC
 *
 * Return: the dma-buf, or the ERR_PTR of dbb_buffer_create().
 */
struct dma_buf *dbb_core_allocate(const struct dbb_backend *backend, const char *name,
				  unsigned long len, unsigned int fd_flags)
{
	struct dbb_buffer_request want = {
		.backend = backend,
		.len = len,
		.fd_flags = fd_flags,
	};
	struct dbb_refusal why;
	struct dma_buf *dmabuf = dbb_buffer_create(&want, &why);

	if (IS_ERR(dmabuf))
		dbb_errlog_add(name, "DMA_HEAP_IOCTL_ALLOC", PTR_ERR(dmabuf), &why);
	return dmabuf;
}

/* The core keeps the name. */
static int dbb_core_add(const struct dbb_backend *backend)
{
	char *name = kasprintf(GFP_KERNEL, "bench_core_%s", backend->name);
	int ret;

	if (!name)
		return -ENOMEM;
	ret = dbb_compat_heap_add(name, backend);
	if (ret)
		kfree(name);
	return ret;
}

/**
 * dbb_core_init() - add each backend to the dma-heap core, if that is wanted
 *
 * Comes last, because it cannot be undone. So a heap that could not be added
 * is left out, with a line in the kernel log, and those before it stay.
 *
 * Return: 0, or -EOPNOTSUPP when the kernel does not let modules add heaps.
 */
int dbb_core_init(void)
{
	unsigned int i;

	if (!dbb_core_wanted)
		return 0;
	if (!dbb_compat_has_heap_add()) {
		pr_err("register_heaps=1: this kernel exports no dma_heap_add(); load without it\n");
		return -EOPNOTSUPP;
	}
	__module_get(THIS_MODULE);
	for (i = 0; i < dbb_backend_count(); i++) {
		const struct dbb_backend *backend = dbb_backend_at(i);
		int ret = backend->missing ? 0 : dbb_core_add(backend);

		if (ret)
			pr_err("register_heaps=1: no heap bench_core_%s: %pe\n",
			       backend->name, ERR_PTR(ret));
	}
	return 0;
}
