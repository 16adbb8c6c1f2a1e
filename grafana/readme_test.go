package grafana_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/genmeter/genmeter/grafana"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	must(t, err)
	return string(text)
}

func TestReadmeLinks(t *testing.T) {
	for to := range set(regexp.MustCompile(`\]\(([^)#:]+)\)`), readme(t)) {
		if _, err := os.Stat(to); err != nil {
			t.Error(err)
		}
	}
}

// shell runs the block of the README that has a text, with "genmeter dashboard NAME" from here.
func shell(t *testing.T, has string, env ...string) {
	t.Helper()
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(readme(t), -1) {
		if !strings.Contains(block[1], has) {
			continue
		}
		cmd := exec.Command("sh", "-euc", `genmeter() { cat "dashboards/$2.json"; }`+"\n"+block[1])
		cmd.Env = append(os.Environ(), env...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	t.Fatalf("README.md has no commands with %q", has)
}

// TestReadmeAPI: what the README posts is what Grafana's API wants: a dashboard, to take the place of one with its uid.
func TestReadmeAPI(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl in $PATH")
	}
	var mu sync.Mutex
	posted := make(map[string]bool)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body struct {
			Overwrite bool
			Dashboard struct{ UID string }
		}
		err := json.NewDecoder(r.Body).Decode(&body)
		if err != nil || !body.Overwrite || r.Method != http.MethodPost || r.URL.Path != "/api/dashboards/db" ||
			r.Header.Get("Authorization") != "Bearer t" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s, %v, error %v", r.Method, r.URL, r.Header, err)
		}
		mu.Lock()
		defer mu.Unlock()
		posted[body.Dashboard.UID] = true
	}))
	defer server.Close()
	shell(t, "curl", "GRAFANA_URL="+server.URL, "GRAFANA_TOKEN=t")
	for _, d := range grafana.Dashboards() {
		if !posted["genmeter-"+d.Name] {
			t.Errorf("%s was not posted", d.Name)
		}
	}
}

// TestReadmeFiles: the commands put the dashboards where the provisioning says.
func TestReadmeFiles(t *testing.T) {
	root := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(root, "etc/grafana"), 0o700))
	shell(t, "install -m 644", "ROOT="+root)
	path := readYAML[provider](t, "dashboards/genmeter.yaml").Providers[0].Options.Path
	files, err := filepath.Glob(filepath.Join(root, path, "*.json"))
	must(t, err)
	if len(files) != len(grafana.Dashboards()) {
		t.Errorf("%s has %v", path, files)
	}
	for _, kind := range []string{"dashboards", "datasources", "alerting"} {
		if files, _ := filepath.Glob(filepath.Join(root, "etc/grafana/provisioning", kind, "*.yaml")); len(files) != 1 {
			t.Errorf("%s: %v", kind, files)
		}
	}
}
