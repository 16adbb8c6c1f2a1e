package export

import (
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// excelTime returns the days since the end of 1899 in UTC. Excel has no times after 9999, and those before March 1900 are
// not the same in every program, because Excel's 1900 is a leap year.
func excelTime(t time.Time) (float64, bool) {
	t = t.UTC()
	if t.Year() > 9999 || t.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) {
		return 0, false
	}
	const epoch = -25569 // days from 1970 to 1899-12-30
	const day = 86400
	days, rest := t.Unix()/day, t.Unix()%day
	if rest < 0 {
		days, rest = days-1, rest+day
	}
	return float64(days-epoch) + (float64(rest)+float64(t.Nanosecond())/1e9)/day, true
}

// cutMark stands at the end of a text that is longer than a cell may be.
const cutMark = "… [cut]"

// appendExcelText appends text as a cell has it: what a workbook cannot hold is U+FFFD, and what is longer than a cell is
// cut, with a mark.
func appendExcelText[T string | []byte](b []byte, text T) []byte {
	if len(text) > maxCellUnits { // no more units than bytes
		if s := strings.ToValidUTF8(string(text), "\uFFFD"); unitsOf(s) > maxCellUnits {
			return appendXML(b, cutUnits(s, maxCellUnits-utf8.RuneCountInString(cutMark))+cutMark)
		}
	}
	return appendXML(b, text)
}

func unitsOf(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// appendXML appends text for XML, in an element or in quotes. What XML forbids becomes U+FFFD. The underscore of what Excel
// would read as the code of a character, such as _x0041_, becomes such a code itself.
func appendXML[T string | []byte](b []byte, text T) []byte {
	broken := false // the bytes before were no character either: one U+FFFD is for all
	for i := 0; i < len(text); {
		c := text[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(string(text[i:min(len(text), i+utf8.UTFMax)]))
			if r == 0xFFFE || r == 0xFFFF {
				r = utf8.RuneError
			}
			wrong := r == utf8.RuneError && n == 1
			if !wrong || !broken {
				b = utf8.AppendRune(b, r)
			}
			broken = wrong
			i += n
			continue
		}
		broken = false
		switch {
		case c == '&':
			b = append(b, "&amp;"...)
		case c == '<':
			b = append(b, "&lt;"...)
		case c == '>':
			b = append(b, "&gt;"...)
		case c == '"':
			b = append(b, "&quot;"...)
		case c == '\r':
			b = append(b, "&#13;"...) // which readers of XML leave as it is
		case c == '_' && isCode(text[i:]):
			b = append(b, "_x005F_"...)
		case c < ' ' && c != '\t' && c != '\n':
			b = append(b, "\uFFFD"...)
		default:
			b = append(b, c)
		}
		i++
	}
	return b
}

// isCode reports whether text begins with _x, four hexadecimal digits, and _.
func isCode[T string | []byte](text T) bool {
	if len(text) < 7 || text[1] != 'x' || text[6] != '_' {
		return false
	}
	for i := 2; i < 6; i++ {
		c := text[i] | 0x20
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
