# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Topic: the formats of labs, of a kept folder of results. The readers are others', Debian's
# lava-common and benchcmp, and jq; each is shown to refuse what it should.
# shellcheck disable=SC2016 # programs for jq

: "${test_dir:?}"
# shellcheck source-path=SCRIPTDIR source=../case.sh
. "$test_dir/case.sh"
# shellcheck source-path=SCRIPTDIR source=../../host/packages.sh
. "$test_dir/../host/packages.sh"

lab=$test_dir/../lab
kept=$test_dir/data/labs

# need TOOL...: those of packages.sh
need_tools()
{
	for tool; do
		"need_$tool" 2>"$scratch/needed" || skip "$(tail -n 1 "$scratch/needed")"
	done
}

# export_to FILE ARGUMENT...
export_to()
{
	to=$1
	shift
	need_tools jq miller
	"$test_dir/../export.sh" "$@" >"$to" 2>"$scratch/export.err" ||
		fail "export.sh $*: $(tail -n 2 "$scratch/export.err")"
}

# refuse_export WORD ARGUMENT...: status 3, nothing printed, WORD in the reason
refuse_export()
{
	word=$1
	shift
	"$test_dir/../export.sh" "$@" >"$scratch/refused" 2>"$scratch/export.err"
	expect_equal "status of export.sh $*" $? 3
	[ ! -s "$scratch/refused" ] || complain "export.sh $* prints something"
	grep -q -e "$word" "$scratch/export.err" || complain "no '$word': $(head -n 1 "$scratch/export.err")"
}

# Every cell of each csv and every line of its environment is in results.json.
test_json()
{
	export_to "$scratch/results.json" --format json "$kept"
	expect_equal 'runs' "$(jq '.[0].runs | length' "$scratch/results.json")" \
		"$(find "$kept" -name '*.csv' ! -name '*.samples.csv' | count_lines)"
	number=0
	for csv in "$kept"/*.csv; do
		[ "${csv%.samples.csv}" = "$csv" ] || continue
		run=".[0].runs[$number]"
		number=$((number + 1))
		expect_equal file "$(jq -r "$run.file" "$scratch/results.json")" "${csv##*/}"
		# numbers as numbers: 1.000 is 1
		awk -F , -v OFS=, '/^#/ { next } header++ {
			for (i = 1; i <= NF; i++)
				if ($i ~ /^-?[0-9.]+$/)
					$i = sprintf("%.3f", $i)
			print }' "$csv" >"$scratch/csv.cells"
		jq -r "$run.rows[] | [.[] | if . == null then \"\" else tostring end] | join(\",\")" \
			"$scratch/results.json" | awk -F , -v OFS=, '{
			for (i = 1; i <= NF; i++)
				if ($i ~ /^-?[0-9.]+$/)
					$i = sprintf("%.3f", $i)
			print }' >"$scratch/json.cells"
		cmp "$scratch/csv.cells" "$scratch/json.cells" || complain "${csv##*/}: other cells"
		sed -n 's/^# //p' "$csv" >"$scratch/csv.keys"
		jq -r "$run.environment | to_entries[] | .key + \"=\" + .value" \
			"$scratch/results.json" >"$scratch/json.keys"
		cmp "$scratch/csv.keys" "$scratch/json.keys" || complain "${csv##*/}: other environment"
	done
	grep '^warning=' "$kept/environment.txt" | sed 's/^warning=//' >"$scratch/warnings"
	jq -r '.[0].sessions[].warnings[]' "$scratch/results.json" | cmp - "$scratch/warnings" ||
		complain 'other warnings'
	expect_equal machines "$(jq -r '.[0].sessions[].machine' "$scratch/results.json")" \
		"$(sed -n 's/^machine=//p' "$kept/environment.txt")"
}

