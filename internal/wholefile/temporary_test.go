package wholefile

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestStale: what a killed writer left is removed after a day, and nothing else is, however old.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	long := time.Now().Add(-staleAge - time.Hour)
	var kept []string
	for name, old := range map[string]bool{
		filepath.Base(temporaryName("old.csv")): true, filepath.Base(temporaryName("b[1].c*v")): true, filepath.Base(temporaryName("new.csv")): false,
		".genmeter-part": true, "a.0123456789abcdef.genmeter-part": true, ".a.0123456789ABCDEF.genmeter-part": true,
		".a.0123456789abcdef.genmeter-part.csv": true, "old.csv": true,
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if old {
			if err := os.Chtimes(path, long, long); err != nil {
				t.Fatal(err)
			}
		}
		if !old || !temporaryNames.MatchString(name) {
			kept = append(kept, name)
		}
	}
	folder := filepath.Join(dir, ".d.0123456789abcdef.genmeter-part")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(folder, long, long); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "out"), text("x")); err != nil {
		t.Fatal(err)
	}
	kept = append(kept, filepath.Base(folder), "out")
	entries, err := os.ReadDir(dir)
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	slices.Sort(kept)
	if err != nil || !slices.Equal(got, kept) || len(kept) != 8 {
		t.Errorf("there are %q, %v, want %q", got, err, kept)
	}
}
