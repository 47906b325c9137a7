// SPDX-License-Identifier: GPL-2.0
/*
 * Reads back how pages are mapped: on x86 from the page tables and the PAT, on arm64 by
 * the CPU's own translation (AT), so as they are in force.
 *
 * To its file in debugfs one writes "FD ADDRESS": the dma-buf that is FD in the writing
 * process, and where it is mapped there as a whole. It then holds a line for the user
 * mapping, one for a kernel mapping, and one for the kernel's linear map of the same
 * pages, with the number of pages of each kind. "linear" counts the linear map of all
 * memory.
 */
#include <linux/debugfs.h>
#include <linux/dma-buf.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/pgtable.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#ifdef CONFIG_X86
#include <asm/msr.h>
#else
#include <asm/barrier.h>
#include <asm/sysreg.h>
#endif

#include "../../../heap/compat.h"

enum page_attributes_kind {
	KIND_CACHED,
	KIND_WC,
	KIND_UNCACHED,
	KIND_OTHER,
	KIND_ABSENT,
	KINDS
};

static const char *const page_attributes_names[KINDS] = {
	"cached", "wc", "uncached", "other", "absent",
};

enum page_attributes_map { MAP_USER, MAP_KERNEL, MAP_LINEAR, MAPS };

static const char *const page_attributes_maps[MAPS] = { "user", "kernel", "linear" };

static DEFINE_MUTEX(page_attributes_lock);
static unsigned long page_attributes_counts[MAPS][KINDS];
static struct dentry *page_attributes_file;

#ifdef CONFIG_X86
#define PAT_ENTRY(pat, index) (((pat) >> ((index) * 8)) & 7)

static enum page_attributes_kind page_attributes_of_entry(unsigned long entry, bool leaf)
{
	unsigned int index = (entry & _PAGE_PWT ? 1 : 0) | (entry & _PAGE_PCD ? 2 : 0) |
			     (entry & (leaf ? _PAGE_PAT_LARGE : _PAGE_PAT) ? 4 : 0);

	if (!(entry & _PAGE_PRESENT))
		return KIND_ABSENT;
	switch (PAT_ENTRY(__rdmsr(MSR_IA32_CR_PAT), index)) {
	case 6:
		return KIND_CACHED;
	case 1:
		return KIND_WC;
	case 0:
	case 7:
		return KIND_UNCACHED;
	default:
		return KIND_OTHER;
	}
}

static enum page_attributes_kind page_attributes_of_kernel(unsigned long addr)
{
	unsigned int level;
	pte_t *pte = lookup_address(addr, &level);

	return pte ? page_attributes_of_entry(pte_val(*pte), level > PG_LEVEL_4K) : KIND_ABSENT;
}

/* The mmap lock is held. */
static enum page_attributes_kind page_attributes_of_user(unsigned long addr)
{
	pgd_t *pgd = pgd_offset(current->mm, addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;

	if (pgd_none(*pgd))
		return KIND_ABSENT;
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d))
		return KIND_ABSENT;
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud))
		return KIND_ABSENT;
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd))
		return KIND_ABSENT;
	if (pmd_leaf(*pmd))
		return page_attributes_of_entry(pmd_val(*pmd), true);
	return page_attributes_of_entry(pte_val(*pte_offset_kernel(pmd, addr)), false);
}
#else
/* The memory attributes of PAR_EL1 are encoded as in MAIR_EL1. */
static enum page_attributes_kind page_attributes_of_par(u64 par)
{
	if (par & 1)
		return KIND_ABSENT;
	switch (par >> 56) {
	case 0xff:
	case 0xf0:	/* with tags */
		return KIND_CACHED;
	case 0x44:
		return KIND_WC;
	case 0x00:
	case 0x04:
	case 0x08:
	case 0x0c:
		return KIND_UNCACHED;
	default:
		return KIND_OTHER;
	}
}

static enum page_attributes_kind page_attributes_of_kernel(unsigned long addr)
{
	unsigned long flags;
	u64 par;

	local_irq_save(flags);
	asm volatile("at s1e1r, %0" : : "r" (addr));
	isb();
	par = read_sysreg(par_el1);
	local_irq_restore(flags);
	return page_attributes_of_par(par);
}

static enum page_attributes_kind page_attributes_of_user(unsigned long addr)
{
	unsigned long flags;
	u64 par;

	local_irq_save(flags);
	asm volatile("at s1e0r, %0" : : "r" (addr));
	isb();
	par = read_sysreg(par_el1);
	local_irq_restore(flags);
	return page_attributes_of_par(par);
}
#endif

