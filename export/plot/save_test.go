package plot

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestSave(t *testing.T) {
	f, err := MetricFigure(timed(1, 2), "generation_time", Options{Width: 4, Height: 3})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "new", "plots")
	other := f
	other.Name = "model_usage:meta-llama/Llama-3"
	for range 2 { // the second time over the first
		paths, err := Save(dir, SVG, f, other)
		if err != nil {
			t.Fatal(err)
		}
		if len(paths) != 2 || paths[0] != filepath.Join(dir, "generation_time.svg") ||
			!strings.HasPrefix(filepath.Base(paths[1]), "model_usage_meta-llama_Llama-3-") {
			t.Errorf("%v", paths)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 2 {
			t.Errorf("%v, %v; want the two files alone", entries, err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "generation_time.svg"))
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%v, %v; want a file that others can read", info, err)
	}
}

// TestSaveWholeOrNot: what cannot be written leaves nothing behind, and an older file as it was.
func TestSaveWholeOrNot(t *testing.T) {
	f, err := MetricFigure(timed(1, 2), "generation_time", Options{Width: 4, Height: 3})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "second.svg"), 0o755); err != nil { // no file can take its place
		t.Fatal(err)
	}
	second := f
	second.Name = "second"
	paths, err := Save(dir, SVG, f, second, f)
	if err == nil || len(paths) != 1 {
		t.Errorf("%v, %v; want the first path and an error", paths, err)
	}
	entries, _ := os.ReadDir(dir)
	if len(entries) != 2 {
		t.Errorf("%v; want the first file and the directory alone", entries)
	}
	if _, err := Save(filepath.Join(dir, "generation_time.svg"), SVG, f); err == nil {
		t.Error("a file is taken for a directory")
	}
	if paths, err := Save(dir, 0, f); err == nil || paths != nil {
		t.Errorf("%v, %v; want an error about the format", paths, err)
	}
	if paths, err := Save(dir, SVG, f, Figure{Name: "empty"}); err == nil || len(paths) != 1 {
		t.Errorf("%v, %v; want the first path and an error", paths, err)
	}
}

func TestFileName(t *testing.T) {
	safe := regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*$`)
	seen := make(map[string]string)
	for _, name := range []string{
		"cost", "a/b", "a:b", "a_b", "..", ".hidden", "", "../../etc/passwd", "通义", "千问", strings.Repeat("x", 300), strings.Repeat("x", 301),
	} {
		got := fileName(name)
		if !safe.MatchString(got) || len(got) > 120 {
			t.Errorf("fileName(%.40q) = %q", name, got)
		}
		if before, ok := seen[got]; ok {
			t.Errorf("%q and %q are both %q", before, name, got)
		}
		seen[got] = name
	}
	if got := fileName("generation_time"); got != "generation_time" {
		t.Error(got)
	}
}

func FuzzFileName(f *testing.F) {
	f.Add("a/b")
	f.Fuzz(func(t *testing.T, name string) {
		got := fileName(name)
		if got != filepath.Base(got) || got == "" || got[0] == '.' || strings.ContainsAny(got, `/\:*?"<>|`) {
			t.Errorf("fileName(%q) = %q", name, got)
		}
	})
}
