// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel says to a mapping of pages of several memory types (x86's PAT).
 *
 * To its file in debugfs, open for reading, too, one writes "ram TYPES", a letter for each of
 * some pages in a row: c cached, w write-combining, u uncached; or "phys ADDRESS PAGES", a
 * range of physical addresses, which is mapped and never touched. The range is mapped by
 * remap_pfn_range() into a part of a VMA, where the kernel looks types up and reserves none.
 * The file then holds the answer: an errno, or the types in the page table, a letter for
 * each page, with o for another one.
 */
#include <linux/bits.h>
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "../../../heap/compat.h"

#define MEMORY_TYPES_ORDER	6
#define MEMORY_TYPES_MAX	BIT(MEMORY_TYPES_ORDER)

static DEFINE_MUTEX(memory_types_lock);
static struct dentry *memory_types_file;
/* What mmap() of the file maps while the lock is held. */
static struct task_struct *memory_types_task;
static unsigned long memory_types_pfn, memory_types_npages;
static char memory_types_answer[4096];

static bool memory_types_is(pte_t pte, pgprot_t like)
{
	return !((pte_val(pte) ^ pgprot_val(like)) & _PAGE_CACHE_MASK);
}

/* The mmap lock is held, and no huge page can be here. */
static char memory_types_letter(unsigned long addr)
{
	pgd_t *pgd = pgd_offset(current->mm, addr);
	p4d_t *p4d;
	pud_t *pud;
	pmd_t *pmd;
	pte_t pte;

	if (pgd_none(*pgd))
		return '-';
	p4d = p4d_offset(pgd, addr);
	if (p4d_none(*p4d))
		return '-';
	pud = pud_offset(p4d, addr);
	if (pud_none(*pud))
		return '-';
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd) || pmd_leaf(*pmd))
		return '-';
	pte = *pte_offset_kernel(pmd, addr);
	if (!pte_present(pte))
		return '-';
	if (memory_types_is(pte, PAGE_KERNEL))
		return 'c';
	if (memory_types_is(pte, pgprot_writecombine(PAGE_KERNEL)))
		return 'w';
	return memory_types_is(pte, pgprot_noncached(PAGE_KERNEL)) ? 'u' : 'o';
}

/* A page of the VMA stays unmapped, so that the range is not all of it. */
static int memory_types_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (memory_types_task != current)
		return -EBUSY;
	return remap_pfn_range(vma, vma->vm_start, memory_types_pfn,
			       memory_types_npages << PAGE_SHIFT, vma->vm_page_prot);
}

static void memory_types_map(struct file *file)
{
	unsigned long len = (memory_types_npages + 1) << PAGE_SHIFT;
	unsigned long addr, at;
	char *out = memory_types_answer;

	memory_types_task = current;
	addr = vm_mmap(file, 0, len, PROT_READ, MAP_SHARED, 0);
	memory_types_task = NULL;
	if (IS_ERR_VALUE(addr)) {
		sprintf(memory_types_answer, "%ld", (long)addr);
		return;
	}
	mmap_read_lock(current->mm);
	for (at = 0; at < memory_types_npages && at < sizeof(memory_types_answer) - 1; at++)
		*out++ = memory_types_letter(addr + (at << PAGE_SHIFT));
	mmap_read_unlock(current->mm);
	*out = '\0';
	vm_munmap(addr, len);
}

static int memory_types_set(struct page *page, char type)
{
	switch (type) {
	case 'c':
		return 0;
	case 'w':
		return dbb_compat_pages_wc(&page, 1);
	case 'u':
		return dbb_compat_pages_uncached(&page, 1);
	default:
		return -EINVAL;
	}
}

static int memory_types_map_ram(struct file *file, const char *types)
{
	struct page *pages = alloc_pages(GFP_KERNEL | __GFP_ZERO, MEMORY_TYPES_ORDER);
	unsigned long i;
	bool ok = true;
	int ret = 0;

	if (!pages)
		return -ENOMEM;
	memory_types_pfn = page_to_pfn(pages);
	memory_types_npages = strlen(types);
	for (i = 0; i < memory_types_npages && !ret; i++)
		ret = memory_types_set(pages + i, types[i]);
	if (!ret)
		memory_types_map(file);
	while (i--) {
		struct page *page = pages + i;

		if (types[i] != 'c')
			ok = !dbb_compat_pages_cached(&page, 1) && ok;
	}
	/* what could not be changed back is lost */
	if (ok)
		__free_pages(pages, MEMORY_TYPES_ORDER);
	return ret;
}

static int memory_types_run(struct file *file, char *text)
{
	unsigned long addr;

	if (!strncmp(text, "ram ", 4)) {
		char *types = strim(text + 4);

		if (!*types || strlen(types) > MEMORY_TYPES_MAX)
			return -EINVAL;
		return memory_types_map_ram(file, types);
	}
	if (sscanf(text, "phys %li %li", &addr, &memory_types_npages) != 2 ||
	    !memory_types_npages || memory_types_npages > sizeof(memory_types_answer))
		return -EINVAL;
	memory_types_pfn = addr >> PAGE_SHIFT;
	memory_types_map(file);
	return 0;
}

static ssize_t memory_types_write(struct file *file, const char __user *from, size_t len,
				  loff_t *pos)
{
	char text[2 * MEMORY_TYPES_MAX];
	int ret;

	if (len >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, len))
		return -EFAULT;
	text[len] = '\0';
	mutex_lock(&memory_types_lock);
	memory_types_answer[0] = '\0';
	ret = memory_types_run(file, text);
	mutex_unlock(&memory_types_lock);
	return ret ? ret : len;
}

static int memory_types_show(struct seq_file *m, void *v)
{
	mutex_lock(&memory_types_lock);
	seq_printf(m, "%s\n", memory_types_answer);
	mutex_unlock(&memory_types_lock);
	return 0;
}

static int memory_types_open(struct inode *inode, struct file *file)
{
	return single_open(file, memory_types_show, NULL);
}

static const struct file_operations memory_types_fops = {
	.owner		= THIS_MODULE,
	.open		= memory_types_open,
	.read		= seq_read,
	.write		= memory_types_write,
	.mmap		= memory_types_mmap,
	.llseek		= seq_lseek,
	.release	= single_release,
};

/* The other kind of debugfs file knows no mmap(). */
static int __init memory_types_init(void)
{
	memory_types_file = debugfs_create_file_unsafe("memory_types", 0600, NULL, NULL,
						       &memory_types_fops);
	return PTR_ERR_OR_ZERO(memory_types_file);
}
module_init(memory_types_init);

static void __exit memory_types_exit(void)
{
	debugfs_remove(memory_types_file);
}
module_exit(memory_types_exit);

MODULE_DESCRIPTION("What a mapping of several memory types gets, for tests");
MODULE_LICENSE("GPL");
