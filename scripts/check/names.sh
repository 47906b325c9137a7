# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# Where files belong and what they and their functions are called. Sourced by
# scripts/check.sh, in the tree that it looks at.
# shellcheck disable=SC2016 # awk's dollars
# shellcheck disable=SC2154 # files, scratch, tree and parts are check.sh's

top_level='Makefile Kbuild heap bench trace scripts README.md LICENSE'
top_dotfiles='.ci .gitignore .editorconfig .clang-format'

check_top_level()
{
	for name in $top_level; do
		[ -e "$name" ] || echo "$name: missing at the top level"
	done
	sed 's|/.*||' "$files" | sort -u | while read -r name; do
		case " $top_level $top_dotfiles " in
		*" $name "*) ;;
		*) echo "$name: does not belong at the top level;" \
			"accepted: $top_level $top_dotfiles" ;;
		esac
	done
}

# The headers that stand in for the kernel's in the golden tests have the names
# of those; a baseline, a kept result and a list belong to their folder.
check_base_names()
{
	grep -v '^scripts/test/golden/linux/\|\(^\|/\)\(README\.md\|Makefile\)$' "$files" |
		grep -v '\.\(csv\|json\|txt\|svg\|log\|md\)$' | awk -F / '
		$NF in first {
			print $0 ": has the name of " first[$NF]
			next
		}
		{ first[$NF] = $0 }'
}

# What a person runs, and so says how.
check_commands()
{
	pick '^scripts/[^/]*$' <"$files" | while read -r file; do
		case $file in
		scripts/README.md) continue ;;
		*.sh) ;;
		*)
			echo "$file: is no script that a person runs;" \
				"parts of scripts live in a folder"
			continue ;;
		esac
		[ -x "$file" ] || echo "$file: cannot be executed"
		timeout 20 sh "$file" --help </dev/null >"$scratch/help" 2>&1 &&
			grep -q '^usage: ' "$scratch/help" ||
			echo "$file: --help prints no line 'usage: ...' with status 0"
	done
}

# Folders that no person opens for themselves.
no_readme='.ci scripts/test/golden scripts/test/golden/linux scripts/test/guest
	scripts/test/host scripts/test/module scripts/test/program scripts/test/fail
	scripts/test/fuzz scripts/test/soak scripts/host'

check_readmes()
{
	sed -n 's|/[^/]*$||p' "$files" | sort -u | while read -r folder; do
		case " $(echo "$no_readme" | tr -s '\n\t' '  ') " in
		*" $folder "*) continue ;;
		esac
		# Data is explained by the folder above.
		case $folder in
		*/results | */results/* | */list | */data | */data/*) continue ;;
		esac
		[ -f "$folder/README.md" ] || echo "$folder: has no README.md"
	done
	[ ! -f README.md ] || [ "$(wc -l <README.md)" -le 150 ] ||
		echo "README.md: $(wc -l <README.md) lines; 150 are accepted"
}

# Tables, code and lines that hold a link stay whole.
check_prose()
{
	pick '\.md$' <"$files" | xargs -r -d '\n' awk -v max=100 '
		FNR == 1 { code = 0 }
		/^ *```/ { code = !code }
		!code && length($0) > max && !/^ *\|/ && !/^    / && !/https?:/ {
			print FILENAME ":" FNR ": " length($0) " characters; " max " are accepted"
		}'
}

# dbb_<file>_<verb>, with the file that defines it; a file that is all of a
# folder's say may take the folder's name as well.
check_functions()
{
	list_functions | awk '
	$4 == "global" {
		n = split($1, part, "/")
		file = part[n]
		sub(/\..*/, "", file)
		if ($3 == "dbb_" file || index($3, "dbb_" file "_") == 1 ||
		    $3 == "dbb_" part[n - 1] "_" file)
			next
		if (file == "init" && $3 ~ "^dbb_" part[n - 1] "_(init|exit)$")
			next
		print $1 ":" $2 ": " $3 "() is not called dbb_" file "_<verb>"
	}'
}

# A seed is that of a random sequence and nothing else.
check_words()
{
	grep -v '\.\(csv\|json\|svg\|txt\|log\)$' "$files" |
		grep -v '^scripts/check/\|^scripts/test/host/test_gate\.sh$' |
		xargs -r -d '\n' awk '
		/[Ss][Ee][Ee][Dd]/ {
			line = tolower($0)
			if (line ~ /(^|[^a-z_])seeds?([^a-z_]|$)/ && !reviewed(line))
				print FILENAME ":" FNR ": a seed is one of random numbers: " $0
		}
		# The knob, the member, the option; else what is said of it.
		function reviewed(line) {
			gsub(/bench\/seed|seed=|--?seed|[.>]seed|set\.seed|"seed"|u(32|64) seed|unsigned int seed|&seed|milliseconds seed|verify seed|_number\(seed|is called seed|\.\*seed/, "", line)
			if (line !~ /(^|[^a-z_])seeds?([^a-z_]|$)/)
				return 1
			return line ~ /random|order|draw|xorshift|prng|\$seed|for seed in|@seed|seed \^?=|seed \?|seed >>|seeds apart/
		}'
}

# Packages come from where the machine takes its own from.
reviewed_hosts='[a-z.]*kernel\.org|[a-z.]*debian\.org|[a-z.]*gnu\.org|www\.w3\.org|patch\.msgid\.link'

check_hosts()
{
	grep -v '^LICENSE$' "$files" |
		xargs -r -d '\n' grep -n -H -o -I -E '(https?|ftp)://[A-Za-z0-9.-]+' |
		grep -v -E "://($reviewed_hosts)\$" | sed 's/$/  <- not a reviewed host/' || :
}

# Figures in a README are written from results that the tree keeps.
check_figures()
{
	found=
	for script in scripts/figures/check*.sh; do
		[ -f "$script" ] || continue
		found=1
		sh "$script" >"$scratch/figures" 2>&1 && continue
		cat "$scratch/figures"
		echo "$script: a figure of a README differs from its source"
	done
	[ -n "$found" ] || echo 'scripts/figures: has no script that checks the figures'
}
