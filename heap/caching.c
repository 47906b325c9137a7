// SPDX-License-Identifier: GPL-2.0
/*
 * How the mappings of a buffer are cached, as of uncached and coherent heaps.
 *
 * All mappings of a page should agree. On x86 the kernel's linear map of the pages is
 * changed with them, and changed back before they are freed. arm64 maps the linear map
 * in blocks, which a module cannot split: it stays cached, and the pages' cache lines
 * are cleaned and dropped before anybody maps them otherwise.
 */
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/printk.h>
#include <linux/scatterlist.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "buffer.h"
#include "compat.h"

/* Pages changed at once: each time the kernel flushes all TLBs. */
#define DBB_CACHING_BATCH (PAGE_SIZE / sizeof(struct page *))

/* Bytes cleaned between two looks at signals. */
#define DBB_CACHING_STRETCH ((size_t)SZ_2M)

/* Its DMA mappings clean the caches where the linear map stays cached; else NULL. */
static struct device *dbb_caching_device;

static const char *dbb_caching_all_missing(void)
{
	if (dbb_compat_dma_is_decrypted())
		return "this guest's memory is encrypted, and its host decides how it is cached";
	if (DBB_CAN_SET_LINEAR_MAP)
		return NULL;
	if (!IS_ENABLED(CONFIG_ARM64))
		return IS_ENABLED(CONFIG_X86_64) ?
			"this kernel does not export set_pages_array_wc()" :
			"implemented for x86_64 and arm64";
	if (dev_is_dma_coherent(dbb_caching_device))
		return "the DMA API cleans no caches here";
	return NULL;
}

static const char *dbb_caching_wc_missing(void)
{
	if (dbb_compat_wc_is_uncached())
		return "PAT is off, so that a write-combining mapping would be an uncached one";
	return dbb_caching_all_missing();
}

#define DBB_CACHING_NO_DEVICE_MEMORY \
	"memory without write gathering faults on unaligned accesses and memset(); use wc"

/*
 * Memory that arm64 calls Normal Non-cacheable gathers writes, which is wc. What does not
 * is for devices: unaligned accesses to it fault, and so do memset() and memcpy().
 */
static const char *dbb_caching_uncached_missing(void)
{
	if (IS_ENABLED(CONFIG_ARM64))
		return DBB_CACHING_NO_DEVICE_MEMORY;
	return dbb_caching_all_missing();
}

static pgprot_t dbb_caching_wc_prot(pgprot_t prot)
{
	return pgprot_writecombine(prot);
}

static pgprot_t dbb_caching_uncached_prot(pgprot_t prot)
{
	return pgprot_noncached(prot);
}

static const struct dbb_caching dbb_caching_cached = {
	.name		= "cached",
	.help		= "write-back, as all memory",
};

static const struct dbb_caching dbb_caching_wc = {
	.name		= "wc",
	.help		= "reads from memory, writes gathered: write-combining, Normal-NC on arm64",
	.missing	= dbb_caching_wc_missing,
	.prot		= dbb_caching_wc_prot,
	.set_pages	= DBB_CAN_SET_LINEAR_MAP ? dbb_compat_pages_wc : NULL,
};

static const struct dbb_caching dbb_caching_uncached = {
	.name		= "uncached",
	.help		= "each access goes to memory: UC- on x86",
	.missing	= dbb_caching_uncached_missing,
	.prot		= dbb_caching_uncached_prot,
	.set_pages	= DBB_CAN_SET_LINEAR_MAP ? dbb_compat_pages_uncached : NULL,
};

const struct dbb_caching *const dbb_cachings[DBB_CACHING_MAX] = {
	[DBB_CACHING_CACHED]	= &dbb_caching_cached,
	[DBB_CACHING_WC]	= &dbb_caching_wc,
	[DBB_CACHING_UNCACHED]	= &dbb_caching_uncached,
};

int dbb_caching_init(void)
{
	struct device *dev;

	if (DBB_CAN_SET_LINEAR_MAP)
		return 0;
	dev = dbb_dma_device_create(KBUILD_MODNAME "_caching", PLATFORM_DEVID_NONE);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	dbb_caching_device = dev;
	return 0;
}

void dbb_caching_exit(void)
{
	dbb_dma_device_destroy(dbb_caching_device);
	dbb_caching_device = NULL;
}

/* Why this machine lacks it, or NULL. */
const char *dbb_caching_missing(const struct dbb_caching *caching)
{
	return caching->missing ? caching->missing() : NULL;
}

/* Finds what this machine lacks, too. */
const struct dbb_caching *dbb_caching_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < DBB_CACHING_MAX; i++)
		if (sysfs_streq(name, dbb_cachings[i]->name))
			return dbb_cachings[i];
	return NULL;
}

/* Before anything of the buffer is mapped. */
void dbb_caching_choose(struct dbb_buffer *buf, const struct dbb_caching *caching)
{
	buf->caching = caching;
	buf->kernel_prot = PAGE_KERNEL;
	if (!caching->prot)
		return;
	buf->kernel_prot = caching->prot(PAGE_KERNEL);
	buf->dma_attrs = DMA_ATTR_SKIP_CPU_SYNC;
}

/* Whether the linear map may show other bytes of the buffer than its mappings do. */
bool dbb_caching_needs_sync(const struct dbb_buffer *buf)
{
	return !dbb_caching_is_cached(buf) && !buf->caching->set_pages;
}

