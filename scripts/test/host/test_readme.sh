# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Topic: the commands that the READMEs print are run as printed. Blocks that begin
# with "```sh device" run in a guest, those with "```sh host" line by line here or
# by who readme_commands.list names.

: "${test_dir:?}"
: "${scratch:?}"
repo=$(cd "$test_dir/../.." && pwd)
commands=$test_dir/readme_commands.list
# the exporter's example needs the system heap of a kernel that has one
device_kernel=7.3

readmes()
{
	find "$repo" -name README.md ! -path '*/results/*' ! -path '*/.git/*' | sort
}

# host_commands: prints each line of the host's blocks
host_commands()
{
	# shellcheck disable=SC2016 # Markdown
	readmes | xargs awk '
		/^```/ { inside = $0 == "```sh host"; next }
		inside && NF { print }'
}

# Puts each block of a device into a file of its own, $1/001 ...
device_blocks()
{
	# shellcheck disable=SC2016 # Markdown
	readmes | xargs awk -v folder="$1" '
		/^```/ {
			inside = $0 == "```sh device"
			if (inside) {
				file = sprintf("%s/%03d", folder, ++n)
				print "# " substr(FILENAME, length(repo) + 1) >file
			}
			next
		}
		inside { print >file }' repo="$repo/"
}

# Each code block says where it runs, or that it is output.
test_blocks()
{
	readmes | while read -r file; do
		awk -v name="${file#"$repo"/}" '
			/^```/ {
				open = !open
				if (open && $0 !~ /^```(sh host|sh device|text)$/)
					print name ":" FNR ": block of no known kind: " $0
			}
			!open && /^(    |\t)[^ ]/ && last == "" {
				print name ":" FNR ": an indented block; fence it"
			}
			{ last = $0 }' "$file"
	done >"$scratch/blocks"
	[ ! -s "$scratch/blocks" ] || fail "$(cat "$scratch/blocks")"
}

# A host's command without somebody who runs it fails, and so does the reverse.
test_host_listed()
{
	host_commands | sort -u >"$scratch/printed"
	grep -v '^#' "$commands" | cut -f 2 | sort -u >"$scratch/listed"
	[ -s "$scratch/printed" ] || fail 'no command was found'
	comm -23 "$scratch/printed" "$scratch/listed" >"$scratch/unlisted"
	[ ! -s "$scratch/unlisted" ] ||
		complain "printed, but nobody runs it: $(cat "$scratch/unlisted")"
	comm -13 "$scratch/printed" "$scratch/listed" >"$scratch/unprinted"
	[ ! -s "$scratch/unprinted" ] ||
		complain "listed, but no README prints it: $(cat "$scratch/unprinted")"
	awk -F '\t' '$1 == "ci" { print $2 }' "$commands" | while read -r line; do
		grep -q -x -F "$line" "$repo/.ci/run" ||
			complain "not a line of .ci/run: $line"
	done
}

# The host's commands that are not a line of .ci/run, in a copy of the tree.
test_host_commands()
{
	mkdir "$scratch/tree"
	(cd "$repo" && git ls-files -z --cached --others --exclude-standard |
		xargs -0 cp --parents -t "$scratch/tree")
	awk -F '\t' '$1 == "here" { print $2 }' "$commands" >"$scratch/here"
	# a make that called us would hand on its own command line
	unset MAKEFLAGS MFLAGS MAKELEVEL
	while read -r line; do
		(cd "$scratch/tree" && sh -c "$line") </dev/null >"$scratch/log" 2>&1 ||
			complain "status $?: $line: $(tail -n 3 "$scratch/log")"
	done <"$scratch/here"
}

# Each device block in a guest, as printed, from the folder with the module.
test_device_commands()
{
	mkdir "$scratch/blocks.d"
	device_blocks "$scratch/blocks.d"
	[ -e "$scratch/blocks.d/001" ] || fail 'no block was found'
	# shellcheck disable=SC2016 # for the guest
	"$test_dir/../vm/guest.sh" --quiet --kernel "$device_kernel" --arch amd64 \
		--out "$scratch/blocks.d" -- sh -c '
		bad=0
		for file in /out/[0-9][0-9][0-9]; do
			(cd /dbb && sh -e "$file") >/tmp/log 2>&1 || {
				echo "FAILED: $(head -n 1 "$file")"
				tail -n 4 /tmp/log
				bad=1
			}
			! grep -q "^dmabuf_bench " /proc/modules || rmmod dmabuf_bench
		done
		exit $bad' >"$scratch/said.guest" 2>&1 ||
		fail "$(head -n 20 "$scratch/said.guest")"
}
