package export

import (
	"encoding/csv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCell(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"gpt-4o-mini", "gpt-4o-mini"},
		{"a,b", `"a,b"`},
		{`say "no"`, `"say ""no"""`},
		{`"`, `""""`},
		{"two\nlines", "\"two\nlines\""},
		{"=1+1", "'=1+1"},
		{"+1", "'+1"},
		{"-1+1", "'-1+1"},
		{"@SUM(1)", "'@SUM(1)"},
		{"\tx", "'\tx"},
		{"\rx", "\"'\rx\""},
		{`=HYPERLINK("http://x","y")`, `"'=HYPERLINK(""http://x"",""y"")"`},
		{"'=1", "''=1"},
		{"''=1", "'''=1"},
		{"' '=1", "'' '=1"},
		{" =1", "' =1"},
		{"\n=1", "\"'\n=1\""},
		{"＝1+1", "'＝1+1"},
		{"'tis", "'tis"},
		{"'", "'"},
		{"1=2", "1=2"},
		{"Zürich 日本", "Zürich 日本"},
		{"bad \xff\xfe", "bad \uFFFD"},
	} {
		if got := string(appendCell([]byte("x;"), c.text, false)); got != "x;"+c.want {
			t.Errorf("%q: cell %q, want %q", c.text, got[2:], c.want)
		}
	}
}

func TestRawCell(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "=1+1", "-1,0": `"-1,0"`, "'=1": "'=1"} {
		if got := string(appendCell(nil, text, true)); got != want {
			t.Errorf("%q: cell %q, want %q", text, got, want)
		}
	}
}

// uncell is what a reader does that wants the text back.
func uncell(s string) string {
	if formulaLike(s) {
		return s[1:]
	}
	return s
}

// FuzzCell: another reader of CSV gets the text back, and no spreadsheet a formula.
func FuzzCell(f *testing.F) {
	for _, s := range []string{"", "=1", "'=1", "a,\"b\"\n", "\r\n", "-", " @x", "＋1", "\xff", "''", "' ' =1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := string(appendCell(nil, s, false))
		rows, err := csv.NewReader(strings.NewReader("before," + cell + ",after\n")).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 3 {
			t.Fatalf("%q: cell %q reads as %q, %v", s, cell, rows, err)
		}
		read := cell
		if strings.HasPrefix(cell, `"`) {
			read = strings.ReplaceAll(cell[1:len(cell)-1], `""`, `"`)
		}
		if rows[0][1] != strings.ReplaceAll(read, "\r\n", "\n") { // as encoding/csv has line breaks
			t.Errorf("%q: cell %q reads as %q", s, cell, rows[0][1])
		}
		if got, want := uncell(read), strings.ToValidUTF8(s, "\uFFFD"); got != want {
			t.Errorf("%q: cell %q gives %q", s, cell, got)
		}
		if !utf8.ValidString(cell) {
			t.Errorf("%q: cell %q is not UTF-8", s, cell)
		}
		if first := strings.TrimLeft(read, " \n"); first != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(first)[0]) {
			t.Errorf("%q: cell %q is a formula", s, cell)
		}
	})
}

func BenchmarkCell(b *testing.B) {
	b.ReportAllocs()
	buf := make([]byte, 0, 256)
	for b.Loop() {
		buf = appendCell(buf[:0], "meta-llama/Llama-3.1-8B-Instruct", false)
	}
}