static void page_attributes_count(enum page_attributes_map map, enum page_attributes_kind kind)
{
	page_attributes_counts[map][kind]++;
}

static void page_attributes_count_linear(struct page *page)
{
	unsigned long addr = (unsigned long)page_address(page);

	page_attributes_count(MAP_LINEAR, page_attributes_of_kernel(addr));
}

static int page_attributes_read_mappings(struct dma_buf *dmabuf, unsigned long uaddr)
{
	struct iosys_map map;
	unsigned long at;
	int ret;

	mmap_read_lock(current->mm);
	for (at = 0; at < dmabuf->size; at += PAGE_SIZE)
		page_attributes_count(MAP_USER, page_attributes_of_user(uaddr + at));
	mmap_read_unlock(current->mm);

	ret = dbb_compat_vmap(dmabuf, &map);
	if (ret)
		return ret;
	for (at = 0; at < dmabuf->size; at += PAGE_SIZE) {
		void *vaddr = map.vaddr + at;
		struct page *page = is_vmalloc_addr(vaddr) ? vmalloc_to_page(vaddr) :
							     virt_to_page(vaddr);

		page_attributes_count(MAP_KERNEL, page_attributes_of_kernel((unsigned long)vaddr));
		page_attributes_count_linear(page);
	}
	dbb_compat_vunmap(dmabuf, &map);
	return 0;
}

static int page_attributes_read_memory(void)
{
	unsigned long pfn;
	int node;

	for_each_online_node(node) {
		for (pfn = node_start_pfn(node); pfn < node_end_pfn(node); pfn++) {
			struct page *page = pfn_to_online_page(pfn);

			if (page)
				page_attributes_count_linear(page);
			if (pfn % 4096)
				continue;
			cond_resched();
			if (fatal_signal_pending(current))
				return -EINTR;
		}
	}
	return 0;
}

static int page_attributes_run(const char *text)
{
	struct dma_buf *dmabuf;
	unsigned long uaddr;
	int fd, ret;

	memset(page_attributes_counts, 0, sizeof(page_attributes_counts));
	if (sysfs_streq(text, "linear"))
		return page_attributes_read_memory();
	if (sscanf(text, "%d %li", &fd, &uaddr) != 2)
		return -EINVAL;
	dmabuf = dma_buf_get(fd);
	if (IS_ERR(dmabuf))
		return PTR_ERR(dmabuf);
	ret = page_attributes_read_mappings(dmabuf, uaddr);
	dma_buf_put(dmabuf);
	return ret;
}

static ssize_t page_attributes_write(struct file *file, const char __user *from, size_t len,
				     loff_t *pos)
{
	char text[64];
	int ret;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = '\0';
	mutex_lock(&page_attributes_lock);
	ret = page_attributes_run(text);
	mutex_unlock(&page_attributes_lock);
	return ret ? ret : len;
}

static int page_attributes_show(struct seq_file *m, void *v)
{
	unsigned int map, kind;

	mutex_lock(&page_attributes_lock);
	for (map = 0; map < MAPS; map++) {
		seq_puts(m, page_attributes_maps[map]);
		for (kind = 0; kind < KINDS; kind++)
			if (page_attributes_counts[map][kind])
				seq_printf(m, " %s=%lu", page_attributes_names[kind],
					   page_attributes_counts[map][kind]);
		seq_putc(m, '\n');
	}
	mutex_unlock(&page_attributes_lock);
	return 0;
}

static int page_attributes_open(struct inode *inode, struct file *file)
{
	return single_open(file, page_attributes_show, NULL);
}

static const struct file_operations page_attributes_fops = {
	.owner		= THIS_MODULE,
	.open		= page_attributes_open,
	.read		= seq_read,
	.write		= page_attributes_write,
	.llseek		= seq_lseek,
	.release	= single_release,
};

static int __init page_attributes_init(void)
{
	page_attributes_file = debugfs_create_file("page_attributes", 0600, NULL, NULL,
						   &page_attributes_fops);
	return PTR_ERR_OR_ZERO(page_attributes_file);
}
module_init(page_attributes_init);

static void __exit page_attributes_exit(void)
{
	debugfs_remove(page_attributes_file);
}
module_exit(page_attributes_exit);

MODULE_DESCRIPTION("How pages are mapped, for tests");
MODULE_LICENSE("GPL");
DBB_IMPORT_NS_DMA_BUF();
