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

# What dmabuf_probe leaves is read by jq, compare.sh and plot.sh, and says the same.
test_probe()
{
	need jq:jq mlr:miller
	mkdir -p "$scratch/formats"
	"$test_dir/../vm/guest.sh" --quiet --kernel "$kernel" --arch "$arch" --mem 1G \
		--out "$scratch/formats" -- sh -c '
			insmod dmabuf_bench.ko &&
			for run in old new; do
				bench/user/dmabuf_probe --size 2M --rounds 8 --seconds 100000 --out /out/$run || exit
			done' >"$scratch/formats/said" 2>&1 ||
		fail "$(tail -n 5 "$scratch/formats/said")"
	cd "$scratch/formats/new" || fail 'no results'
	jq -r '.rows[] | [.[] | if . == null then "" else tostring end] | join(",")' \
		probe.json >json.loose || fail 'jq does not read probe.json'
	grep -v '^#' probe.csv | mlr --icsv --ocsv --headerless-csv-output cat >csv.cells ||
		complain 'mlr does not read probe.csv'
	# jq prints 1.000 as 1, and large numbers in its own way, in older versions
	awk -F , -v OFS=, '{ for (i = 22; i <= 24; i++) if ($i != "") $i = sprintf("%.3f", $i); print }' \
		json.loose >json.normal
	cmp csv.cells json.normal || complain 'csv and JSON differ'
	expect_equal 'sources in JSON' "$(jq -r '[.sources[].source // "none"] | join(" ")' \
		probe.json)" "$(sed -n 's/^# source=\([^ ]*\) .*/\1/p' probe.csv | tr '\n' ' ' |
		sed 's/ $//')"
	sh "$test_dir/../compare.sh" ../old . >"$scratch/compared"
	[ $? != 3 ] || complain "compare.sh does not read it: $(head -n 3 "$scratch/compared")"
	grep -q 'copy_out *exporter *bench_system' "$scratch/compared" ||
		complain 'compare.sh has no copy_out'
	sh "$test_dir/../compare.sh" . . >"$scratch/compared"
	expect_equal 'regressed against itself' \
		"$(sed -n 's/^\([0-9]*\) regressed.*/\1/p' "$scratch/compared")" 0
	sh "$test_dir/../plot.sh" sizes-bench_system.csv "$scratch/plots" >"$scratch/plotted" ||
		complain "plot.sh does not read it: $(tail -n 3 "$scratch/plotted")"
	[ -s "$scratch/plots/cost-touch-mmap.svg" ] || complain 'plot.sh draws no costs'
}
