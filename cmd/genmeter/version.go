package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/version"
)

func addVersion(app *kingpin.Application) (string, runner) {
	cmd := app.Command("version", "Print the version, how it was built and for what.")
	return cmd.FullCommand(), func(_ context.Context, e env) error {
		_, err := fmt.Fprintln(e.stdout, versionText())
		return err
	}
}

func versionText() string { return version.Print("genmeter") }

// stampVersion gives a binary that was built without -ldflags the version that Go itself knows, as after go install
// module@version. It is for main, before anything reads the version.
func stampVersion() {
	if version.Version != "" {
		return
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		version.Version = info.Main.Version
	}
}
