# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
# shellcheck disable=SC2154 # what it shares with the other parts of report.sh
# From what was measured to the mail: a folder as patch.sh leaves one, whose report
# step then says the same of strategies as it says of patches. Sourced by report.sh.

# make_mail SUBJECT: sets mail to such a folder about SUBJECT, a folder of runs or the
# csv of a sweep, with the sweeps of the same kernel.
make_mail()
{
	subject=$1
	mails=$((mails + 1))
	mail=$scratch/mail-$mails
	mkdir "$mail" || exit 3
	subject_files "$subject" >"$mail/files"
	first_csv=$(head -n 1 "$mail/files")
	release=$(env_of kernel "$first_csv")
	unit=$(unit_of "$subject" "$first_csv")
	while read -r sweep; do
		[ "$sweep" = "$subject" ] || [ "$(env_of kernel "$sweep")" != "$release" ] ||
			[ "$(unit_of "$sweep" "$sweep")" != "$unit" ] ||
			printf '%s\n' "$sweep" >>"$mail/files"
	done <"$scratch/sweeps"
	tr '\n' '\0' <"$mail/files" |
		xargs -0 awk -v unit="$unit" -v after="$after" -v facts="$mail/facts" \
			-f "$parts/report_read.awk" -f "$parts/mail_rows.awk" >"$mail/figures.csv" ||
		die "$subject cannot be read"
	[ -z "$after" ] || [ -n "$(last_of after "$mail/facts")" ] ||
		die "--after '$after': no run of $subject compares it with a baseline; it has" \
			"$(last_of arms "$mail/facts")"
	write_checks >"$mail/checks.csv"
	write_callers >"$mail/callers.csv"
	write_facts >"$mail/how"
}

write_checks()
{
	echo step,subject,outcome,text
	[ -z "$failing" ] ||
		printf 'failing,,ok,"%s"\n' "$(printf '%s' "$failing" | tr '\n' ' ' | sed 's/"/""/g')"
}

# Of the ops that the strategies change.
write_callers()
{
	echo for,symbol,file,line,text
	[ -n "$tree" ] || return 0
	ops=$(sed -n 's/^target,\([^,]* \)\{0,1\}\([a-z]*\),.*/\2/p' "$mail/figures.csv" |
		sed 's/^\(array\|vtouch\|replay\)$/vmap/; s/^touch$/mmap/' | sort -u)
	[ -n "$ops" ] || return 0
	# shellcheck disable=SC2086 # a list of words
	sh "$here/patch/list_callers.sh" "$tree" $ops | sed 1d
}

# What the conditions and the texts are made of; keys that patch.sh has mean the same.
write_facts()
{
	cat "$mail/facts"
	echo "release=$release"
	for key in arch cpus preempt debug_options page_size_bytes module_srcversion; do
		echo "$key=$(env_of "$key" "$first_csv")"
	done
	echo "machine=$(machine_of "$subject" "$first_csv")"
	echo "governor=$(governor_of "$subject" "$first_csv")"
	# those of a sweep are in another line
	for key in cpu verify; do
		echo "$key=$(env_of '\(params\|keys\)' "$first_csv" |
			sed -n "s/.*\(^\| \)$key=\([^ ]*\).*/\2/p")"
	done
	echo "unfit=$(unfit_for_list)"
	echo "source=$(name_tree)"
	echo "seen=$(seen_by_user)"
	echo "command=$(command_of "$subject")"
}

# name_tree: the version of --tree; a path says nothing to a reader
name_tree()
{
	[ -n "$tree" ] || return 0
	version=$(sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\) = //p' "$tree/Makefile" 2>/dev/null |
		paste -s -d . -)
	echo "${version:+Linux $version}" | grep . || basename "$tree"
}

# Why nobody should believe such figures.
unfit_for_list()
{
	incomplete=$(last_of incomplete "$mail/facts")
	if [ -n "$incomplete" ]; then
		echo "a run of $incomplete was stopped before its end: run it again"
	elif [ "$unit" = ns ] && env_of virtualised "$first_csv" | grep -q '^TCG'; then
		echo 'times of an emulated CPU say nothing about a device:' \
			'measure on one, or count instructions'
	fi
}

# --seen, else what callers.sh recorded on a device of the calls that are measured
seen_by_user()
{
	if [ -n "$seen" ]; then
		printf '%s\n' "$seen" | tr '\n' ' ' | sed 's/ *$//'
		return
	fi
	while read -r folder; do
		! last_of machine "$folder/recording.txt" |
			grep -q -E 'QEMU|Standard PC|dummy-virt' || continue
		awk -v ops="$(cut -d , -f 1,2 "$mail/figures.csv" | sed -n 's/^target,//p' |
			sort -u | tr '\n' ' ')" \
			-v machine="$(last_of machine "$folder/recording.txt")" \
			-f "$parts/calls_seen.awk" "$folder/callers.csv"
	done <"$scratch/callers" | head -n 1
}

# tell FORMAT: of $mail, as patch_report.sh prints it; its exit status
tell()
{
	sh "$here/patch/patch_report.sh" --print --words "$parts/report_words.awk" "$mail" "$1"
}

tell_patch()
{
	sh "$here/patch/patch_report.sh" --print "$1" "$2"
}

# note_status STATUS: of several the one that says least for a list
note_status()
{
	case $1 in
	0 | "$status") ;;
	3) exit 3 ;;
	2) status=2 ;;
	*) [ "$status" = 2 ] || status=1 ;;
	esac
}

# What --text prints.
print_text()
{
	status=0 blank=
	while read -r folder; do
		separate
		code=0
		tell_patch "$folder" mail || code=$?
		note_status "$code"
	done <"$scratch/patches"
	while read -r subject; do
		make_mail "$subject"
		separate
		code=0
		tell mail || code=$?
		note_status "$code"
	done <"$scratch/subjects"
	compare_folders
	[ ! -s "$scratch/comparisons" ] || {
		separate
		print_comparisons
	}
	[ -s "$scratch/patches" ] || [ -s "$scratch/subjects" ] ||
		die 'nothing that was measured: give a folder of bench.sh, sweep.sh or patch.sh'
	return "$status"
}

# between two mails
separate()
{
	[ -z "$blank" ] || printf '\n-- \n\n'
	blank=1
}
