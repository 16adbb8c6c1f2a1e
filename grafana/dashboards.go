package grafana

import (
	"embed"
	"encoding/json"
	"fmt"
)

//go:embed dashboards/*.json
var files embed.FS

// names are in the order in which somebody would open them.
var names = []string{"overview", "models", "quality", "genmeter"}

// Dashboard is a dashboard to be imported.
type Dashboard struct {
	Name  string // by which "genmeter dashboard" knows it; its uid in Grafana is "genmeter-" and this
	Title string // in Grafana
	About string // what it answers, in a sentence or two
	JSON  []byte // what Grafana imports; the caller's own
}

// Dashboards returns all of them, the one to open first before the others.
func Dashboards() []Dashboard {
	all := make([]Dashboard, 0, len(names))
	for _, name := range names {
		all = append(all, load(name))
	}
	return all
}

// load panics when a file that is built in is not there or no JSON, which a test would have seen.
func load(name string) Dashboard {
	text, err := files.ReadFile("dashboards/" + name + ".json")
	if err != nil {
		panic(fmt.Sprintf("grafana: %v", err))
	}
	var head struct{ Title, Description string }
	if err := json.Unmarshal(text, &head); err != nil {
		panic(fmt.Sprintf("grafana: %s: %v", name, err))
	}
	return Dashboard{Name: name, Title: head.Title, About: head.Description, JSON: text}
}
