// SPDX-License-Identifier: GPL-2.0
/*
 * Module parameter register_heaps: also add the backends to the kernel's dma-heap
 * core. It has no unregister, so the module can never be unloaded then.
 */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "buffer.h"
#include "compat.h"

static bool dbb_register_wanted;
module_param_named(register_heaps, dbb_register_wanted, bool, 0444);
MODULE_PARM_DESC(register_heaps,
		 "add heaps bench_core_<heap> to the dma-heap core; the module cannot be unloaded then (default: N)");

/* Never freed: the core keeps a pointer to it. */
struct dbb_register_heap {
	struct dbb_compat_heap core;
	const struct dbb_backend *backend;
};

static struct dma_buf *dbb_register_allocate(struct dbb_compat_heap *core, unsigned long len,
					     unsigned int fd_flags)
{
	struct dbb_buffer_request want = {
		.backend = container_of(core, struct dbb_register_heap, core)->backend,
		.len = len,
		.fd_flags = fd_flags,
	};
	struct dbb_refusal why;
	struct dma_buf *dmabuf = dbb_buffer_create(&want, &why);

	if (IS_ERR(dmabuf))
		dbb_errlog_add(core->name, "DMA_HEAP_IOCTL_ALLOC", PTR_ERR(dmabuf), &why);
	return dmabuf;
}

static int dbb_register_add(const struct dbb_backend *backend)
{
	struct dbb_register_heap *heap = kzalloc(sizeof(*heap), GFP_KERNEL);
	int ret = -ENOMEM;

	if (!heap)
		return -ENOMEM;
	heap->backend = backend;
	heap->core.allocate = dbb_register_allocate;
	heap->core.name = kasprintf(GFP_KERNEL, "bench_core_%s", backend->name);
	if (heap->core.name)
		ret = dbb_compat_heap_add(&heap->core);
	if (ret) {
		kfree(heap->core.name);
		kfree(heap);
	}
	return ret;
}

/*
 * Comes first in init: once there are nodes, somebody may have a buffer, and a module
 * that is refused is freed all the same.
 */
int dbb_register_check(void)
{
	if (!dbb_register_wanted || DBB_CAN_ADD_HEAP)
		return 0;
	pr_err("register_heaps=1: this kernel exports no dma_heap_add(); load the module without it\n");
	return -EOPNOTSUPP;
}

/* Comes last in init, because it cannot be undone. */
void dbb_register_init(void)
{
	unsigned int i;

	if (!dbb_register_wanted)
		return;
	__module_get(THIS_MODULE);
	for (i = 0; i < dbb_backend_count(); i++) {
		const struct dbb_backend *backend = dbb_backend_at(i);
		int ret = backend->missing ? 0 : dbb_register_add(backend);

		if (ret)
			pr_err("register_heaps=1: cannot add heap bench_core_%s: %pe\n",
			       backend->name, ERR_PTR(ret));
	}
}
