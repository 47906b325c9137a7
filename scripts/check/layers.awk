# SPDX-License-Identifier: GPL-2.0
# Says which includes break the rules about who may know of whom.
#
# usage: awk -f layers.awk INCLUDES, which is what includes.awk printed

function folder_of(path)
{
	return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : "."
}

# Returns the pattern of what a file may include of ours.
function allowed(from,   folder)
{
	folder = folder_of(from)
	if (from ~ /^heap\/compat\.[ch]$/)
		return "^heap/compat\\.h$"
	if (from ~ /^heap\//)
		return "^(heap|trace)/"
	if (from ~ /^trace\//)
		return "^trace/"
	if (from ~ /^bench\/op\//)
		return "^(bench/op/|bench/(arm|param|stop|clock|heaps)\\.h$|heap/(heap|compat)\\.h$)"
	if (from ~ /^bench\/stat\//)
		return "^bench/stat/"
	if (from ~ /^bench\/report\//)
		return "^(bench/report/|bench/result\\.h$|bench/stat/|heap/compat\\.h$)"
	if (from ~ /^bench\/selftest\//)
		return "^(bench/[^/]*$|bench/(op|stat|report|selftest)/|heap/(heap|compat)\\.h$|trace/)"
	if (from ~ /^bench\/user\//)
		return "^bench/user/"
	if (from ~ /^bench\/(main|files)\.c$/)
		return "^(bench/[^/]*$|bench/(op|stat|report|selftest)/|heap/(heap|compat)\\.h$|trace/)"
	if (folder == "bench")
		return "^(bench/[^/]*$|bench/(op|stat|report)/|heap/(heap|compat)\\.h$|trace/)"
	if (from ~ /^scripts\/test\/golden\//)
		return "^(scripts/test/|bench/stat/)"
	if (from ~ /^scripts\/test\/module\//)
		return "^heap/compat\\.h$"
	if (from ~ /^scripts\//)
		return "^(scripts/|bench/user/)"
	return "^$"
}

# Follows what an operation includes: a header in between hides nothing.
function follow(start, from,   n, i, to)
{
	n = split(next_of[from], to, " ")
	for (i = 1; i <= n; i++) {
		if ((start, to[i]) in seen)
			continue
		seen[start, to[i]] = 1
		if (to[i] ~ /^bench\/(run|rounds|worker|sample|result|status)\.h$/)
			print start ": reaches " to[i] " by way of " from \
				"; an operation must not know of the engine's run"
		follow(start, to[i])
	}
}

{ where = $1 ":" $2 ": " }

$3 == "?" {
	print where "includes what is neither a file of the tree nor <a header>"
	next
}

# Headers of the kernel: programs see what linux-libc-dev has of them.
$3 ~ /^</ {
	if ($1 ~ /^(bench\/user|scripts\/test)\// && $1 !~ /^scripts\/test\/(golden|module)\// &&
	    $3 ~ /^<(linux|asm|uapi|net|drm)\//) {
		header = substr($3, 2, length($3) - 2)
		path = (header ~ /^asm\// ? asm : "/usr/include") "/" header
		if ((getline line <path) < 0)
			print where "<" header "> is not a header for user programs"
		else
			close(path)
	}
	next
}

{
	next_of[$1] = next_of[$1] " " $3
	if ($3 !~ allowed($1))
		print where "must not include " $3
}

END {
	for (from in next_of)
		if (from ~ /^bench\/op\//)
			follow(from, from)
}
