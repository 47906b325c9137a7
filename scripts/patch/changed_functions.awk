# SPDX-License-Identifier: GPL-2.0
# Which functions of an object file differ from those of another one, and which
# operations of a dma-buf they are part of.
# usage: awk -f changed_functions.awk OLD NEW SOURCE, with the output of
# "objdump -d -r --no-show-raw-insn --no-addresses" of both and the new C source. Prints
# "function NAME" and "op NAME" lines. An operation is part of those that it calls in
# this file.

# What the compiler numbers anew in each file
function plain(line)
{
	gsub(/\.[0-9]+/, "", line)
	gsub(/[ \t]+/, " ", line)
	return line
}

FNR == 1 {
	part++
	name = ""
}

part < 3 && /^<.*>:$/ {
	name = substr($0, 2, length($0) - 3)
	sub(/\..*/, "", name)
	known[name] = 1
	next
}

/^Disassembly of section/ { name = "" }

part < 3 && name != "" && NF {
	body[part, name] = body[part, name] plain($0) "\n"
	if (match($0, /<[a-zA-Z_][a-zA-Z0-9_]*/))
		calls[name] = calls[name] " " substr($0, RSTART + 1, RLENGTH - 1)
	next
}

# The initialisers of tables of operations, such as ".mmap = system_heap_mmap,"
part == 3 && /^(static )?(const )?(static )?(const )?struct [a-z_]+_(ops|operations|struct) .*= \{/ {
	table = $0 ~ /vm_operations_struct/ ? "vm" : $0 ~ /dma_buf_ops/ ? "dma_buf" : \
		$0 ~ /dma_heap_ops/ ? "heap" : ""
	next
}
part == 3 && /^}/ { table = "" }
part == 3 && table != "" && /^[ \t]*\.[a-z_]+[ \t]*=/ {
	member = $1
	sub(/^\./, "", member)
	sub(/=.*/, "", member)
	value = $NF
	sub(/.*=/, "", value)
	sub(/,.*/, "", value)
	if (table == "vm")
		op = "mmap"
	else if (member ~ /^(mmap|vmap|vunmap)$/)
		op = member == "mmap" ? "mmap" : "vmap"
	else if (member ~ /^(attach|detach|map_dma_buf|unmap_dma_buf|pin|unpin)$/)
		op = "attach"
	else if (member ~ /_cpu_access/)
		op = "sync"
	else if (member ~ /^(allocate|release)$/)
		op = "alloc"
	else
		next
	entries[op] = entries[op] " " value
}

function reaches_change(from, seen,   n, i, to)
{
	if (seen[from]++)
		return 0
	if (from in changed) {
		reached[from] = 1
		return 1
	}
	n = split(calls[from], to, " ")
	for (i = 1; i <= n; i++)
		if ((to[i] in known) && reaches_change(to[i], seen))
			return 1
	return 0
}

function mark_reached(from, seen,   n, i, to)
{
	if (seen[from]++)
		return
	if (from in changed)
		reached[from] = 1
	n = split(calls[from], to, " ")
	for (i = 1; i <= n; i++)
		if (to[i] in known)
			mark_reached(to[i], seen)
}

END {
	for (name in known)
		if (body[1, name] != body[2, name]) {
			changed[name] = 1
			print "function " name
		}
	for (op in entries) {
		n = split(entries[op], entry, " ")
		for (i = 1; i <= n; i++) {
			split("", seen)
			if (reaches_change(entry[i], seen))
				touched[op] = 1
			split("", seen)
			mark_reached(entry[i], seen)
		}
	}
	# what no operation calls may be part of any
	for (name in changed)
		if (!(name in reached))
			for (op in entries)
				touched[op] = 1
	for (op in touched)
		print "op " op
}
