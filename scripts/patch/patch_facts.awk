# SPDX-License-Identifier: GPL-2.0
# Reads a result of patch.sh, for the report: the variable "part" before each file says
# what it is. What the columns mean: README.md.

BEGIN {
	# of callers.csv in a text; the file has all
	most_callers = 20
	names[1] = "who calls it in the tree"
	names[2] = "what a user sees of it"
	names[3] = "the cause, as a cost a page or a chunk"
	names[4] = "before and after, with n, interval and conditions"
	names[5] = "a control that does not move"
	names[6] = "the worst case is not slower"
	names[7] = "the failing path"
	names[8] = "the command that repeats it"
	parts = 8
	unit = "instructions"
}

FNR == 1 {
	split("", column)
}

part == "how" {
	at = index($0, "=")
	how[substr($0, 1, at - 1)] = substr($0, at + 1)
	next
}

{ sub(/\r$/, "") }

FNR == 1 {
	fields = split_csv($0)
	for (i = 1; i <= fields; i++) {
		column[value[i]] = i
		if (value[i] ~ /^p50_[a-z]+$/)
			unit = substr(value[i], 5)
	}
	next
}

NF == 0 { next }

{ split_csv($0) }

part == "checks" {
	step[++checks] = get("step")
	subject[checks] = get("subject")
	outcome[checks] = get("outcome")
	said[checks] = get("text")
	if (outcome[checks] == "failed" && step[checks] != "failing" && !refused)
		refused = checks
}

part == "callers" {
	called_for[++callers] = get("for")
	symbol[callers] = get("symbol")
	place[callers] = get("file") (get("line") == "" ? "" : ":" get("line"))
	call[callers] = get("text")
}

# a phase that an arm does not have
part == "figures" && get("ratio") == "" { next }

part == "figures" {
	role[++rows] = get("role")
	op[rows] = get("op")
	phase[rows] = get("phase")
	orders[rows] = get("orders")
	size[rows] = get("size_bytes") + 0
	arm[rows] = get("arm")
	n[rows] = get("n")
	p50[rows] = get("p50_" unit) + 0
	p50_lo[rows] = get("p50_lo_" unit) + 0
	p50_hi[rows] = get("p50_hi_" unit) + 0
	ratio[rows] = get("ratio") + 0
	ratio_lo[rows] = get("ratio_lo") + 0
	ratio_hi[rows] = get("ratio_hi") + 0
	verdict[rows] = get("verdict")
	row_of[role[rows], op[rows], phase[rows], orders[rows], size[rows], arm[rows]] = rows
}

part == "slopes" {
	slope_op[++slopes] = get("op")
	slope_phase[slopes] = get("phase")
	slope_arm[slopes] = get("arm")
	slope_orders[slopes] = get("orders")
	for (i in column)
		if (i ~ /^(fixed|page|chunk)/)
			slope[slopes, i] = get(i)
	slope_from[slopes] = get("from_bytes") + 0
	slope_off[slopes] = get("off_percent") + 0
	slope_at[slopes] = get("at")
	slope_fits[slopes] = get("fits") + 0
}

function get(name)
{
	return name in column ? value[column[name]] : ""
}

# A field is text to awk: "+ 0" makes it a number.
# Into value[]; returns how many.
function split_csv(line,   count, field)
{
	split("", value)
	while (1) {
		if (match(line, /^"([^"]|"")*"/)) {
			field = substr(line, 2, RLENGTH - 2)
			gsub(/""/, "\"", field)
		} else {
			match(line, /^[^,]*/)
			field = substr(line, 1, RLENGTH)
		}
		line = substr(line, RLENGTH + 1)
		value[++count] = field
		if (substr(line, 1, 1) != ",")
			return count
		line = substr(line, 2)
	}
}

function fact(name)
{
	return how[name] == "" ? "unknown " name : how[name]
}

# The row of the same figure in another arm, or 0
function twin(row, other,   key)
{
	key = role[row] SUBSEP op[row] SUBSEP phase[row] SUBSEP orders[row] SUBSEP \
		size[row] SUBSEP other
	return key in row_of ? row_of[key] : 0
}

function is_same_cell(a, b)
{
	return role[a] == role[b] && op[a] == op[b] && orders[a] == orders[b] && size[a] == size[b]
}

function moved(row)
{
	return verdict[row] == "faster" || verdict[row] == "slower"
}

function size_name(bytes,   i, units)
{
	split("bytes KiB MiB GiB TiB", units, " ")
	for (i = 1; i < 5 && bytes >= 1024; i++)
		bytes /= 1024
	return sprintf("%.4g %s", bytes, units[i])
}

function ratio_text(x)
{
	return x ? sprintf(x < 10 ? ratio_form : "%.2f", x) : "-"
}

# "1.2800x (1.2774 to 1.2826) fewer instructions"
function change_text(row)
{
	if (verdict[row] == "slower" && ratio_lo[row] > 0)
		return ratio_text(1 / ratio[row]) "x (" ratio_text(1 / ratio_hi[row]) " to " \
			ratio_text(1 / ratio_lo[row]) ") " as_much()
	if (verdict[row] == "faster")
		return ratio_text(ratio[row]) "x (" ratio_text(ratio_lo[row]) " to " \
			ratio_text(ratio_hi[row]) ") " less()
	return as_much() ", before/after " interval_text(row)
}

function as_much()
{
	return unit == "instructions" ? "as many instructions" : \
		unit == "ns" ? "as much time" : "as many " unit
}

function less()
{
	return unit == "instructions" ? "fewer instructions" : unit == "ns" ? "less time" : \
		"fewer " unit
}

function unit_title()
{
	return unit == "ns" ? "Nanoseconds" : toupper(substr(unit, 1, 1)) substr(unit, 2)
}

# "1.0002 (0.9982 to 1.0022)"
function interval_text(row)
{
	if (!ratio_hi[row])
		return ratio_text(ratio[row]) " (no interval)"
	return ratio_text(ratio[row]) " (" ratio_text(ratio_lo[row]) " to " \
		ratio_text(ratio_hi[row]) ")"
}

# "vmap of 512 MiB, orders 0"
function cell_text(row)
{
	return op[row] " of " size_name(size[row]) \
		(orders[row] == "own" ? "" : ", orders " orders[row])
}

function join(list, more, separator)
{
	return list == "" ? more : list separator more
}
