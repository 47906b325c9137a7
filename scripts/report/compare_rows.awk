# SPDX-License-Identifier: GPL-2.0
# The table of compare.sh as csv; its lines below the table go to -v notes=FILE.

$1 == "op" {
	columns = NF
	if (!header++) {
		gsub(/ +/, ",")
		sub(/old_p50_[a-z]+/, "old_p50")
		sub(/new_p50_[a-z]+/, "new_p50")
		print
	}
	next
}

/^$/ { columns = 0 }

columns && NF == columns {
	gsub(/ +/, ",")
	print
	next
}

/[^ ]/ { print >notes }
