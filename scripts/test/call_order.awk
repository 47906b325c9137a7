# SPDX-License-Identifier: GPL-2.0
# Of a trace with events NAME: ... resv=ADDRESS, prints for each buffer that was
# mapped what was done to it, in order and without repetitions; equal ones once. With
# of=mappings, only from the lock of its first vmap to that of its last vunmap.
# usage: awk [-v of=mappings] -f call_order.awk TRACE

{
	at = match($0, / [a-z_]+: \(/)
	if (!at)
		next
	name = substr($0, at + 1)
	sub(/:.*/, "", name)
	sub(/.* resv=/, "")
	sub(/[^0-9a-fx].*/, "")
	steps[$0, ++count[$0]] = name
	if (name == "vmap")
		mapped[$0] = 1
}

# Sets first and last to the steps that count.
function choose(buffer)
{
	first = 1
	last = count[buffer]
	if (of != "mappings")
		return
	while (steps[buffer, first + 1] != "vmap")
		first++
	while (last > first && steps[buffer, last - 1] != "vunmap")
		last--
}

# Whether the steps are those of the first period again and again.
function repeats(buffer, period,   i)
{
	if ((last - first + 1) % period)
		return 0
	for (i = first + period; i <= last; i++)
		if (steps[buffer, i] != steps[buffer, i - period])
			return 0
	return 1
}

END {
	for (buffer in mapped) {
		choose(buffer)
		for (period = 1; !repeats(buffer, period); period++)
			;
		text = steps[buffer, first]
		for (i = first + 1; i < first + period; i++)
			text = text " " steps[buffer, i]
		if (!(text in said))
			print text
		said[text] = 1
	}
}
