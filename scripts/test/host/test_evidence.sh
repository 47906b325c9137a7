# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# What "make evidence" prints, of rows written here.
# shellcheck disable=SC2154 # test_dir and scratch come from run_tests.sh

header=kernel,arch,kind,name,per,size_bytes,vmaps,vmap_page_instructions
header=$header,fill_page_instructions,vmap_sg_instructions,saved_instructions,note

# table ROW...: prints it
table()
{
	printf '%s\n' "$header" "$@" >"$scratch/evidence.csv"
	awk -f "$test_dir/../evidence/evidence_table.awk" "$scratch/evidence.csv"
}

# A line holds the least and the most of all kernels; what is never in a frame has
# no cost, and what costs nothing is not counted as an importer that maps.
test_table()
{
	table 6.1,amd64,driver,cam,frame,4194304,1,200000,50000,160000,40000, \
		7.3,arm64,driver,cam,frame,4194304,1,300000,90000,220000,80000, \
		6.1,amd64,driver,still,frame,4194304,0,200000,50000,160000,0, \
		6.1,amd64,preset,clear,use,1048576,2,100000,20000,85000,30000, \
		6.1,amd64,control,none,frame,1048576,0,,,,0,'it never maps' \
		>"$scratch/table" || complain "status $?"
	expect_line '^cam  *frame  *4.00  *1  *200-300  *25-30  *40.0-80.0  *0.24-0.48$'
	expect_line '^still  *frame  *4.00  *0  *-  *-  *0.0  *0.00$'
	expect_line '^clear  *use  *1.00  *2  *100  *20  *30.0  *-$'
	expect_line '^1 map in each frame, not so: still.$'
	expect_line '^Filling the page array is 20-30 % of a vmap; .* at most 80.0 thousand$'
	expect_line '^instructions a frame (cam on 7.3 arm64), 0.48 % of 60 Hz at one a ns.$'
	expect_line '^Control: none imports and maps 0 times.$'
}

expect_line()
{
	grep -q -e "$1" "$scratch/table" || complain "no line '$1' in: $(cat "$scratch/table")"
}

# What a kernel does not have, or refuses, is said and not counted.
test_absent()
{
	table 6.1,amd64,driver,cam,,,,,,,,'EINVAL; no import' \
		7.3,amd64,driver,cam,frame,4194304,1,200000,50000,160000,40000, >"$scratch/table"
	expect_line '^cam  *frame  *4.00  *1  *200  *25  *40.0  *0.24$'
	expect_line '^cam: not on 6.1 amd64: EINVAL; no import$'
	table 7.3,amd64,control,none,frame,1048576,0.4,20000,5000,16000,1600, >"$scratch/table"
	expect_line '^Control: none imports and maps 0.4 times.$'
	! table >"$scratch/table" 2>&1 || complain 'a csv without rows makes a table'
}
