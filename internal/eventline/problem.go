package eventline

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Problem tells of something on a line that could not be taken: one value (Key names it, the rest of the event stands)
// when it comes from [Decoder.Problems], or the whole line when it comes as an error.
type Problem struct {
	Key      string // the key of the value, "scores.coherence" inside an object; empty when it is about the line
	Reason   string // one of monitor's Reason… constants
	Found    string // what stands there, cut short, quoted and free of control characters
	Expected string // what would have been taken
	Offset   int    // bytes from the start of the line
	AtEnd    bool   // the line ends too early, as the last line of a killed program does
}

// Error returns a sentence that can be put behind a file name and a line number.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	return b.String() + "found " + p.Found + ", expected " + p.Expected
}

// quoteMax is how much of a value or line an error shows.
const quoteMax = 48

// Quote returns text cut short at a character and quoted, as error messages show what they found: in double quotes with control
// characters and invalid UTF-8 escaped, or as it stands in backquotes where escapes would only hide it, as those of JSON's
// own quotes do.
func Quote(text []byte) string {
	if len(text) <= quoteMax {
		return quote(text)
	}
	cut := quoteMax
	for cut > quoteMax-utf8.UTFMax && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return quote(text[:cut]) + "…"
}

func quote(text []byte) string {
	if bytes.ContainsAny(text, `"\\`) && bytes.IndexByte(text, '`') < 0 && printed(text) {
		return "`" + string(text) + "`"
	}
	return strconv.Quote(string(text))
}

// printed reports whether every character of text shows, and as nothing else.
func printed(text []byte) bool {
	return utf8.Valid(text) && bytes.IndexFunc(text, func(r rune) bool { return !strconv.IsPrint(r) }) < 0
}
