package export

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestFileNames(t *testing.T) {
	names := newFileNames("out_", ".csv")
	for _, c := range []struct{ metric, want string }{
		{"index", "out_index.csv"},
		{"Index", "out_Index~2.csv"},
		{"generation_time", "out_generation_time.csv"},
		{"model_usage:meta-llama/Llama-3.1-8B-Instruct", "out_model_usage_meta-llama_Llama-3.1-8B-Instruct.csv"},
		{"model_usage:meta-llama:Llama-3.1-8B-Instruct", "out_model_usage_meta-llama_Llama-3.1-8B-Instruct~2.csv"},
		{"MODEL_usage:meta-llama:Llama-3.1-8B-Instruct", "out_MODEL_usage_meta-llama_Llama-3.1-8B-Instruct~3.csv"},
		{"../../etc/passwd", "out_.._.._etc_passwd.csv"},
		{"trailing. ", "out_trailing__.csv"},
		{"", "out__.csv"},
		{"_", "out__~2.csv"},
		{"Zürich", "out_Zürich.csv"},
		{"Zu\u0308rich", "out_Zürich~2.csv"},
		{"ZÜRICH", "out_ZÜRICH~3.csv"},
		{"con", "out_con_.csv"},
		{"com1.x", "out_com1.x_.csv"},
		{"a\x00b\n\u202ec\xff", "out_a_b__c\uFFFD.csv"},
	} {
		if got := names.pick(c.metric); got != c.want {
			t.Errorf("%q: %q, want %q", c.metric, got, c.want)
		}
	}
	long := names.pick(strings.Repeat("日", 200))
	if len(long) > 255 || !strings.HasPrefix(long, "out_日日") {
		t.Errorf("%q has %d bytes", long, len(long))
	}
	if other := newFileNames("out_", ".csv").pick(strings.Repeat("日", 200)); other != long {
		t.Errorf("once %q, once %q", long, other)
	}
}

func TestSheetNames(t *testing.T) {
	names := newSheetNames()
	for _, c := range []struct{ metric, want string }{
		{"index", "index"},
		{"INDEX", "INDEX~2"},
		{"history", "history~2"},
		{"model_usage:meta-llama/Llama-3.1-8B-Instruct", "model_usage_meta-llama_Llama-3."},
		{"model_usage:meta-llama/Llama-3.2", "model_usage_meta-llama_Llama-~2"},
		{"model_usage:meta-llama/Llama-3.3", "model_usage_meta-llama_Llama-~3"},
		{"'quoted'", "_quoted_"},
		{"[a]*?\\:", "_a_____"},
		{"", "_"},
		{strings.Repeat("😀", 16), strings.Repeat("😀", 15)},
	} {
		if got := names.pick(c.metric); got != c.want {
			t.Errorf("%q: %q, want %q", c.metric, got, c.want)
		}
	}
}

// TestManyLikeNames: as many names as there may be that are cut to the same take no time to speak of.
func TestManyLikeNames(t *testing.T) {
	names := newSheetNames()
	seen := make(map[string]bool)
	for i := range 20_000 {
		name := names.pick(strings.Repeat("x", 40+i%100))
		if seen[name] {
			t.Fatalf("%q twice", name)
		}
		seen[name] = true
	}
}

// FuzzNames: names of files and sheets are safe, different on every system, and the same each time.
func FuzzNames(f *testing.F) {
	f.Add("a", "A", "a/b")
	f.Add("", ".", "con")
	f.Add("Zürich", "Zu\u0308rich", "\xff")
	f.Add("a~2", "a", "A")
	f.Add(strings.Repeat("😀", 99), "'", "History")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		files, again, sheets := newFileNames("", ".csv"), newFileNames("", ".csv"), newSheetNames()
		seenFiles, seenSheets := make(map[string]string), make(map[string]string)
		for _, metric := range []string{a, b, c, a + b, a + "~2"} {
			file, sheet := files.pick(metric), sheets.pick(metric)
			if file != again.pick(metric) {
				t.Errorf("%q: another file each time", metric)
			}
			checkFileName(t, file)
			checkSheetName(t, sheet)
			if other, taken := seenFiles[nameKey(file)]; taken {
				t.Errorf("%q and %q have the file %q", metric, other, file)
			}
			if other, taken := seenSheets[nameKey(sheet)]; taken {
				t.Errorf("%q and %q have the sheet %q", metric, other, sheet)
			}
			seenFiles[nameKey(file)], seenSheets[nameKey(sheet)] = metric, metric
		}
	})
}

// nameKey is one for names that some file system or program does not tell apart.
func nameKey(name string) string {
	return norm.NFC.String(strings.ToUpper(strings.ToLower(norm.NFC.String(name))))
}

func checkFileName(t *testing.T, name string) {
	t.Helper()
	base := strings.TrimSuffix(name, ".csv")
	first, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch {
	case len(name) > 255, base == "", !utf8.ValidString(name), name != strings.TrimSpace(name):
		t.Errorf("%q is no good name", name)
	case strings.HasSuffix(base, "."), strings.HasSuffix(base, " "), strings.ContainsAny(name, "<>:\"/\\|?*"):
		t.Errorf("%q is no name for Windows", name)
	case strings.ContainsFunc(name, unicode.IsControl):
		t.Errorf("%q has a control character", name)
	case slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "COM1", "COM9", "LPT1", "LPT9"}, first):
		t.Errorf("%q is a device of Windows", name)
	}
}

func checkSheetName(t *testing.T, name string) {
	t.Helper()
	units := len(utf16.Encode([]rune(name)))
	if units == 0 || units > 31 || strings.ContainsAny(name, ":\\/?*[]'") || strings.EqualFold(name, "history") || !utf8.ValidString(name) {
		t.Errorf("%q is no name of a sheet", name)
	}
}
