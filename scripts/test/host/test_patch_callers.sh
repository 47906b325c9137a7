# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Who calls what a patch changes, of sources written here.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

patch_parts=$test_dir/../patch

# made_tree: sources with uses of dma_buf_vmap() and patched(), and with what is none.
made_tree()
{
	tree=$scratch/tree
	mkdir -p "$tree/drivers/gpu" "$tree/drivers/dma-buf" "$tree/include/uapi/linux" \
		"$tree/Documentation" "$tree/tools" "$tree/mm"
	cat >"$tree/drivers/gpu/a.c" <<'END_FILE'
/* dma_buf_vmap() is not called here,
 * and dma_buf_vmap() not here
 */
int patched(int x);
static int my_dma_buf_vmap(void);
static int
first(struct x *x,
      int y)
{
#ifdef A
	if (y) {
#else
	if (x) {
#endif
		y = dma_buf_vmap(x, "dma_buf_vmap()");
	}
	/* nor
	 * dma_buf_vmap() in a comment
	 */
	x.patched(3);
	pr_err("dma_buf_vmap() failed\n"); // dma_buf_vmap()
	return dma_buf_vmap_unlocked(x);
}

static const struct ops table = {
	.patched = patched,
};
END_FILE
	cat >"$tree/mm/b.c" <<'END_FILE'
int patched(int x)
{
	return x->patched(unpatched(1));
}
EXPORT_SYMBOL_GPL(patched);
module_init(patched);
END_FILE
	printf 'int f(void)\n{\n\tdma_buf_vmap(x);\n\tpatched(2);\n}\n' >"$tree/drivers/dma-buf/dma-buf.c"
	cp "$tree/drivers/dma-buf/dma-buf.c" "$tree/tools/c.c"
	cp "$tree/drivers/dma-buf/dma-buf.c" "$tree/Documentation/d.c"
	printf '\n#define DMA_HEAP_IOCTL_ALLOC 1\n' >"$tree/include/uapi/linux/dma-heap.h"
}

# Calls and tables are found with their line and function; definitions, declarations,
# comments, texts, members and other folders are not.
test_callers()
{
	made_tree
	sh "$patch_parts/list_callers.sh" "$tree" vmap alloc patched >"$scratch/callers" ||
		complain "status $?"
	cat >"$scratch/wanted" <<-'END_FILE'
	for,symbol,file,line,text
	alloc,DMA_HEAP_IOCTL_ALLOC,include/uapi/linux/dma-heap.h,2,"by user space"
	vmap,dma_buf_vmap,drivers/gpu/a.c,15,"in first: y = dma_buf_vmap(x, ""dma_buf_vmap()"");"
	vmap,dma_buf_vmap_unlocked,drivers/gpu/a.c,22,"in first: return dma_buf_vmap_unlocked(x);"
	patched,patched,drivers/dma-buf/dma-buf.c,4,"in f: patched(2);"
	patched,patched,drivers/gpu/a.c,26,"in table: .patched = patched,"
	patched,patched,mm/b.c,6,"in module_init: module_init(patched);"
	END_FILE
	diff "$scratch/wanted" "$scratch/callers" || complain 'other callers'
	expect_status 3 sh "$patch_parts/list_callers.sh" "$tree/none" vmap
	expect_status 3 sh "$patch_parts/list_callers.sh" "$tree"
	expect_status 3 sh "$patch_parts/list_callers.sh" "$tree" 'a b'
}
