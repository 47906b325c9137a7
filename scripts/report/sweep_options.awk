# SPDX-License-Identifier: GPL-2.0
# Prints the options of sweep.sh that lead to a csv of it, with the iterations and keys
# that it names.
# usage: awk -F , -f sweep_options.awk CSV

/^# iterations=/ { iterations = substr($0, 14) }

/^# keys=/ { keys = substr($0, 8) }

/^#/ { next }

$1 == "run" {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}

$at["phase"] != "" {
	add("ops", $at["op"], " ")
	add("sizes", $at["size_bytes"] / 1024 "k", " ")
	add("orders", $at["orders"], " ")
	add("of " $at["op"], $at["strategy"], ",")
}

END {
	n = split(list["ops"], op, " ")
	for (i = 1; i <= n; i++)
		add("strategies", op[i] ":" list["of " op[i]], " ")
	printf " --ops \"%s\" --sizes \"%s\" --orders \"%s\" --strategies \"%s\" --iterations %s%s\n", \
		list["ops"], list["sizes"], list["orders"], list["strategies"], iterations, \
		keys == "" ? "" : " " keys
}

function add(what, word, separator)
{
	if ((what, word) in seen)
		return
	seen[what, word] = 1
	list[what] = list[what] (list[what] == "" ? "" : separator) word
}