# In a guest that counts instructions no figure is called ns, and no rate is given.
test_unit()
{
	cp -r "$kept" "$scratch/counted"
	sed -i '/^cmdline=/s/$/ dbb.accel=icount/' "$scratch/counted/environment.txt"
	export_to "$scratch/results.json" --format json "$scratch/counted"
	expect_equal unit "$(jq -r '[.[].runs[].unit] | unique | join(" ")' "$scratch/results.json")" \
		instructions
	expect_equal 'ns in keys' "$(jq -r '.[].runs[].rows[] | keys[] | select(test("_ns$|per_s"))' \
		"$scratch/results.json")" ''
	expect_equal medians "$(jq -c '[.[].runs[].rows[].p50_instructions]' "$scratch/results.json")" \
		"$("$test_dir/../export.sh" --format json "$kept" | jq -c '[.[].runs[].rows[].p50_ns]')"
	for format in lava lines benchstat kcidb; do
		export_to "$scratch/$format" --format $format --origin lab "$scratch/counted"
		! grep -v '^#' "$scratch/$format" | grep -E ' ns( |$|/)|"s"|B/s' >"$scratch/ns" ||
			complain "$format: $(head -n 1 "$scratch/ns")"
		grep -q instructions "$scratch/$format" || complain "$format has no instructions"
	done
	export_to "$scratch/named" --format lava --unit instructions "$kept"
	cmp "$scratch/lava" "$scratch/named" || complain '--unit says something else'
}

# lava_figures FILE: NAME RESULT VALUE UNIT of each command that tells a figure
lava_figures()
{
	sed -n 's/^lava-test-case \([^ ]*\) --result \([a-z]*\) --measurement \([^ ]*\) --units \([^ ]*\)$/\1 \2 \3 \4/p' "$1"
}

# LAVA's commands have names that it takes, each figure once in its set, with its unit;
# a run that was stopped is unknown.
test_lava_results()
{
	export_to "$scratch/lava" --format lava "$kept"
	expect_equal 'lines of another form' "$(grep -v -c -E \
		'^lava-test-set (start [-_a-zA-Z0-9.]+|stop)$|^lava-test-case [-_a-zA-Z0-9.]+ --result (pass|unknown)( --measurement -?[0-9.]+ --units (ns|ratio|B/s))?$' \
		"$scratch/lava")" 0
	expect_equal 'test sets' "$(grep -c '^lava-test-set start' "$scratch/lava")" \
		"$(find "$kept" -name '*.csv' ! -name '*.samples.csv' | count_lines)"
	expect_equal 'sets that end' "$(grep -c '^lava-test-set stop' "$scratch/lava")" \
		"$(grep -c '^lava-test-set start' "$scratch/lava")"
	expect_equal 'named twice in a set' "$(awk '
		$2 == "start" { set = $3 } /^lava-test-case/ && seen[set, $2]++' "$scratch/lava")" ''
	for csv in "$kept"/*.csv; do
		[ "${csv%.samples.csv}" = "$csv" ] || continue
		name=${csv##*/}
		sed "0,/^lava-test-set start ${name%.csv}\$/d; /^lava-test-set stop/,\$d" \
			"$scratch/lava" >"$scratch/set"
		for figure in p50:p50_ns p50_hi:p50_hi_ns bytes_per_s:bytes_per_s; do
			expect_equal "${figure%:*} of $name" \
				"$(lava_figures "$scratch/set" | sed -n "s/.*\.${figure%:*} [a-z]* \([^ ]*\) .*/\1/p")" \
				"$(select_rows "${figure#*:}" <"$csv" | sed '/^$/d')"
		done
		expect_equal "speedups of $name" "$(lava_figures "$scratch/set" |
			sed -n 's/.*\.speedup [a-z]* \([^ ]*\) ratio$/\1/p')" \
			"$(grep -v ,baseline, "$csv" | select_rows speedup | sed '/^$/d')"
		case $(select_rows complete <"$csv" | sort -u) in
		0) expect_equal "results of $name" "$(sed -n 's/.*--result \([a-z]*\).*/\1/p' \
			"$scratch/set" | sort -u)" unknown ;;
		*) expect_equal "results of $name" "$(sed -n 's/.*--result \([a-z]*\).*/\1/p' \
			"$scratch/set" | sort -u)" pass ;;
		esac
	done
}

# In dash, busybox and mksh, where there are.
test_shells()
{
	sh "$lab/cells.sh" "$kept" >"$scratch/cells" || fail 'cells.sh failed'
	for shell in dash 'busybox sh' bash mksh; do
		command -v "${shell%% *}" >/dev/null || continue
		# shellcheck disable=SC2086 # words
		$shell "$lab/cells.sh" "$kept" | cmp - "$scratch/cells" || complain "$shell: other cells"
	done
}

