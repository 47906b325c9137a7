# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# The output formats, read by the programs that people read them with.
# shellcheck disable=SC2154 # kernel and arch come from run_tests.sh
# shellcheck disable=SC2016 # programs for awk, jq and mlr

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"

# Leaves the files of one run in $scratch/formats.
fetch_results()
{
	mkdir -p "$scratch/formats"
	# shellcheck disable=SC2016 # for the guest
	"$test_dir/../vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" --mem 1G \
		--out "$scratch/formats" -- sh -c '
			insmod dmabuf_bench.ko &&
			cd /sys/kernel/debug/dmabuf_bench &&
			echo "vmap size=4M iterations=25" >bench/run &&
			cp bench/results bench/results.* bench/samples.csv selftest /out &&
			cd / && rmmod dmabuf_bench' >"$scratch/formats/said" 2>&1 ||
		fail "$(tail -n 5 "$scratch/formats/said")"
}

# Installs what is missing, as the VM tools do.
need()
{
	missing=
	for program; do
		command -v "${program%:*}" >/dev/null || missing="$missing ${program#*:}"
	done
	[ -z "$missing" ] || {
		echo "installing$missing to read the output formats" >&2
		# shellcheck disable=SC2086 # a list
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			$missing >/dev/null 2>&1 || skip "$missing"
	}
}

# jq, Miller and a reader of tables find the same cells in csv, JSON, Markdown
# and the text of Go benchmarks.
test_same_numbers()
{
	need jq:jq mlr:miller
	fetch_results
	cd "$scratch/formats" || fail 'no results'
	mlr --icsv --ojson --pass-comments-with '# ' cat results.csv >/dev/null ||
		complain 'mlr does not read results.csv'
	grep -v '^#' results.csv >rows.csv
	mlr --icsv --ocsv --headerless-csv-output cat rows.csv >csv.cells
	jq -r '.rows[] | [.[] | if . == null then "" else tostring end] | join(",")' \
		results.json >json.loose || complain 'jq does not read results.json'
	# jq prints 1.000 as 1 in older versions: compare numbers as numbers
	normal='{ for (i = 1; i <= NF; i++) if ($i ~ /^-?[0-9]+\.[0-9]+$/) $i = sprintf("%.3f", $i); print }'
	awk -F , -v OFS=, "$normal" csv.cells >csv.normal
	awk -F , -v OFS=, '{ for (i = 22; i <= 24; i++) if ($i != "") $i = sprintf("%.3f", $i); print }' \
		json.loose >json.normal
	cmp csv.normal json.normal || complain 'csv and JSON differ'
	sed -n 's/^| \(.*\) |$/\1/p' results.md | sed '1d; s/ *| */,/g' >md.cells
	cmp csv.cells md.cells || complain 'csv and Markdown differ'
	mlr --icsv --onidx --ofs , put -q 'for (k, v in $*) { if (v != "" && k != "op" &&
		k != "phase" && k != "strategy" && k != "heap" && k != "verdict" && k != "mw" &&
		k != "flags") { print v . " " . k } }' rows.csv >csv.metrics
	grep '^Benchmark' results.bench | cut -f 4- | tr '\t' '\n' >go.metrics
	cmp csv.metrics go.metrics || complain 'csv and the Go benchmark text differ'
	expect_equal 'rows' "$(wc -l <csv.cells)" 12
	expect_equal 'p50 as ns/op' "$(sed -n 's|^Benchmarkvmap/phase=vmap/strategy=sg/.*	25	\([0-9]*\) ns/op.*|\1|p' \
		results.bench)" "$(mlr --icsv --onidx filter '$phase == "vmap" && $strategy == "sg"' \
		'then' cut -f p50_ns rows.csv)"
}

# The environment is complete in each of them.
test_environment()
{
	need jq:jq
	[ -e "$scratch/formats/results.json" ] || fetch_results
	cd "$scratch/formats" || fail 'no results'
	for key in kernel arch page_size_bytes preempt cpus clocksource pat governor \
		virtualised debug_options disturbed_by module_version module_srcversion boot_id \
		module_loaded_ms params; do
		value=$(jq -r ".environment.$key" results.json)
		[ "$value" != null ] || complain "no $key in results.json"
		grep -q -x -F "# $key=$value" results.csv || complain "no $key=$value in results.csv"
		grep -q -x -F -- "- $key: \`$value\`" results.md || complain "no $key in results.md"
		grep -q -x -F "$key: $value" results.bench || complain "no $key in results.bench"
	done
}

# A consumer of TAP reads the self-test and the tests' own output.
test_tap()
{
	need prove:perl
	[ -e "$scratch/formats/selftest" ] || fetch_results
	printf 'cat "%s"\n' "$scratch/formats/selftest" >"$scratch/selftest.t"
	prove -e sh "$scratch/selftest.t" >"$scratch/prove" 2>&1 ||
		complain "prove: $(tail -n 3 "$scratch/prove")"
}
