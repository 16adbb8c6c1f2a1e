package otlp

import (
	"encoding/json"
	"math"
	"strconv"
)

// Value is the value of an attribute as it stands in the body: nothing is copied or parsed before it is asked for. Of an
// array it is the first element. The zero Value is none.
type Value struct {
	kind    kind
	escaped bool   // text has JSON's escapes
	text    []byte // of kindText and kindNumber
	n       int64  // of kindInt and kindBool
	f       float64
}

type kind uint8

const (
	kindNone   kind = iota
	kindText        // a string
	kindNumber      // a number in digits
	kindInt
	kindFloat
	kindBool
	kindOther // bytes, a map, an array of arrays
)

// None reports whether there is no value, or one that says nothing: an empty string.
func (v *Value) None() bool { return v.kind == kindNone || v.kind == kindText && len(v.text) == 0 }

// maxText is how much of a text is copied. More than the longest text that an event keeps, so that it is seen to be too
// long.
const maxText = 4 << 10

// Text returns a copy of a string, or a number or boolean in words; "" for anything else. Of a very long text it is the
// beginning.
func (v *Value) Text() string {
	switch v.kind {
	case kindText:
		if v.escaped {
			return v.unescape()
		}
		return string(v.text[:min(len(v.text), maxText)])
	case kindNumber:
		return string(v.text[:min(len(v.text), maxText)])
	case kindInt:
		return strconv.FormatInt(v.n, 10)
	case kindFloat:
		return strconv.FormatFloat(v.f, 'g', -1, 64)
	case kindBool:
		return strconv.FormatBool(v.n != 0)
	}
	return ""
}

// unescape undoes JSON's escapes. What no JSON library takes for a string stays as it is.
func (v *Value) unescape() string {
	quoted := make([]byte, 0, len(v.text)+2)
	quoted = append(append(append(quoted, '"'), v.text...), '"')
	var s string
	if json.Unmarshal(quoted, &s) != nil {
		s = string(v.text)
	}
	if len(s) > maxText {
		s = string([]byte(s[:maxText]))
	}
	return s
}

// Bytes returns a string as it stands in the body, to be read only; ok is false for anything else, and for a string that has
// escapes.
func (v *Value) Bytes() (text []byte, ok bool) { return v.text, v.kind == kindText && !v.escaped }

// Is reports whether v is the string s.
func (v *Value) Is(s string) bool { return v.kind == kindText && !v.escaped && string(v.text) == s }

// Int returns a whole number, given as such, as a float or in digits; ok is false when there is none.
func (v *Value) Int() (n int64, ok bool) {
	switch v.kind {
	case kindInt:
		return v.n, true
	case kindText, kindNumber:
		if n, err := strconv.ParseInt(string(v.text), 10, 64); err == nil {
			return n, true
		}
	}
	f, ok := v.Float()
	if !ok || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
		return 0, false // NaN as well
	}
	return int64(f), true
}

// Float returns a number, given as such or in digits, NaN and the infinities too; ok is false when there is none.
func (v *Value) Float() (f float64, ok bool) {
	switch v.kind {
	case kindInt:
		return float64(v.n), true
	case kindFloat:
		return v.f, true
	case kindText, kindNumber:
		f, err := strconv.ParseFloat(string(v.text), 64)
		return f, err == nil
	}
	return 0, false
}

// Bool returns a boolean, given as such or in words; ok is false when there is none.
func (v *Value) Bool() (b, ok bool) {
	switch v.kind {
	case kindBool:
		return v.n != 0, true
	case kindText:
		b, err := strconv.ParseBool(string(v.text))
		return b, err == nil
	}
	return false, false
}

func textValue(text []byte) Value { return Value{kind: kindText, text: text} }
