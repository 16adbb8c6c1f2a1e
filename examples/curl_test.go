package examples_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestCurl runs post.sh, twice: what has an id counts once.
func TestCurl(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("the example needs curl: scripts/need curl")
	}
	s := serve(t, "127.0.0.1:0")
	for _, answer := range []string{`{"accepted":3,"rejected":0,"duplicates":0}`, `{"accepted":0,"rejected":0,"duplicates":3}`} {
		cmd := exec.Command("curl/post.sh")
		cmd.Env = append(os.Environ(), "GENMETER_URL="+s.url)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), answer) || !strings.Contains(string(out), `"done":1,`) {
			t.Errorf("%v, and it lacks %s:\n%s", err, answer, out)
		}
		check(t, s.url, truth{Calls: 1, Accepted: 1, PromptTokens: 512, CompletionTokens: 128})
	}
	if body, err := get(s.url + "/metrics"); err != nil || !strings.Contains(body, `genmeter_records_target 1000`) {
		t.Errorf("no target: %v\n%s", err, body)
	}
}
