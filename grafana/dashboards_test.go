package grafana_test

import (
	"os"
	"testing"

	"github.com/genmeter/genmeter/grafana"
)

// TestDashboards: each file of the folder is one, and says what it answers.
func TestDashboards(t *testing.T) {
	files, err := os.ReadDir("dashboards")
	must(t, err)
	all := grafana.Dashboards()
	if len(all) != len(files) {
		t.Errorf("%d dashboards, but %d files", len(all), len(files))
	}
	for _, d := range all {
		text, err := os.ReadFile("dashboards/" + d.Name + ".json")
		must(t, err)
		if string(d.JSON) != string(text) {
			t.Errorf("%s is not its file", d.Name)
		}
		if d.Title == "" || d.About == "" {
			t.Errorf("%s has title %q and says %q", d.Name, d.Title, d.About)
		}
		if uid := boards(t)[d.Name].UID; uid != "genmeter-"+d.Name {
			t.Errorf("%s has the uid %s", d.Name, uid)
		}
	}
	all[0].JSON[0] = 'x'
	if grafana.Dashboards()[0].JSON[0] != '{' {
		t.Error("what a caller does to the JSON is seen by the next one")
	}
}
