# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# scripts/patch.sh with patches to the system heap of 7.3: what it refuses, at which step,
# and what it says of one that changes nothing and of one that does. The patches are made
# here from the kernel's source.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

: "${test_dir:?}"
heap=drivers/dma-buf/heaps/system_heap.c
source_of_heap=${XDG_CACHE_HOME:-$HOME/.cache}/dmabuf-bench/source/7.3/tree/$heap

# make_patch NAME PROGRAM...: the diff that sed with PROGRAM makes of the heap
make_patch()
{
	patch=$scratch/$1.patch
	shift
	DBB_QUIET=1 "$test_dir/../vm/source.sh" 7.3 amd64 >/dev/null || fail 'no source of 7.3'
	mkdir -p "$scratch/tree/a/${heap%/*}" "$scratch/tree/b/${heap%/*}"
	cp "$source_of_heap" "$scratch/tree/a/$heap"
	sed "$@" "$source_of_heap" >"$scratch/tree/b/$heap"
	! (cd "$scratch/tree" && diff -u "a/$heap" "b/$heap") >"$patch" ||
		fail "sed $* changes nothing"
}

# try STATUS ARGUMENT...: patch.sh has to end with it; sets result to its folder.
try()
{
	wanted=$1
	shift
	status=0
	rm -rf "$scratch/results"
	DBB_QUIET=1 "$test_dir/../patch.sh" --out "$scratch/results" "$@" \
		>"$scratch/out" 2>"$scratch/err" || status=$?
	expect_equal "exit status of patch.sh $*" "$status" "$wanted"
	[ "$status" = "$wanted" ] || tail -n 5 "$scratch/err"
	result=$(find "$scratch/results" -mindepth 1 -maxdepth 1 -type d 2>/dev/null)
}

# expect_said PATTERN: on one line of standard error
expect_said()
{
	grep -q -e "$1" "$scratch/err" || {
		complain "nothing says '$1'"
		head -n 8 "$scratch/err"
	}
}

# expect_refused STEP PATTERN: by the patch, at that step, and nothing was measured.
expect_refused()
{
	try 1 "$patch"
	expect_said "$2"
	expect_said '^Nothing was measured'
	expect_equal 'the step that failed' \
		"$(sed -n 's/^\([a-z]*\),.*,failed,.*/\1/p' "$result/checks.csv" | uniq)" "$1"
	[ ! -e "$result/figures.csv" ] || complain 'there are figures'
}

# Another version of the kernel: a line of the context is another one.
test_applies()
{
	make_patch applies 's/vfree(pages);/kvfree(pages);/'
	sed -i 's/^ 	vaddr = vmap(.*/ 	vaddr = vmap(pages, 1);/' "$patch"
	expect_refused applies '^patch.sh: 01-applies.patch does not apply to linux-source-7.3 7'
	expect_said '^    Hunk #1 FAILED at'
}

test_style()
{
	make_patch style 's/^	vfree(pages);/        vfree(pages);/'
	expect_refused checkpatch '^    01-style.patch:[0-9]*: ERROR:CODE_INDENT: '
	try 3 --ignore
	try 3 --line 'vmap size=16M heap=fd' "$patch"
	expect_said "the arms are before, after and the kernel's own"
	try 3 "$scratch/tree/a/$heap"
	expect_said 'has no unified diff in it'
}

test_builds()
{
	make_patch compiles 's/^	vfree(pages);/	vfree(page);/'
	expect_refused builds "^    system_heap.c:[0-9]*:.*error: .*'page'"
	make_patch warns 's/^	struct sg_page_iter piter;/&\n	int unused;/'
	expect_refused builds "^    system_heap.c:[0-9]*:.*warning: unused variable 'unused'"
}

# Two pages change places where the kernel maps, and in a window of user space.
test_wrong_page()
{
	make_patch vmap 's/^	vaddr = vmap(pages, npages.*/	if (npages > 20)\n		swap(pages[18], pages[19]);\n\n&/'
	expect_refused pages 'other_views: .*kernel: page 18 holds'
	make_patch mmap 's/^\(		struct page \*page = sg_page(sg)\) + pgoff;/\1;/'
	expect_refused pages 'maps pages that are not those of the buffer'
}

