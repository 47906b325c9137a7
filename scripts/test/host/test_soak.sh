# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What soak.sh makes of its samples: a leak is seen, and noise and steps are not one.

: "${test_dir:?}" "${scratch:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# samples N EXPRESSION [COLUMN]: N samples of 100 runs, in which the column, kmalloc_kb if
# none is named, has EXPRESSION of the sample's number n more than noise of 20 kB, and other
# memory has noise of 300 kB and a step in the middle.
samples()
{
	awk -v count="$1" -v column="${3:-kmalloc_kb}" '
		function noise(width) { state = (state * 1103515245 + 12345) % 2147483648
			return int(state / 65536) % width }
		BEGIN { state = 7
			names = "sample,seconds,runs,free_kb,slab_kb,unreclaimable_kb,kmalloc_kb"
			names = names ",vmalloc_kb,percpu_kb,tables_kb,stacks_kb,buffers,bytes,dmabufs"
			print names
			fields = split(names, name, ",")
			for (n = 1; n <= count; n++) {
				printf "%d,%d,%d", n, n * 60, n * 100
				for (i = 4; i <= fields; i++) {
					value = i == 4 ? 500000 - noise(300) : i < 12 ? 9000 + noise(20) : 0
					if (i == 9 && n > count / 2)
						value += 900
					if (name[i] == column)
						value += '"$2"'
					printf ",%d", value
				}
				print ""
			}
		}' </dev/null >"$scratch/soak.csv"
}

judge()
{
	expect_status "$1" awk -f "$test_dir/soak/soak_flat.awk" "$scratch/soak.csv"
}

# Noise and a step that comes once are no leak, however long the soak.
test_flat()
{
	for count in 12 30 200; do
		samples $count 0
		judge 0
	done
}

# 64 bytes a run in 30 samples, and a page in each 20 runs, which only free memory shows.
test_leak()
{
	samples 30 'n * 100 * 64 / 1024'
	judge 1
	expect_output '^kmalloc_kb.*NOT FLAT'
	samples 120 '-n * 100 / 20 * 4' free_kb
	judge 1
	expect_output '^free_kb.*NOT FLAT'
}

# A buffer that is alive when nothing should be is one, even in one sample.
test_alive()
{
	samples 30 'n == 20' dmabufs
	judge 1
	expect_output 'sample 20: dmabufs=1'
}

# So few samples say nothing.
test_short()
{
	samples 7 'n * 1000'
	judge 2
	samples 0 0
	judge 2
}
