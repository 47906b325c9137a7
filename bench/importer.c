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

#include "importer.h"
#include "run.h"
#include "../heap/heap.h"

/*
 * An IOMMU, bounce buffers and memory encryption all show in the address of
 * any page, and each kernel has another way of asking for them.
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

/**
 * dbb_importer_open() - make an importer device
 * @importer: zeroed
 * @dir: direction of its DMA
 *
 * It addresses all memory and takes segments of any length.
 *
 * Context: process context, sleeps.
 *
 * Return: 0, -ENOMEM, or -EIO when this kernel has no DMA for it.
 */
int dbb_importer_open(struct dbb_importer *importer, enum dma_data_direction dir)
{
	struct device *dev = dbb_device_create(KBUILD_MODNAME "_importer", PLATFORM_DEVID_AUTO);
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

/**
 * dbb_importer_close() - undo whatever was done with an importer
 * @importer: the importer, opened or zeroed
 */
void dbb_importer_close(struct dbb_importer *importer)
{
	if (importer->table)
		dbb_importer_unmap(importer);
	if (importer->attachment)
		dbb_importer_detach(importer);
	dbb_device_destroy(importer->dev);
	importer->dev = NULL;
}

/**
 * dbb_importer_attach() - attach to a buffer
 * @importer: the importer, not attached
 * @dmabuf: the buffer; the caller keeps its reference until the detach
 *
 * Return: 0, or what the exporter returned.
 */
int dbb_importer_attach(struct dbb_importer *importer, struct dma_buf *dmabuf)
{
	struct dma_buf_attachment *attachment = dma_buf_attach(dmabuf, importer->dev);

	if (IS_ERR(attachment))
		return PTR_ERR(attachment);
	importer->attachment = attachment;
	return 0;
}

/**
 * dbb_importer_detach() - undo dbb_importer_attach()
 * @importer: the importer, attached and not mapped
 */
void dbb_importer_detach(struct dbb_importer *importer)
{
	dma_buf_detach(importer->attachment->dmabuf, importer->attachment);
	importer->attachment = NULL;
}

/**
 * dbb_importer_map() - map the buffer for DMA
 * @importer: the importer, attached and not mapped
 *
 * Return: 0, or what the exporter returned.
 */
int dbb_importer_map(struct dbb_importer *importer)
{
	struct sg_table *table = dbb_compat_map_attachment(importer->attachment, importer->dir);

	if (IS_ERR(table))
		return PTR_ERR(table);
	importer->table = table;
	return 0;
}

/**
 * dbb_importer_unmap() - undo dbb_importer_map()
 * @importer: the importer, mapped
 */
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
	return dbb_text_refuse(why, -EIO, "%llu bytes are mapped for DMA, not %zu", mapped, size);
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
						       "DMA address %lu is not that page of the buffer",
						       page);
			if (!(++page % DBB_RUN_STRIDE) && dbb_run_pause())
				return -EINTR;
		}
	}
	return 0;
}

/**
 * dbb_importer_verify() - does the DMA mapping cover the buffer?
 * @importer: the importer, mapped
 * @buf: the buffer; NULL when another exporter made it
 * @why: filled on failure
 *
 * Of a buffer of ours that the device sees as it lies in memory, each page is
 * looked at, otherwise the sum of the lengths. Only the DMA side of the table
 * is: kernels with DMABUF_DEBUG hide the other one.
 *
 * Return: 0, -EIO, or -EINTR when stopped.
 */
int dbb_importer_verify(const struct dbb_importer *importer, const struct dbb_buffer *buf,
			struct dbb_refusal *why)
{
	int ret = dbb_importer_verify_size(importer, why);

	if (ret || !buf || !importer->direct)
		return ret;
	return dbb_importer_verify_pages(importer, buf, why);
}

/**
 * dbb_importer_count_chunks() - how many pieces a device sees of a buffer
 * @dmabuf: any exporter's buffer
 *
 * The buffer may be in use: it is mapped for reading, which drops no cache
 * lines, and an exporter that can pin is left alone, because it may move the
 * buffer for an importer's sake.
 *
 * Return: entries of its DMA mapping, which an IOMMU may have merged, or 0
 * when that cannot be found out.
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
