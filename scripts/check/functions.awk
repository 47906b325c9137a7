# SPDX-License-Identifier: GPL-2.0
# Prints a line "FILE LINE NAME LINKAGE LENGTH" for each function defined in the
# C files given. LINKAGE is static or global; LENGTH is the number of lines
# between the braces.
#
# A function's braces stand alone in the first column, as kernel style has it;
# its head is what stands above the opening one, from the last line that starts
# in the first column.

function finish_head(   text)
{
	text = head
	gsub(/__[a-z_]+\([^()]*\)/, "", text)
	linkage = text ~ /(^|[ \t])static[ \t]/ ? "static" : "global"
	sub(/[ \t]*\(.*/, "", text)
	sub(/.*[ \t*]/, "", text)
	name = text
}

FNR == 1 {
	head = ""
	inside = 0
}

/^{$/ && head ~ /\(/ {
	finish_head()
	inside = 1
	begin = FNR
	next
}

/^}/ && inside {
	print FILENAME, begin, name, linkage, FNR - begin - 1
	inside = 0
	head = ""
	next
}

inside { next }

# A return type may have a line of its own.
/^[A-Za-z_]/ {
	head = head ~ /^[^();=]*$/ ? head " " $0 : $0
	next
}

/^[ \t]+[^ \t]/ {
	head = head " " $0
	next
}

{ head = "" }
