# SPDX-License-Identifier: GPL-2.0
# results.json as KCIDB's version 5.0: a test for each figure. Arguments: $origin, the CI
# system's name, and $build, the ID of the build that was tested, or "".

def element: tostring | gsub("[^a-zA-Z0-9_-]"; "_");

# date(1) has no colon in the zone, RFC 3339 has one
def date_time: sub("(?<hours>[+-][0-9]{2})(?<minutes>[0-9]{2})$"; "\(.hours):\(.minutes)");

def number($unit):
	if $unit == "ns" then { value: (. / 1000000000), unit: "s", prefix: "metric" }
	elif $unit == "ratio" then { value: . }
	else { value: ., unit: $unit, prefix: "metric" } end;

# A row's figures. A row without a median has one, without a value.
def figures($unit): . as $row
	| [ ("p50", "p50_lo", "p50_hi" | { name: ., column: "\(.)_\($unit)", unit: $unit }),
	    { name: "bytes_per_s", column: "bytes_per_s", unit: "B/s" },
	    (if $row.verdict == "baseline" then empty
	     else "speedup", "speedup_lo", "speedup_hi" | { name: ., column: ., unit: "ratio" } end) ]
	| map(. + { value: $row[.column] } | select(.name == "p50" or .value != null))[];

def path($row; $figure): ["dmabuf_bench", $row.op, $row.size_bytes, $row.phase, $row.heap,
	$row.strategy, $figure] | map(element) | join(".");

# The same for each export of the same results, and no other's.
def id($directory; $run; $row; $path): $origin + ":" + ([$run.environment.boot_id // $directory,
	$run.environment.module_loaded_ms, $run.file, $row.run, $path]
	| map(select(. != null) | tostring) | join("/"));

def build($run): if $build != "" then $build
	else $origin + ":" + ([$run.environment.kernel, $run.environment.arch] | map(tostring) | join("-")) end;

def test($directory; $session; $run; $row; $figure):
	path($row; $figure.name) as $path
	| { build_id: build($run), id: id($directory; $run; $row; $path), origin: $origin, path: $path,
	    status: (if $row.complete == 1 and $figure.value != null then "DONE" else "ERROR" end),
	    environment: ({ misc: $run.environment }
		+ if $session.machine then { comment: $session.machine } else {} end) }
	+ (if $session.date then { start_time: ($session.date | date_time) } else {} end)
	+ (if $figure.value != null then { number: ($figure.value | number($figure.unit)) } else {} end);

{ version: { major: 5, minor: 0 },
  tests: [.[] | .directory as $directory | (.sessions[-1] // {}) as $session | .runs[] | . as $run
	| .rows[] | . as $row | figures($run.unit)
	| test($directory; $session; $run; $row; .)] }
