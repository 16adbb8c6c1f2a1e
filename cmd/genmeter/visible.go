package main

import (
	"strconv"
	"strings"
	"unicode"
)

// visible is the text of an error as a terminal may have it: a shell's * brings names of files that anyone may have made. Its
// lines stay lines.
func visible(err error) string {
	var b strings.Builder
	for _, r := range err.Error() {
		switch {
		case r == '\n', r == '\t', unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRune(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}