# KCIDB's JSON has the same figures, what its schema requires, and ids of its own.
test_kcidb()
{
	export_to "$scratch/kcidb.json" --format kcidb --origin my_lab "$kept"
	export_to "$scratch/lava" --format lava "$kept"
	expect_equal 'faults' "$(jq -r -f "$test_dir/../export/kcidb_check.jq" "$scratch/kcidb.json")" ''
	jq -r '.tests[] | select(.number) | (.path | ltrimstr("dmabuf_bench.")) + " "
		+ (if .status == "DONE" then "pass" else "unknown" end) + " "
		+ (.number | if .unit == "s" then "\(.value * 1000000000) ns"
		   elif .unit then "\(.value) \(.unit)" else "\(.value) ratio" end)' \
		"$scratch/kcidb.json" | awk '{ $3 = sprintf("%.3f", $3); print }' >"$scratch/kcidb.figures"
	lava_figures "$scratch/lava" | awk '{ $3 = sprintf("%.3f", $3); print }' >"$scratch/lava.figures"
	cmp "$scratch/kcidb.figures" "$scratch/lava.figures" || complain 'KCIDB and LAVA differ'
	[ -s "$scratch/lava.figures" ] || complain 'no figures'
	expect_equal 'units and prefixes' "$(jq -r '.tests[].number | select(.) |
		"\(.unit) \(.prefix)"' "$scratch/kcidb.json" | sort -u | tr '\n' ,)" \
		'B/s metric,null null,s metric,'
	expect_equal build_id "$(jq -r '.tests[].build_id' "$scratch/kcidb.json" | sort -u)" \
		"my_lab:$(sed -n 's/^# kernel=//p' "$kept"/01-*[a-z].csv | head -n 1)-x86_64"
	export_to "$scratch/kcidb.json" --format kcidb --origin my_lab --build ci:42 "$kept"
	expect_equal 'build_id as given' "$(jq -r '.tests[].build_id' "$scratch/kcidb.json" | sort -u)" ci:42
}

# What KCIDB would refuse is found.
test_kcidb_refused()
{
	export_to "$scratch/all.json" --format kcidb --origin my_lab "$kept"
	jq '.tests |= .[:4]' "$scratch/all.json" >"$scratch/kcidb.json"
	while read -r word edit; do
		jq "$edit" "$scratch/kcidb.json" >"$scratch/broken.json" || fail "jq does not take $edit"
		jq -r -f "$test_dir/../export/kcidb_check.jq" "$scratch/broken.json" |
			grep -q -e "$word" || complain "no '$word' said of $edit"
	done <<-'END_EDITS'
	build_id del(.tests[0].build_id)
	build_id .tests[1].build_id = "42"
	origin del(.tests[0].origin)
	origin .tests[0].origin = "My Lab"
	path .tests[2].path = "a..b"
	path .tests[2].path = "vmap total"
	status .tests[3].status = "GOOD"
	value .tests[0].number.value = "12"
	prefix .tests[0].number.prefix = "decimal"
	key .tests[0].number.units = "s"
	key .tests[0].value = 1
	null .tests[0].comment = null
	time .tests[0].start_time = "yesterday"
	times .tests[0].id = .tests[1].id
	version .version.major = 4
	list del(.tests)
	END_EDITS
}

