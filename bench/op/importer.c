// SPDX-License-Identifier: GPL-2.0
/*
 * A device that imports buffers, as a camera's or a GPU's driver would: it
 * attaches, maps for DMA, and looks at the addresses that it was given.
 */
#include <linux/dma-buf.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>

#include "../../heap/compat.h"
#include "../../heap/heap.h"
#include "../stop.h"
#include "importer.h"

/*
 * An IOMMU, bounce buffers and memory encryption all show in the DMA address of
 * any page; how to ask for them differs from kernel to kernel.
 */
static int dbb_importer_find_out(struct dbb_importer *importer)
{
	struct device *dev = importer->dev;
	struct page *page = alloc_page(GFP_KERNEL);
	dma_addr_t addr;
	int ret = 0;

	if (!page)
		return -ENOMEM;
	addr = dma_map_page(dev, page, 0, PAGE_SIZE, DMA_TO_DEVICE);
	if (dma_mapping_error(dev, addr)) {
		ret = -ENOMEM;
	} else {
		importer->direct = addr == page_to_phys(page);
		dma_unmap_page(dev, addr, PAGE_SIZE, DMA_TO_DEVICE);
	}
	__free_page(page);
	return ret;
}

/*
 * @importer is zeroed. The device addresses all memory and takes segments of any
 * length. -EIO: this kernel has no DMA for it.
 */
int dbb_importer_open(struct dbb_importer *importer, enum dma_data_direction dir)
{
	struct device *dev = dbb_dma_device_create(KBUILD_MODNAME "_importer", PLATFORM_DEVID_AUTO);
	int ret;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	importer->dev = dev;
	importer->dir = dir;
	dma_set_max_seg_size(dev, UINT_MAX);
	ret = dbb_importer_find_out(importer);
	if (ret)
		dbb_importer_close(importer);
	return ret;
}

/* Undoes whatever was done with an importer, which may also be zeroed. */
void dbb_importer_close(struct dbb_importer *importer)
{
	if (importer->table)
		dbb_importer_unmap(importer);
	if (importer->attachment)
		dbb_importer_detach(importer);
	dbb_dma_device_destroy(importer->dev);
	importer->dev = NULL;
}

/* The caller keeps its reference of the buffer until the detach. */
int dbb_importer_attach(struct dbb_importer *importer, struct dma_buf *dmabuf)
{
	struct dma_buf_attachment *attachment = dma_buf_attach(dmabuf, importer->dev);

	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	importer->attachment = attachment;
	return 0;
}

void dbb_importer_detach(struct dbb_importer *importer)
{
	dma_buf_detach(importer->attachment->dmabuf, importer->attachment);
	importer->attachment = NULL;
}

int dbb_importer_map(struct dbb_importer *importer)
{
	struct sg_table *table = dbb_compat_map_attachment(importer->attachment, importer->dir);

	if (IS_ERR(table))
		return PTR_ERR(table);
	importer->table = table;
	return 0;
}

void dbb_importer_unmap(struct dbb_importer *importer)
{
	dbb_compat_unmap_attachment(importer->attachment, importer->table, importer->dir);
	importer->table = NULL;
}

static int dbb_importer_verify_size(const struct dbb_importer *importer,
				    struct dbb_refusal *why)
{
	size_t size = importer->attachment->dmabuf->size;
	struct scatterlist *sg;
	u64 mapped = 0;
	unsigned int i;

	for_each_sgtable_dma_sg(importer->table, sg, i)
		mapped += sg_dma_len(sg);
	if (mapped == size)
		return 0;
	return dbb_text_refuse(why, -EIO, "%llu bytes are mapped for DMA, expected %zu",
			       mapped, size);
}

static int dbb_importer_verify_pages(const struct dbb_importer *importer,
				     const struct dbb_buffer *buf, struct dbb_refusal *why)
{
	struct dbb_buffer_walk walk;
	struct scatterlist *sg;
	unsigned long page = 0;
	unsigned int i, at;

	dbb_buffer_walk_begin(&walk, buf);
	for_each_sgtable_dma_sg(importer->table, sg, i) {
		for (at = 0; at < sg_dma_len(sg); at += PAGE_SIZE) {
			struct page *want = dbb_buffer_walk_next(&walk);

			if (!want || sg_dma_address(sg) + at != page_to_phys(want))
				return dbb_text_refuse(why, -EIO,
						       "the DMA mapping has a wrong address at page %lu",
						       page);
			if (dbb_stop_after(++page))
				return -EINTR;
		}
	}
	return 0;
}

/*
 * Each page of our own buffers if the device sees physical addresses, else only
 * the sum of the lengths. DMABUF_DEBUG hides the CPU side of the table.
 */
int dbb_importer_verify(const struct dbb_importer *importer, const struct dbb_buffer *buf,
			struct dbb_refusal *why)
{
	int ret = dbb_importer_verify_size(importer, why);

	if (ret || !buf || !importer->direct)
		return ret;
	return dbb_importer_verify_pages(importer, buf, why);
}

/*
 * Entries of the DMA mapping, which an IOMMU may have merged; 0 when unknown. The
 * buffer may be in use: mapping it for reading drops no cache lines. An exporter
 * that can pin is left alone, because it may move the buffer for an importer.
 */
unsigned int dbb_importer_count_chunks(struct dma_buf *dmabuf)
{
	struct dbb_importer importer = { };
	unsigned int chunks = 0;

	if (dmabuf->ops->pin || dbb_importer_open(&importer, DMA_TO_DEVICE))
		return 0;
	if (!dbb_importer_attach(&importer, dmabuf) && !dbb_importer_map(&importer))
		chunks = importer.table->nents;
	dbb_importer_close(&importer);
	return chunks;
}
