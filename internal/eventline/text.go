package eventline

import (
	"unicode/utf16"
	"unicode/utf8"
)

// text is a string of a line as it stands between its quotes.
type text struct {
	raw     []byte
	escaped bool // has a backslash
	wide    bool // has a byte beyond ASCII, so may be invalid UTF-8
}

// plain says which bytes stand for themselves in a string: ASCII without quote, backslash and controls.
var plain = func() (t [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// text reads a string.
func (s *scanner) text() (t text, ok bool) {
	if s.i >= len(s.b) || s.b[s.i] != '"' {
		return t, s.fail("a string in double quotes")
	}
	b, i := s.b, s.i+1
	start := i
	for {
		for i < len(b) && plain[b[i]] {
			i++
		}
		if i >= len(b) {
			s.i = i
			return t, s.fail("a closing double quote")
		}
		switch c := b[i]; {
		case c == '"':
			t.raw, s.i = b[start:i], i+1
			return t, true
		case c == '\\':
			t.escaped = true
			n := escapeLen(b[i:])
			if n == 0 {
				if s.i = i; len(b)-i < 6 { // too short to tell a bad escape from one that is cut off
					s.i = len(b)
				}
				return t, s.fail("an escape sequence of JSON")
			}
			i += n
		case c >= utf8.RuneSelf:
			t.wide = true
			i++
		default:
			s.i = i
			return t, s.fail("no control character in a string")
		}
	}
}

// escapeLen returns the length of the escape sequence at the start of b, 0 when it is none.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if hex4(b[2:]) >= 0 {
			return 6
		}
	}
	return 0
}

// hex4 returns the value of four hexadecimal digits, -1 when there are not four.
func hex4(b []byte) rune {
	if len(b) < 4 {
		return -1
	}
	var r rune
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// bytes returns the text that t stands for: escapes undone, each byte that is not UTF-8 replaced by U+FFFD, as
// encoding/json has it. The result is t's own memory when there was nothing to do, else it is appended to buf.
func (t text) bytes(buf []byte) []byte {
	if !t.escaped && (!t.wide || utf8.Valid(t.raw)) {
		return t.raw
	}
	for b := t.raw; len(b) > 0; {
		switch {
		case b[0] == '\\':
			var n int
			buf, n = appendUnescaped(buf, b)
			b = b[n:]
		case b[0] < utf8.RuneSelf:
			buf, b = append(buf, b[0]), b[1:]
		default:
			r, n := utf8.DecodeRune(b)
			buf, b = utf8.AppendRune(buf, r), b[n:]
		}
	}
	return buf
}

// appendUnescaped appends what the escape sequence at the start of b stands for and returns its length.
func appendUnescaped(buf, b []byte) ([]byte, int) {
	switch b[1] {
	case 'b':
		return append(buf, '\b'), 2
	case 'f':
		return append(buf, '\f'), 2
	case 'n':
		return append(buf, '\n'), 2
	case 'r':
		return append(buf, '\r'), 2
	case 't':
		return append(buf, '\t'), 2
	case 'u':
		r := hex4(b[2:])
		if !utf16.IsSurrogate(r) {
			return utf8.AppendRune(buf, r), 6
		}
		if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' {
			if pair := utf16.DecodeRune(r, hex4(b[8:])); pair != utf8.RuneError {
				return utf8.AppendRune(buf, pair), 12
			}
		}
		return utf8.AppendRune(buf, utf8.RuneError), 6
	default: // quote, backslash, slash
		return append(buf, b[1]), 2
	}
}
