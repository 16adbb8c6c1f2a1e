package eventline

import "time"

// Fields calls fn for every member of the object on line until fn returns false: with its key, escapes undone, and the
// text of its value. Both are valid during the call only. It is for lines around events, such as those of a log. A
// line that is no object is an error of type [*Problem]; fn may have been called before it is found.
func Fields(line []byte, fn func(key, value []byte) bool) error {
	d := Decoder{s: scanner{b: line}}
	stopped := false
	ok := d.each(func(key []byte) bool {
		value, ok := d.s.skip()
		if ok && !fn(key, value) {
			stopped = true
			return false
		}
		return ok
	})
	if stopped || ok && d.s.end() {
		return nil
	}
	return d.lost()
}

// Text returns the string that value, the text of a JSON string, stands for; "" when it is no string.
func Text(value []byte) string {
	s := scanner{b: value}
	t, ok := s.text()
	if !ok {
		return ""
	}
	return string(t.bytes(nil))
}

// Time returns the time that text says in one of the forms of a timestamp on a line, the zero time when it says none.
func (d *Decoder) Time(text []byte) time.Time {
	t, _ := d.zones.parse(text)
	return t
}

// Elements calls fn for the text of every element of the JSON array in data until fn returns false. Data that is no array
// is an error of type [*Problem]; fn may have been called before it is found.
func Elements(data []byte, fn func(element []byte) bool) error {
	d := Decoder{s: scanner{b: data}}
	s := &d.s
	if !s.take('[', "a JSON array") {
		return d.lost()
	}
	if s.space() == ']' {
		s.i++
		return d.ended()
	}
	for {
		s.space()
		element, ok := s.skip()
		if !ok {
			return d.lost()
		}
		if !fn(element) {
			return nil
		}
		switch s.space() {
		case ',':
			s.i++
		case ']':
			s.i++
			return d.ended()
		default:
			s.want = "a comma or a closing bracket"
			return d.lost()
		}
	}
}

// ended is an error when something follows.
func (d *Decoder) ended() error {
	if d.s.end() {
		return nil
	}
	return d.lost()
}
