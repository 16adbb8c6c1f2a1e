package otlp

import (
	"bytes"
	"fmt"
	"strconv"
)

// scanner walks over a JSON text. After the first error, err, its methods do nothing.
type scanner struct {
	b     []byte
	i     int
	err   error
	stack []byte // of the arrays and objects that skip is in
}

// maxDepth is how deep arrays and objects may be nested. Messages between a model and its tools are deep, and OTLP adds
// four levels to each of theirs.
const maxDepth = 10_000

func (s *scanner) fail(expected string) {
	if s.err == nil {
		found := "the end"
		if s.i < len(s.b) {
			found = strconv.Quote(string(s.b[s.i:min(len(s.b), s.i+20)]))
		}
		s.err = fmt.Errorf("byte %d: found %s, expected %s", s.i+1, found, expected)
	}
}

// peek skips white space and returns the byte behind it, 0 at the end and after an error.
func (s *scanner) peek() byte {
	if s.err != nil {
		return 0
	}
	for ; s.i < len(s.b); s.i++ {
		if c := s.b[s.i]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}

// take reads one byte of punctuation.
func (s *scanner) take(c byte, expected string) bool {
	if s.peek() != c || s.i >= len(s.b) {
		s.fail(expected)
		return false
	}
	s.i++
	return s.err == nil
}

// object calls fn for each key of an object, with the scanner at the value, which fn must read. null is an empty object.
func (s *scanner) object(what string, fn func(key []byte)) {
	if s.null() || !s.take('{', what) {
		return
	}
	if s.peek() == '}' {
		s.i++
		return
	}
	for s.err == nil {
		if s.peek() != '"' {
			s.fail("a key in double quotes")
			return
		}
		key := s.text()
		if !s.take(':', "a colon") {
			return
		}
		if key.escaped {
			fn([]byte(key.Text()))
		} else {
			fn(key.text)
		}
		if s.peek() == ',' {
			s.i++
			continue
		}
		s.take('}', "a comma or a closing brace")
		return
	}
}

// array calls fn for each element of an array, with the scanner at it, which fn must read. null is an empty array.
func (s *scanner) array(what string, fn func()) {
	if s.null() || !s.take('[', what) {
		return
	}
	if s.peek() == ']' {
		s.i++
		return
	}
	for s.err == nil {
		fn()
		if s.peek() == ',' {
			s.i++
			continue
		}
		s.take(']', "a comma or a closing bracket")
		return
	}
}

// null reads null if it stands here.
func (s *scanner) null() bool {
	if s.peek() == 'n' && bytes.HasPrefix(s.b[s.i:], []byte("null")) {
		s.i += len("null")
		return true
	}
	return false
}

// text reads a string, which begins here.
func (s *scanner) text() Value {
	start := s.i + 1
	for end := start; ; end++ {
		n := bytes.IndexByte(s.b[end:], '"')
		if n < 0 {
			s.i = len(s.b)
			s.fail("the end of a string")
			return Value{}
		}
		end += n
		slashes := 0
		for end-slashes > start && s.b[end-slashes-1] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			text := s.b[start:end]
			s.i = end + 1
			return Value{kind: kindText, text: text, escaped: bytes.IndexByte(text, '\\') >= 0}
		}
	}
}

// scalar reads a string, number or boolean. Arrays and objects are passed over, null is no value.
func (s *scanner) scalar() Value {
	switch s.peek() {
	case '"':
		return s.text()
	case '{', '[':
		s.skip()
		return Value{kind: kindOther}
	}
	return s.literal()
}

// literal reads a number, true, false or null, and Python's NaN, Infinity and -Infinity.
func (s *scanner) literal() Value {
	start := s.i
	end := start
	for end < len(s.b) && !delimiter[s.b[end]] {
		end++
	}
	switch text := s.b[start:end]; {
	case string(text) == "null":
		s.i = end
		return Value{}
	case string(text) == "true", string(text) == "false":
		s.i = end
		return Value{kind: kindBool, n: int64(len("false") - len(text))}
	case isNumber(text):
		s.i = end
		return Value{kind: kindNumber, text: text}
	}
	s.fail("a JSON value")
	return Value{}
}

var delimiter = [256]bool{' ': true, '\n': true, '\t': true, '\r': true, ',': true, ':': true, ']': true, '}': true, '[': true, '{': true, '"': true}

func isNumber(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	switch string(text) {
	case "NaN", "Infinity", "-Infinity":
		return true
	}
	digit := false
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9':
			digit = true
		case c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E':
		default:
			return false
		}
	}
	return digit
}

// skip passes over any value. It takes no stack of its own, however deep the value is.
func (s *scanner) skip() {
	s.stack = s.stack[:0]
	for s.err == nil {
		switch c := s.peek(); c {
		case '{', '[':
			if len(s.stack) == maxDepth {
				s.fail(fmt.Sprintf("at most %d levels of arrays and objects", maxDepth))
				return
			}
			s.i++
			if next := s.peek(); next == c+2 { // in ASCII the closing one is two behind the opening one
				s.i++
				break
			}
			s.stack = append(s.stack, c)
			s.key(c)
			continue
		case '"':
			s.text()
		default:
			s.literal()
		}
		if s.closeAll() {
			return
		}
	}
}

// key reads a key and its colon where c opened an object.
func (s *scanner) key(c byte) {
	if c != '{' {
		return
	}
	if s.peek() != '"' {
		s.fail("a key in double quotes")
		return
	}
	s.text()
	s.take(':', "a colon")
}

// closeAll reads what follows a value that was passed over, up to the next one; it returns true behind the outermost.
func (s *scanner) closeAll() bool {
	for s.err == nil && len(s.stack) > 0 {
		open := s.stack[len(s.stack)-1]
		switch s.peek() {
		case ',':
			s.i++
			s.key(open)
			return false
		case open + 2:
			s.i++
			s.stack = s.stack[:len(s.stack)-1]
		default:
			s.fail("a comma or the end of an array or object")
		}
	}
	return true
}
