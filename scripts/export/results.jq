# SPDX-License-Identifier: GPL-2.0
# A results folder as one object. Input: null. Arguments: $directory its name, $files the
# names of its csv files, $texts their text, $tables their rows as Miller reads them, $log
# the text of environment.txt, $unit what its ns are when they are something else.

def words: ["op", "phase", "strategy", "heap", "verdict", "mw", "flags"];

def pairs($prefix): [splits("\n") | select(startswith($prefix)) | ltrimstr($prefix)
	| capture("^(?<key>[^=]+)=(?<value>.*)$")];

def environment: pairs("# ") | from_entries;

# environment.txt has a block for each time that the folder was used.
def sessions: reduce pairs("")[] as $pair ([];
	(if $pair.key == "date" or length == 0 then . + [{ warnings: [] }] else . end)
	| if $pair.key == "warning" then .[-1].warnings += [$pair.value]
	  else .[-1][$pair.key] = $pair.value end);

def unit_of_columns: [keys_unsorted[] | capture("^p50_(?<unit>[a-z]+)$").unit
	| select(. != "lo" and . != "hi")]
	| if . == [] then error("there is no column p50_ns") else .[0] end;

# An empty cell is a figure that does not exist.
def typed: with_entries(if .key as $key | words | index($key) then .
	elif .value == "" then .value = null
	else . as $cell | .value = (try (.value | tonumber)
		catch error("\($cell.key) is \($cell.value), which is no number")) end);

# Bytes a second of what is no time would say nothing.
def in_unit($from; $to): if $from == $to then .
	else with_entries(.key |= sub("_" + $from + "$"; "_" + $to)) | del(.bytes_per_s) end;

def run($text; $rows; $unit):
	($rows[0] | unit_of_columns) as $columns_unit
	| (if $columns_unit == "ns" and $unit != "" then $unit else $columns_unit end) as $real
	| { unit: $real, environment: ($text | environment),
	    rows: [$rows[] | typed | in_unit($columns_unit; $real)] };

{ directory: $directory, sessions: ($log | sessions),
  runs: [range($files | length) as $i | { file: $files[$i] } + run($texts[$i]; $tables[$i]; $unit)] }
