package plot_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImports holds the package to what it may know of this module: monitor, the files that appear whole, and not those who
// use it.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/genmeter/genmeter/"
	allowed := []string{"monitor", "export/plot", "internal/wholefile"}
	for path := range strings.FieldsSeq(string(out)) {
		if rest, ok := strings.CutPrefix(path, module); ok && !slices.Contains(allowed, rest) {
			t.Errorf("package plot depends on %s", path)
		}
	}
}
