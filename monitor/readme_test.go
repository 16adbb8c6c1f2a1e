package monitor_test

import (
	"os"
	"strings"
	"testing"
)

// TestReadmeProgram holds the README's program to the example, which is compiled and run.
func TestReadmeProgram(t *testing.T) {
	example, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, body, found := strings.Cut(string(example), "func Example() {\n")
	body, _, ended := strings.Cut(body, "\t// Output:")
	if !found || !ended || !strings.Contains(string(readme), "func main() {\n"+body+"}\n") {
		t.Errorf("the README's program is not the example:\n%s", body)
	}
}
