package export

import (
	"strings"
	"testing"
	"unicode"
)

func TestColumnNames(t *testing.T) {
	var n columnNames
	for _, c := range []struct{ key, want string }{
		{"model", "attr_model"},
		{"Model", "attr_Model~2"},
		{"MODEL", "attr_MODEL~3"},
		{"model~2", "attr_model%7E2"},
		{"100%", "attr_100%25"},
		{"", "attr_"},
		{"a\nb", "attr_a%0Ab"},
		{"\u202e", "attr_%E2%80%AE"},
		{"\xff", "attr_%FF"},
		{"größe", "attr_größe"},
		{"straße K", "attr_straße K"},
		{"straße \u212a", "attr_straße \u212a~2"}, // the Kelvin sign is a K to those who fold
	} {
		got := n.take("attr_", c.key)
		if got != c.want {
			t.Errorf("%q: column %q, want %q", c.key, got, c.want)
		}
		if back := columnKey(strings.TrimPrefix(got, "attr_")); back != c.key {
			t.Errorf("%q: %q goes back to %q", c.key, got, back)
		}
	}
	var bare columnNames
	if got := bare.take("", ""); got != "~1" || columnKey(got) != "" {
		t.Errorf("no key at all: %q, which goes back to %q", got, columnKey(got))
	}
}

func FuzzColumnNames(f *testing.F) {
	f.Add("model", "Model", "model~2")
	f.Add("", "~1", "~")
	f.Add("K", "\u212a", "k")
	f.Add("a\x00b", "\xff\xfe", "%41")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, prefix := range []string{"attr_", ""} {
			var n columnNames
			var names []string
			for _, key := range []string{a, b, c, a} {
				name := n.take(prefix, key)
				if name == "" || strings.ContainsFunc(name, unicode.IsControl) || strings.ToValidUTF8(name, "") != name {
					t.Errorf("%q: column %q", key, name)
				}
				if back := columnKey(strings.TrimPrefix(name, prefix)); back != key {
					t.Errorf("%q: %q goes back to %q", key, name, back)
				}
				for _, other := range names {
					if strings.EqualFold(name, other) {
						t.Errorf("%q and %q are one to a reader that folds case", name, other)
					}
				}
				names = append(names, name)
			}
		}
	})
}
