/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device that imports buffers, as a camera's or a GPU's driver would.
 */
#ifndef DBB_BENCH_IMPORTER_H
#define DBB_BENCH_IMPORTER_H

#include <linux/dma-direction.h>
#include <linux/types.h>

struct dbb_buffer;
struct dbb_refusal;
struct device;
struct dma_buf;
struct dma_buf_attachment;
struct sg_table;

/* An importer device, and what it has of one buffer */
struct dbb_importer {
	struct device *dev;
	struct dma_buf_attachment *attachment;
	struct sg_table *table;	/* the DMA mapping, or NULL */
	enum dma_data_direction dir;
	bool direct;	/* DMA addresses are physical: no IOMMU, no bounce buffers */
};

int dbb_importer_open(struct dbb_importer *importer, enum dma_data_direction dir);
void dbb_importer_close(struct dbb_importer *importer);
int dbb_importer_attach(struct dbb_importer *importer, struct dma_buf *dmabuf);
void dbb_importer_detach(struct dbb_importer *importer);
int dbb_importer_map(struct dbb_importer *importer);
void dbb_importer_unmap(struct dbb_importer *importer);
int dbb_importer_verify(const struct dbb_importer *importer, const struct dbb_buffer *buf,
			struct dbb_refusal *why);
unsigned int dbb_importer_count_chunks(struct dma_buf *dmabuf);

#endif /* DBB_BENCH_IMPORTER_H */
