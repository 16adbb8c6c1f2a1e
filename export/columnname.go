package export

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// columnNames gives out names of columns that no reader takes for one another: DuckDB, SQL and spreadsheets do not tell
// "Model" from "model". Its zero value is ready for use.
type columnNames struct{ taken map[string]bool }

// take returns the name of the column for a key: prefix and key, in which control characters, % and ~ are written like
// %0A, so that it is visible, and that no two keys meet. A name that is taken but for its case gets ~2, ~3 … behind it.
// [columnKey] takes it back to the key.
func (n *columnNames) take(prefix, key string) string {
	if n.taken == nil {
		n.taken = make(map[string]bool)
	}
	name := prefix + escapeKey(key)
	if name == "" {
		name = "~1" // no key gives this, since ~ is escaped
	}
	base, i := name, 1
	for n.taken[fold(name)] {
		i++
		name = base + "~" + strconv.Itoa(i)
	}
	n.taken[fold(name)] = true
	return name
}

// columnKey returns the key whose column has this name behind its prefix.
func columnKey(name string) string {
	name, _, _ = strings.Cut(name, "~")
	key, err := url.PathUnescape(name)
	if err != nil {
		return name // not one of ours
	}
	return key
}

func escapeKey(key string) string {
	if !strings.ContainsFunc(key, escaped) && utf8.ValidString(key) {
		return key
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(key); {
		r, n := utf8.DecodeRuneInString(key[i:])
		if r == utf8.RuneError && n == 1 || escaped(r) {
			for _, c := range []byte(key[i : i+n]) {
				b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			}
		} else {
			b.WriteString(key[i : i+n])
		}
		i += n
	}
	return b.String()
}

// escaped reports whether r is written in hexadecimal: what cannot be seen, and the two signs that names use themselves.
func escaped(r rune) bool {
	return r == '%' || r == '~' || unicode.In(r, unicode.C, unicode.Zl, unicode.Zp)
}

// fold maps all that differ in case alone, as strings.EqualFold has it, to one text.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, s)
}