/* Writes back and drops the cache lines; false if the DMA API does something else. */
static bool dbb_caching_clean(struct page *page, size_t len)
{
	dma_addr_t addr = dma_map_page(dbb_caching_device, page, 0, len, DMA_BIDIRECTIONAL);
	bool direct;

	if (dma_mapping_error(dbb_caching_device, addr))
		return false;
	direct = addr == page_to_phys(page);
	dma_unmap_page(dbb_caching_device, addr, len, DMA_BIDIRECTIONAL);
	return direct;
}

/* For a buffer that needs it: after a write through the linear map, before a read. */
void dbb_caching_sync_page(const struct dbb_buffer *buf, struct page *page)
{
	dbb_caching_clean(page, PAGE_SIZE);
}

static int dbb_caching_clean_all(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	struct scatterlist *sg;
	unsigned int i;

	for_each_sgtable_sg(&buf->table, sg, i) {
		size_t done, len;

		for (done = 0; done < sg->length; done += len) {
			len = min(sg->length - done, DBB_CACHING_STRETCH);
			if (!dbb_caching_clean(pfn_to_page(page_to_pfn(sg_page(sg)) +
							   (done >> PAGE_SHIFT)), len))
				return -EOPNOTSUPP;
			if (dbb_backend_pause(cancelled))
				return -EINTR;
		}
	}
	return 0;
}

struct dbb_caching_walk {
	struct scatterlist *sg;
	unsigned long skip;	/* pages of sg already taken */
};

/* How many of the next pages, up to a batch and to @left, are in @buf->batch now. */
static unsigned int dbb_caching_take(struct dbb_buffer *buf, struct dbb_caching_walk *walk,
				     unsigned long left)
{
	unsigned int n = 0;

	while (n < min(left, DBB_CACHING_BATCH)) {
		buf->batch[n++] = pfn_to_page(page_to_pfn(sg_page(walk->sg)) + walk->skip);
		if (++walk->skip << PAGE_SHIFT >= walk->sg->length) {
			walk->sg = sg_next(walk->sg);
			walk->skip = 0;
		}
	}
	return n;
}

/* What failed half-way counts as changed. */
static int dbb_caching_change(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	struct dbb_caching_walk walk = { .sg = buf->table.sgl };
	unsigned long npages = buf->len >> PAGE_SHIFT;
	int ret = 0;

	while (!ret && buf->recached < npages) {
		unsigned int n = dbb_caching_take(buf, &walk, npages - buf->recached);

		buf->recached += n;
		/* It returns -EINVAL when it has no memory to split huge pages, too. */
		if (buf->caching->set_pages(buf->batch, n))
			ret = -ENOMEM;
		else if (dbb_backend_pause(cancelled))
			ret = -EINTR;
	}
	return ret;
}

/*
 * The pages as those of others again. False if the kernel could not change them: then
 * they may not be freed.
 */
bool dbb_caching_restore(struct dbb_buffer *buf)
{
	struct dbb_caching_walk walk = { .sg = buf->table.sgl };
	unsigned long left = buf->recached;
	bool ok = true;

	if (!left)
		return true;
	while (left) {
		unsigned int n = dbb_caching_take(buf, &walk, left);

		left -= n;
		ok = !dbb_compat_pages_cached(buf->batch, n) && ok;
		cond_resched();
	}
	free_page((unsigned long)buf->batch);
	buf->batch = NULL;
	buf->recached = 0;
	if (!ok)
		pr_err("%zu bytes are lost: they could not be made %s again\n", buf->len,
		       dbb_caching_cached.name);
	return ok;
}

static int dbb_caching_apply_all(struct dbb_buffer *buf, bool (*cancelled)(void))
{
	if (!buf->caching->set_pages)
		return dbb_caching_clean_all(buf, cancelled);
	buf->batch = (struct page **)__get_free_page(GFP_KERNEL);
	return buf->batch ? dbb_caching_change(buf, cancelled) : -ENOMEM;
}

/*
 * The pages are zeroed, and nothing maps them. dbb_caching_restore() undoes it, whether it
 * failed or not.
 */
int dbb_caching_apply(struct dbb_buffer *buf, bool (*cancelled)(void),
		      struct dbb_refusal *why)
{
	int ret;

	if (dbb_caching_is_cached(buf))
		return 0;
	ret = dbb_caching_apply_all(buf, cancelled);
	if (ret == -EOPNOTSUPP)
		return dbb_text_refuse(why, ret,
				       "%s: the DMA API copies pages here instead of cleaning them from the caches; accepted: cached in heap/caching",
				       buf->caching->name);
	if (ret)
		dbb_text_refuse(why, ret, "%zu bytes of heap %s could not be made %s: %pe",
				buf->len, buf->backend->name, buf->caching->name, ERR_PTR(ret));
	return ret;
}

/* For the usable hook of a strategy that would map cached what is not. */
int dbb_caching_refuse_cached(const struct dbb_buffer *buf, const char *strategy,
			      const char *reason, struct dbb_refusal *why)
{
	if (dbb_caching_is_cached(buf))
		return 0;
	return dbb_text_refuse(why, -EOPNOTSUPP,
			       "%s: %s, and the buffer is %s; accepted: other strategies, or cached in heap/caching",
			       strategy, reason, buf->caching->name);
}
