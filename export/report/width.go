package report

import (
	"strings"
	"unicode"
)

// wide are the characters that a terminal shows in two columns: East Asian scripts and emoji.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1100, 0x115f, 1}, {0x231a, 0x231b, 1}, {0x23e9, 0x23ec, 1}, {0x25fd, 0x25fe, 1}, {0x2614, 0x2615, 1},
		{0x2648, 0x2653, 1}, {0x26aa, 0x26ab, 1}, {0x26bd, 0x26be, 1}, {0x26c4, 0x26c5, 1}, {0x2705, 0x2705, 1},
		{0x270a, 0x270b, 1}, {0x2728, 0x2728, 1}, {0x274c, 0x274c, 1}, {0x2753, 0x2755, 1}, {0x2795, 0x2797, 1},
		{0x2b1b, 0x2b1c, 1}, {0x2b50, 0x2b50, 1}, {0x2e80, 0x303e, 1}, {0x3041, 0x33ff, 1}, {0x3400, 0x4dbf, 1},
		{0x4e00, 0x9fff, 1}, {0xa000, 0xa4cf, 1}, {0xa960, 0xa97f, 1}, {0xac00, 0xd7a3, 1}, {0xf900, 0xfaff, 1},
		{0xfe30, 0xfe6f, 1}, {0xff00, 0xff60, 1}, {0xffe0, 0xffe6, 1},
	},
	R32: []unicode.Range32{
		{0x16fe0, 0x18cff, 1}, {0x1b000, 0x1b2ff, 1}, {0x1f004, 0x1f004, 1}, {0x1f0cf, 0x1f0cf, 1}, {0x1f18e, 0x1f19a, 1},
		{0x1f200, 0x1f265, 1}, {0x1f300, 0x1f64f, 1}, {0x1f680, 0x1f6ff, 1}, {0x1f7e0, 0x1f7eb, 1}, {0x1f900, 0x1faff, 1},
		{0x20000, 0x3fffd, 1},
	},
}

func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// width returns how many columns of a terminal s takes.
func width(s string) (columns int) {
	for _, r := range s {
		columns += runeWidth(r)
	}
	return columns
}

// shorten returns s in so many columns at most: names of models differ at both ends, so their middle goes.
func shorten(s string, columns int) string {
	if width(s) <= columns {
		return s
	}
	runes := []rune(s)
	room := columns - 1
	head, tail := 0, len(runes)
	for used, front := 0, true; head < tail; front = !front {
		r := runes[head]
		if !front {
			r = runes[tail-1]
		}
		if used += runeWidth(r); used > room {
			break
		}
		if front {
			head++
		} else {
			tail--
		}
	}
	return string(runes[:head]) + "…" + string(runes[tail:])
}

// wrap breaks a text into lines of so many columns at most, at its spaces; a longer word is broken.
func wrap(s string, columns int) (lines []string) {
	line, used := "", 0
	flush := func() {
		if used > 0 {
			lines = append(lines, line)
		}
		line, used = "", 0
	}
	for _, word := range strings.Fields(s) {
		for n := width(word); ; n = width(word) {
			if used > 0 && used+1+n <= columns {
				line, used = line+" "+word, used+1+n
				break
			}
			flush()
			if n <= columns {
				line, used = word, n
				break
			}
			part := fit(word, columns)
			lines = append(lines, part)
			word = word[len(part):]
		}
	}
	flush()
	return lines
}

// fit returns as many characters of s as go into so many columns, one at least.
func fit(s string, columns int) string {
	used := 0
	for i, r := range s {
		if used += runeWidth(r); used > columns && i > 0 {
			return s[:i]
		}
	}
	return s
}