# Prints "NAME ROUNDS BATCH MIN MEDIAN MAX" of each row that has samples, from the csv.
sampled_rows()
{
	for samples in "$kept"/*.samples.csv; do
		awk -F , '/^#/ { next } !header++ { for (i = 1; i <= NF; i++) at[$i] = i; next }
		{
			op = $at["op"]
			threads = $at["threads"] > 1 ? "/threads=" $at["threads"] : ""
			printf "Benchmark%s%s/size_bytes=%s/phase=%s/heap=%s%s/strategy=%s %s %s %s %s %s\n",
				toupper(substr(op, 1, 1)), substr(op, 2), $at["size_bytes"],
				$at["phase"], $at["heap"], threads, $at["strategy"], $at["iterations"],
				$at["batch"], $at["min_ns"], $at["p50_ns"], $at["max_ns"]
		}' "${samples%.samples.csv}.csv"
	done | sort
}

# The same from the text of benchmarks.
benchmark_rows()
{
	grep ^Benchmark "$1" | tr '\t' ' ' | sort -k 1,1 -k 3,3n | awk '
		function show() {
			if (n)
				printf "%s %d %s %.1f %.1f %.1f\n", name, n, batch, x[1],
					(x[int((n + 1) / 2)] + x[int(n / 2) + 1]) / 2, x[n]
			n = 0
		}
		$1 != name { show(); name = $1; batch = $2 }
		{ x[++n] = $3 }
		END { show() }' | sort
}

# benchcmp reads a line for each round, which are as far apart as the csv says.
test_benchstat()
{
	need_tools benchcmp
	mkdir "$scratch/sampled"
	for samples in "$kept"/*.samples.csv; do
		cp "$samples" "${samples%.samples.csv}.csv" "$scratch/sampled"
	done
	export_to "$scratch/bench" --format benchstat "$scratch/sampled"
	sampled_rows >"$scratch/wanted"
	benchmark_rows "$scratch/bench" >"$scratch/rows"
	# the engine cuts fractions of a ns off
	join "$scratch/wanted" "$scratch/rows" | awk '
		function near(a, b) { return a - b <= 1 && b - a <= 1 }
		$2 != $7 || $3 != $8 || !near($4, $9) || !near($5, $10) || !near($6, $11) { print }' \
		>"$scratch/unlike"
	[ ! -s "$scratch/unlike" ] || complain "unlike the csv: $(head -n 1 "$scratch/unlike")"
	expect_equal names "$(cut -d ' ' -f 1 "$scratch/rows" | md5sum)" \
		"$(cut -d ' ' -f 1 "$scratch/wanted" | md5sum)"
	benchcmp -best "$scratch/bench" "$scratch/bench" >"$scratch/compared" 2>&1 ||
		complain "benchcmp: $(tail -n 1 "$scratch/compared")"
	expect_equal 'benchmarks that benchcmp read' "$(grep -c ^Benchmark "$scratch/compared")" \
		"$(count_lines <"$scratch/wanted")"
	sed 's/^Benchmark/benchmark/' "$scratch/bench" >"$scratch/broken"
	! benchcmp "$scratch/broken" "$scratch/broken" >"$scratch/compared" 2>&1 ||
		complain 'benchcmp takes lines without a name'
	sed 's|ns/op|ns|' "$scratch/bench" >"$scratch/broken"
	! benchcmp "$scratch/broken" "$scratch/broken" 2>&1 | grep -q ^Benchmark ||
		complain 'benchcmp takes lines without a unit'
}

# Without samples the medians are all there is.
test_benchstat_medians()
{
	cp -r "$kept" "$scratch/medians"
	rm "$scratch/medians/"*.samples.csv
	export_to "$scratch/bench" --format benchstat "$scratch/medians"
	expect_equal 'rounds and medians' "$(grep ^Benchmark "$scratch/bench" | cut -f 2- | tr '\t' ' ')" \
		"$(for csv in "$scratch/medians"/*.csv; do
			awk -F , '/^#/ { next } !header++ { for (i = 1; i <= NF; i++) at[$i] = i; next }
				$at["p50_ns"] != "" { print $at["iterations"], $at["p50_ns"], "ns/op" }' "$csv"
		done)"
}

# The grammar of Go's benchmark format, as far as benchcmp does not look.
test_benchstat_form()
{
	export_to "$scratch/bench" --format benchstat "$kept" "$kept"
	expect_equal 'lines of another form' "$(grep -v -c -E \
		'^#|^[a-z][^ A-Z]*: .|^Benchmark[A-Z][^[:space:]]*	[0-9]+	[0-9.]+ [^ ]+/op$' "$scratch/bench")" 0
	# benchstat makes a table for each value of a key: what differs may not be one
	expect_equal keys "$(grep -E '^[a-z]' "$scratch/bench")" 'pkg: dmabuf_bench'
}

# The form of dmabuf_heap_bench, with the mean as it has it.
test_lines()
{
	export_to "$scratch/lines" --format lines "$kept"
	expect_equal 'lines of another form' "$(grep -v -c -E \
		'^[^:]* heap, [^:]*: [a-z]+( [a-z]+)? [0-9]+ bytes [0-9]+ times in [0-9]+ ns 	 [0-9]+ ns/call$' \
		"$scratch/lines")" 0
	expect_equal means "$(sed 's/.*	 \([0-9]*\) ns.*/\1/' "$scratch/lines")" \
		"$(for csv in "$kept"/*.csv; do
			[ "${csv%.samples.csv}" != "$csv" ] || select_rows mean_ns <"$csv"
		done)"
	awk '{ for (i = 1; i <= NF; i++) if ($i == "times") n = $(i - 1); else if ($i == "in") t = $(i + 1)
		if (t != n * $(NF - 1)) print }' "$scratch/lines" >"$scratch/unequal"
	[ ! -s "$scratch/unequal" ] || complain "time is not calls x mean: $(head -n 1 "$scratch/unequal")"
}

