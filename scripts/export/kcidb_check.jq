# SPDX-License-Identifier: GPL-2.0
# Says what KCIDB's schema 5.0 would refuse in the tests of a document: nothing else is
# exported. Prints a line for each fault.

def origin_id: type == "string" and test("^[a-z0-9_]+:[^\\x00]*$");

def statuses: ["FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP"];

def keys_known: ["build_id", "id", "origin", "environment", "path", "comment", "log_url",
	"log_excerpt", "status", "number", "start_time", "duration", "output_files", "misc"];

def number_faults:
	if type != "object" then "number is no object"
	else (if .value | type == "number" then empty else "number has no value" end),
	     (if has("unit") and (.unit | type != "string") then "unit is no text" else empty end),
	     (if has("prefix") and ([.prefix] - ["metric", "binary"] != []) then
		"prefix is \(.prefix), not metric or binary" else empty end),
	     (keys - ["value", "unit", "prefix"] | .[] | "number has a key \(.)") end;

def test_faults:
	(("id", "build_id") as $key | if .[$key] | origin_id then empty
		else "\($key) is \(.[$key]), not ORIGIN:TEXT" end),
	(if .origin | type == "string" and test("^[a-z0-9_]+$") then empty
		else "origin is \(.origin), not of [a-z0-9_]" end),
	(if .path | type == "string" and test("^([a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*)?$") then empty
		else "path is \(.path), not words of [a-zA-Z0-9_-] joined by dots" end),
	(if has("status") and ([.status] - statuses != []) then
		"status is \(.status), not one of \(statuses | join(" "))" else empty end),
	(if has("number") then .number | number_faults else empty end),
	(if has("start_time") and (.start_time | test(
		"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$") | not) then
		"start_time is \(.start_time), not as of RFC 3339" else empty end),
	(keys - keys_known | .[] | "a test has no key \(.)"),
	(if [.. | nulls] != [] then "something is null" else empty end);

(if .version == { major: 5, minor: 0 } then empty else "version is not 5.0" end),
(if .tests | type == "array" then .tests | to_entries[] | "tests[\(.key)]: " + (.value | test_faults)
	else "tests is no list" end),
(if .tests | type == "array" then [.tests[].id] | group_by(.)[] | select(length > 1)
	| "id \(.[0]) is there \(length) times" else empty end)
