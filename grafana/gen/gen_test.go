package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

const committed = "../dashboards"

// TestDrift: what is committed is what this program writes now, and nothing else lies beside it.
func TestDrift(t *testing.T) {
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(committed)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(boards()) {
		t.Errorf("%s has %d files, want %d", committed, len(entries), len(boards()))
	}
	for _, e := range entries {
		want, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(committed, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("%s is not what gen writes: make generate", e.Name())
		}
	}
}

// TestStrict decodes each file by Grafana's schema: no unknown field, no wrong type, nothing missing.
func TestStrict(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	for _, b := range boards() {
		raw, err := os.ReadFile(filepath.Join(committed, b.name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := strict(raw); err != "" {
			t.Errorf("%s: %s", b.name, err)
		}
	}
}

// TestStrictFindsFaults: the check of TestStrict is one.
func TestStrictFindsFaults(t *testing.T) {
	plugins.RegisterDefaultPlugins()
	d, err := overview().build()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := encode(d)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(panel map[string]any){
		"unknown field of a panel":   func(p map[string]any) { p["titel"] = "x" },
		"unknown field of an option": func(p map[string]any) { p["options"].(map[string]any)["graphmode"] = "none" },
		"wrong type":                 func(p map[string]any) { p["title"] = 1 },
		"unknown field of a target":  func(p map[string]any) { p["targets"].([]any)[0].(map[string]any)["exp"] = "up" },
	} {
		var whole map[string]any
		if err := json.Unmarshal(raw, &whole); err != nil {
			t.Fatal(err)
		}
		spoil(whole["panels"].([]any)[1].(map[string]any))
		spoiled, err := json.Marshal(whole)
		if err != nil {
			t.Fatal(err)
		}
		if strict(spoiled) == "" {
			t.Errorf("%s is not found", name)
		}
	}
}

// strict returns the text of the error: the SDK returns one that is not nil but empty.
func strict(raw []byte) string {
	var d dashboard.Dashboard
	if err := d.UnmarshalJSONStrict(raw); err != nil {
		return err.Error()
	}
	return ""
}
