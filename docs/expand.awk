# SPDX-License-Identifier: MIT
# awk -f docs/expand.awk request-options.mdoc PAGE: writes PAGE, a manual, with the sections in the place of its
# include lines. How the first file is written stands at its beginning.
BEGIN {
	command = ARGV[2]
	sub(/.*\//, "", command)
	sub(/\..*/, "", command)
}
FNR == NR && $1 == ".\\\"" && $2 == "section" {
	section = $3
	text[section] = ""
	wanted = 1
	next
}
FNR == NR && $1 == ".\\\"" && $2 == "for" {
	wanted = $3 == "all"
	for (i = 3; i <= NF; i++)
		wanted = wanted || $i == command
	next
}
FNR == NR {
	if (wanted)
		text[section] = text[section] $0 "\n"
	next
}
$1 == ".\\\"" && $2 == "include" {
	if (!($3 in text)) {
		print FILENAME ":" FNR ": no section " $3 >"/dev/stderr"
		exit 1
	}
	printf "%s", text[$3]
	next
}
{ print }
