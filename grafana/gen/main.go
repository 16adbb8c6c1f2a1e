// Command gen writes the dashboards of genmeter as the JSON that Grafana imports. It is a module of its own, so that users of
// genmeter never download the SDK.
//
//	go run . ../dashboards
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen DIRECTORY")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// boards are the dashboards, in the order in which somebody would open them.
func boards() []board { return []board{overview(), models(), quality(), itself()} }

func write(dir string) error {
	for _, b := range boards() {
		d, err := b.build()
		if err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
		text, err := encode(d)
		if err != nil {
			return fmt.Errorf("%s: %w", b.name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, b.name+".json"), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// encode leaves > and & readable in queries, which the SDK escapes as if for HTML.
func encode(d dashboard.Dashboard) ([]byte, error) {
	text, err := json.MarshalIndent(d, "", "  ")
	readable := strings.NewReplacer(`\u003e`, ">", `\u003c`, "<", `\u0026`, "&").Replace(string(text))
	return []byte(readable + "\n"), err
}
