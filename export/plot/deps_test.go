package plot_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestImports holds the package to what it may know of this module: monitor, and not those who use it.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/genmeter/genmeter/"
	for path := range strings.FieldsSeq(string(out)) {
		if rest, ok := strings.CutPrefix(path, module); ok && rest != "monitor" && rest != "export/plot" {
			t.Errorf("package plot depends on %s", path)
		}
	}
}