test_leak()
{
	make_patch leak '/^	vfree(pages);/d'
	expect_refused leak 'vmap: 400 rounds of vmap leave memory behind: .*vmalloc_areas by 400'
}

# The array is freed, but not where vmap() fails.
test_failing()
{
	make_patch failing -e '/^	vfree(pages);/d' -e '/^	if (!vaddr)/,/^	return vaddr;/s/^	return vaddr;/	vfree(pages);\n&/'
	expect_refused failing 'vmap: .*vmalloc areas are left behind'
}

# small ARGUMENT...: with lines that take little time
small()
{
	try "$1" --line 'vmap size=16M' --line 'mmap size=16M' "$2"
}

# What changes no code is the same, and so not enough for a list; nothing of it is a target.
test_same()
{
	make_patch same 's/^ \* DMABUF System heap/ * DMA-BUF System heap/'
	small 1 "$patch"
	expect_equal 'verdicts' "$(awk -F , '$1 != "role" && $NF != "baseline" { print $1, $NF }' \
		"$result/figures.csv" | sort -u)" 'control same
worst same'
	grep -q '^same' "$result/verdict.txt" || complain "$(cat "$result/verdict.txt")"
	expect_equal 'changed functions' "$(sed -n 's/^functions=//p' "$result/how")" ''
}

# One percent more in one phase is found there and nowhere else; a second checkout gets
# the same figures.
test_slower()
{
	make_patch slower 's/^	prot = vma->vm_page_prot;/&\n	{\n		int turn;\n\n		for (turn = 0; turn < 9000; turn++)\n			barrier();\n	}/'
	small 1 "$patch"
	expect_equal 'what is not the same' "$(awk -F , '
		$1 ~ /target|control/ && $NF != "baseline" && $NF != "same" { print $1, $2, $3, $6, $NF }' \
		"$result/figures.csv" | tr '\n' ';')" \
		'target mmap mmap after slower;target mmap total after slower;'
	grep -q '^slower: with the patch mmap of 16 MiB' "$result/verdict.txt" ||
		complain "$(cat "$result/verdict.txt")"
	expect_equal 'touched' "$(sed -n 's/^touched=//p' "$result/how")" mmap
	expect_equal 'facts of the guest' "$(sed -n 's/^\(page_size_bytes\|module_srcversion\)=..*/\1/p' \
		"$result/how" | tr '\n' ' ')" 'page_size_bytes module_srcversion '
	for file in report.txt commit.txt cover.txt lkp.txt repro.sh callers.csv; do
		[ -s "$result/$file" ] || complain "no $file"
	done
}

# Our examples apply, and do to the machine code what they say.
test_examples()
{
	"$test_dir/../vm/source.sh" 7.3 amd64 >"$scratch/source" 2>/dev/null || fail 'no source'
	for patch in "$test_dir"/../patch/examples/*.patch; do
		(cd "$(cat "$scratch/source")" &&
			patch -p1 --dry-run --fuzz=0 --batch <"$patch" &&
			perl scripts/checkpatch.pl --terse --no-summary --ignore FILE_PATH_CHANGES \
				"$patch") >"$scratch/said" 2>&1 ||
			complain "${patch##*/}: $(tail -n 3 "$scratch/said")"
	done
}

# The functions of a patch to any file: one whose lines differ, one that loses a line, and
# not the one between them, nor a declaration.
test_functions()
{
	cat >"$scratch/old.c" <<-'END'
	int declared(int a);
	static int first(int a)
	{
	    return a;
	}

	static struct thing *
	between(int a)
	{
	    return declared(a);
	}
	EXPORT_SYMBOL(between);

	void last(int a,
	          int b)
	{
	    first(a);
	    between(b);
	}
	END
	sed 's/return a;/return -a;/; /^    between(b);/d' "$scratch/old.c" >"$scratch/new.c"
	expect_equal functions "$(diff -U0 "$scratch/old.c" "$scratch/new.c" |
		awk -f "$test_dir/../patch/enclosing.awk" - "$scratch/new.c" | tr '\n' ' ')" \
		'first last '
}