# A refusal names the value, the reason and what is accepted.
test_refused()
{
	need_tools jq miller
	refuse_export accepted --format xml "$kept"
	refuse_export accepted "$kept"
	refuse_export 'no folder of results' --format json
	refuse_export 'needs a value' --format
	refuse_export 'needs --origin' --format kcidb "$kept"
	refuse_export accepted --format kcidb --origin 'My Lab' "$kept"
	refuse_export accepted --format kcidb --origin lab --build 42 "$kept"
	refuse_export accepted --format lava --unit 'ns;reboot' "$kept"
	mkdir "$scratch/empty"
	for format in json kcidb lava benchstat lines; do
		refuse_export 'NN-op.csv' --format $format --origin lab "$scratch/empty"
		refuse_export "$scratch/none" --format $format --origin lab "$scratch/none"
	done
	cp -r "$kept" "$scratch/broken"
	echo 'run,op' >"$scratch/broken/01-broken.csv"
	echo '1,vmap' >>"$scratch/broken/01-broken.csv"
	refuse_export 'no column p50' --format json "$scratch/broken"
	refuse_export 01-broken.csv --format lava "$scratch/broken"
	awk -F , -v OFS=, '/^[0-9]/ { $14 = "12;reboot" } { print }' "$kept/05-vmap.csv" \
		>"$scratch/broken/01-broken.csv"
	for format in json kcidb lava benchstat lines; do
		refuse_export 'p50.* is .*12;reboot.*no number' --format $format --origin lab "$scratch/broken"
	done
	echo '1,vmap,3' >>"$scratch/broken/01-broken.csv"
	refuse_export 01-broken.csv --format json "$scratch/broken"
}

# lava KIND FILE: does lava-common take it? Its reason is in $scratch/lava.said.
lava()
{
	/usr/bin/python3 - "$1" "$2" >"$scratch/lava.said" 2>&1 <<-'END_PYTHON'
	import sys, yaml
	from lava_common.schemas import validate
	from lava_common.schemas.test import testdef
	check = validate if sys.argv[1] == "job" else testdef.validate
	check(yaml.safe_load(open(sys.argv[2])))
	END_PYTHON
}

# lava_refuses WORD KIND FILE SED
lava_refuses()
{
	sed "$4" "$lab/$3" >"$scratch/$3"
	! cmp -s "$lab/$3" "$scratch/$3" || fail "sed '$4' changes nothing in $3"
	! lava "$2" "$scratch/$3" || complain "lava-common takes $3 after $4"
	grep -q -e "$1" "$scratch/lava.said" ||
		complain "$3 after $4: $(tail -n 1 "$scratch/lava.said")"
}

# lava-common takes the job templates and the test definition, and refuses broken ones.
test_lava_yaml()
{
	need_tools lava
	for file in lava_qemu.yaml lava_board.yaml; do
		lava job "$lab/$file" || complain "$file: $(tail -n 1 "$scratch/lava.said")"
		lava_refuses 'unknown action\|method' job $file 's/method: /method: no-/'
	done
	lava_refuses timeouts job lava_board.yaml '/^timeouts:/,/^actions:/{/^actions:/!d}'
	lava_refuses larger job lava_board.yaml 's/minutes: 40/minutes: 90/'
	lava_refuses 'not a valid value' job lava_qemu.yaml 's/name: dmabuf-bench$/name: dmabuf bench/'
	lava_refuses path job lava_qemu.yaml '/path: dmabuf_bench/d'
	lava definition "$lab/lava_test.yaml" ||
		complain "lava_test.yaml: $(tail -n 1 "$scratch/lava.said")"
	lava_refuses format definition lava_test.yaml 's/Definition 1.0/Definition 2.0/'
	lava_refuses name definition lava_test.yaml '/name: /d'
	lava_refuses steps definition lava_test.yaml 's/^  steps:/  step:/'
	# the archive of make kselftest-install has it where the jobs look for it
	for file in lava_qemu.yaml lava_board.yaml; do
		expect_equal "path in $file" "$(sed -n 's/^ *path: //p' "$lab/$file")" \
			dmabuf_bench/lava_test.yaml
	done
}
