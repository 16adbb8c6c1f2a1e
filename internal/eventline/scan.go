package eventline

// MaxDepth is how deep arrays and objects may be nested on a line.
const MaxDepth = 64

// scanner walks over one JSON text. Its methods leave i behind what they have read and return false when it is not
// there, with i where it should have been and want saying what. Afterwards the scanner is of no more use.
type scanner struct {
	b    []byte
	i    int
	want string
}

func (s *scanner) fail(want string) bool {
	s.want = want
	return false
}

// space skips white space and returns the byte behind it, 0 at the end.
func (s *scanner) space() byte {
	for s.i < len(s.b) {
		c := s.b[s.i]
		if c > ' ' || c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c
		}
		s.i++
	}
	return 0
}

// take reads one byte of punctuation, and white space before it.
func (s *scanner) take(c byte, want string) bool {
	if s.space() != c || s.i >= len(s.b) {
		return s.fail(want)
	}
	s.i++
	return true
}

// first and next walk over an object: first reads the opening brace, next reads up to a key's value and returns the
// key; more is false behind the last one.
func (s *scanner) first() bool { return s.take('{', "a JSON object") }

func (s *scanner) next(start bool) (key text, more, ok bool) {
	c := s.space()
	switch {
	case c == '}':
		s.i++
		return text{}, false, true
	case start:
	case c == ',':
		s.i++
		c = s.space()
	default:
		return text{}, false, s.fail("a comma or a closing brace")
	}
	if c != '"' {
		return text{}, false, s.fail("a key in double quotes")
	}
	if key, ok = s.text(); !ok || !s.take(':', "a colon") {
		return text{}, false, s.orFail("a colon")
	}
	s.space()
	return key, true, true
}

func (s *scanner) orFail(want string) bool {
	if s.want == "" {
		s.want = want
	}
	return false
}

// end checks that nothing follows.
func (s *scanner) end() bool {
	if s.space(); s.i < len(s.b) {
		return s.fail("the end of the line")
	}
	return true
}

// skip reads any value and returns its text.
func (s *scanner) skip() (raw []byte, ok bool) {
	start := s.i
	if !s.value(0) {
		return nil, false
	}
	return s.b[start:s.i], true
}

func (s *scanner) value(depth int) bool {
	switch c := s.space(); c {
	case '"':
		_, ok := s.text()
		return ok
	case '{', '[':
		if depth == MaxDepth {
			return s.fail("no more than 64 levels of nesting")
		}
		s.i++
		if c == '{' {
			return s.members(depth + 1)
		}
		return s.elements(depth + 1)
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		_, ok := s.number()
		return ok
	}
}

func (s *scanner) members(depth int) bool {
	for start := true; ; start = false {
		_, more, ok := s.next(start)
		if !more || !ok {
			return ok
		}
		if !s.value(depth) {
			return false
		}
	}
}

func (s *scanner) elements(depth int) bool {
	if s.space() == ']' {
		s.i++
		return true
	}
	for {
		if !s.value(depth) {
			return false
		}
		switch s.space() {
		case ',':
			s.i++
		case ']':
			s.i++
			return true
		default:
			return s.fail("a comma or a closing bracket")
		}
	}
}

// word reads a literal. Where it is cut off by the end of the line, i stands at the end.
func (s *scanner) word(w string) bool {
	for k := range len(w) {
		if s.i >= len(s.b) || s.b[s.i] != w[k] {
			return s.fail("a JSON value")
		}
		s.i++
	}
	return true
}
