package alerting

import (
	"strings"
	"testing"
)

// TestParseBombs: a small file cannot become a large one, deep nesting and circles end.
func TestParseBombs(t *testing.T) {
	laughs := "a: &a [x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'j'; c++ {
		laughs += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+", ", 9), ", ") + "]\n"
	}
	for name, text := range map[string]string{
		"laughs": laughs + "rules: *j\nthresholds: *j\n", "circle": "rules: &a\n- *a\n", "merged": "thresholds: &b {<<: *b}\n",
		"deep": "rules: " + strings.Repeat("[", 1<<19), "deeper": "thresholds: " + strings.Repeat("{a: ", 1<<17),
	} {
		if _, err := Parse(strings.NewReader(text), "f"); err == nil || len(err.Error()) > 10_000 {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}
