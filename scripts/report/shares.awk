# SPDX-License-Identifier: GPL-2.0
# What a total is made of, after report_read.awk.
#
# find_pieces(CELL) returns how many pieces it has, 0 where there is no total, and sets
#   arms, arm[], bar[arm]             p50 of the total
#   pieces, piece_name[]
#   piece[arm, piece]                 p50; the last one is what medians leave over

# Phases that are inside another one are pieces of their own, and that one what they
# leave of it. report_words of a phase:
BEGIN {
	inside["array"] = inside["fill"] = inside["map"] = "vmap"
}

function find_pieces(cell,   r, whole)
{
	arms = pieces = 0
	split("", piece)
	split("", bar)
	split("", piece_of)
	split("", arm_of)
	whole = cell_op[cell] == "replay" ? "frame" : "total"
	for (r = cell_first[cell]; r <= cell_last[cell]; r++)
		if (phase[r] == whole && p50[r] != "" && !(arm_name(r) in arm_of)) {
			arm[++arms] = arm_name(r)
			arm_of[arm[arms]] = arms
			bar[arms] = p50[r]
		}
	if (!arms)
		return 0
	for (r = cell_first[cell]; r <= cell_last[cell]; r++)
		if (phase[r] != whole && arm_name(r) in arm_of)
			add_piece(cell, r)
	take_insides()
	add_rest()
	return pieces
}

function add_piece(cell, r)
{
	if (!(phase[r] in piece_of)) {
		piece_name[++pieces] = phase[r]
		piece_of[phase[r]] = pieces
	}
	piece[arm_of[arm_name(r)], piece_of[phase[r]]] = p50[r]
}

# "vmap" without what is inside it
function take_insides(   p, a, outer)
{
	for (p = 1; p <= pieces; p++) {
		outer = inside[piece_name[p]]
		if (outer == "" || !(outer in piece_of))
			continue
		outer = piece_of[outer]
		for (a = 1; a <= arms; a++)
			piece[a, outer] -= piece[a, p]
		renamed[outer] = 1
	}
	for (p = 1; p <= pieces; p++)
		if (p in renamed)
			piece_name[p] = piece_name[p] ", the rest of it"
	split("", renamed)
}

function add_rest(   a, p, left, any)
{
	pieces++
	piece_name[pieces] = "rest"
	for (a = 1; a <= arms; a++) {
		left = bar[a]
		for (p = 1; p < pieces; p++)
			left -= piece[a, p]
		piece[a, pieces] = left > 0 ? left : 0
		if (left > 0.002 * bar[a])
			any = 1
	}
	if (!any)
		pieces--
}
