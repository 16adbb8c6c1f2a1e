package quantity

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Harmless returns a text from the run as it can be shown on one line anywhere: nothing in it moves a cursor, colours a
// terminal, breaks a line or turns the direction of what follows. White space becomes a space, what else cannot be seen
// U+FFFD.
func Harmless(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\u200c' || r == '\u200d': // joiners are part of scripts and emoji
			return r
		case unicode.IsSpace(r):
			return ' '
		case r < ' ' || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co):
			return '\uFFFD'
		}
		return r
	}, s)
}

// OneLine returns a text from the run on one line, of so many characters at most.
func OneLine(s string, limit int) string {
	if len(s) > 8*limit { // what is cut needs no look
		s = s[:8*limit]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
	}
	s = strings.Join(strings.Fields(Harmless(s)), " ")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}
