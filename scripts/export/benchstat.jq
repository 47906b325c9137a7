# SPDX-License-Identifier: GPL-2.0
# A run's samples in the text of Go benchmarks, for benchstat: a line for each round.
# Input: one run of results.json. Argument: $samples, a list of one: the rows of its
# samples.csv, or [].
# What may differ between files that are compared is a comment: benchstat makes a table
# for each value of a key.

def word: tostring | gsub("[[:space:]]"; "_");

def name($row): "Benchmark" + ($row.op[:1] | ascii_upcase) + $row.op[1:]
	+ ([["size_bytes", $row.size_bytes], ["phase", $row.phase], ["heap", $row.heap],
	    (if ($row.threads // 1) == 1 then empty else ["threads", $row.threads] end),
	    ["strategy", $row.strategy]]
	   | map("/" + .[0] + "=" + (.[1] | word)) | add);

def median: sort | (.[(length - 1) / 2 | floor] + .[length / 2 | floor]) / 2;

# A round of several threads is one figure, that of the median thread.
def rounds($unit): group_by(.round | tonumber)
	| map({ buffer: (.[0].buffer // "0"), raw: (map(.[$unit] | tonumber) | median) });

# What the engine subtracted for the clock shows in the two medians, as in compare.R.
def net($row; $unit): ($row.batch // 1) as $batch
	| (group_by(.buffer) | map(map(.raw) | median) | median / $batch - $row["p50_" + $unit])
	  as $offset
	| .[] | .raw / $batch - $offset;

def line($row; $calls; $value; $unit): "\(name($row))\t\($calls)\t\($value) \($unit)/op";

# In samples.csv the unit of an icount guest still is ns.
def unit_of: if . == [] then "" else .[0] | keys_unsorted
	| first(.[] | select(. == "ns" or . == "cycles" or . == "instructions")) end;

$samples[0] as $all | ($all | unit_of) as $raw_unit | .unit as $unit
| (.environment | to_entries[] | "# \(.key)=\(.value)"),
  (if $unit == "ns" then empty else "Unit \($unit)/op better=lower" end),
  ( .rows as $rows | ([$rows[].phase] | unique | length) as $phases
  | range($rows | length) as $i | $rows[$i] as $row
  | select($row["p50_" + $unit] != null)
  | [$all[] | select((.arm | tonumber) == ($i / $phases | floor) and .phase == $row.phase)]
  | if . == [] then line($row; $row.iterations; $row["p50_" + $unit]; $unit)
    else rounds($raw_unit) | net($row; $unit) as $value
	| line($row; $row.batch // 1; $value; $unit) end )
