package export

import (
	"strings"
	"unicode/utf8"
)

// appendCell appends s as one cell of CSV by RFC 4180: quoted where it holds a comma, a quote or a line break, quotes
// doubled. What is not UTF-8 becomes U+FFFD. Unless raw, a text that a spreadsheet would take for a formula gets an
// apostrophe before it (see [WithRawText]). Numbers and times are not for it: they need no quotes, and -1 is no formula.
func appendCell(dst []byte, s string, raw bool) []byte {
	quoted, wide := false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == ',' || c == '"' || c == '\n' || c == '\r':
			quoted = true
		case c >= utf8.RuneSelf:
			wide = true
		}
	}
	if wide {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	guard := !raw && formulaLike(s)
	if quoted {
		dst = append(dst, '"')
	}
	if guard {
		dst = append(dst, '\'')
	}
	if !quoted {
		return append(dst, s...)
	}
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			return append(append(dst, s...), '"')
		}
		dst = append(append(dst, s[:i]...), '"', '"')
		s = s[i+1:]
	}
}

// formulaLike reports whether a spreadsheet would take s for a formula, or would if the apostrophes at its start were not
// there. Some spreadsheets drop spaces and line feeds before they look, and take the full-width signs of East Asian
// keyboards too. A cell for which it says true has one apostrophe more than its text, so that a reader can take it off.
func formulaLike(s string) bool {
	if s == "" {
		return false
	}
	if c := s[0]; 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' { // nearly every text
		return false
	}
	s = strings.TrimLeft(s, "' \n")
	for _, start := range [...]string{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}
