package main

import (
	"errors"
	"io"
	"text/template"

	"github.com/alecthomas/kingpin/v2"
)

const about = `Meters LLM generation: tokens, cost, latency, failures and evaluation scores of programs that call LLMs,
as Prometheus metrics and over HTTP.`

// newApp returns the command line without its subcommands. Usage asked for goes to stdout.
func newApp(stdout, stderr io.Writer) *kingpin.Application {
	app := kingpin.New("genmeter", about)
	app.HelpFlag.Short('h').Help("Show this help.")
	app.UsageFuncs(template.FuncMap{"FlagGroups": flagGroups, "Positive": positive})
	app.Version(versionText())
	app.VersionFlag.Help("Print the version, how it was built and for what.")
	app.UsageWriter(stdout).ErrorWriter(stderr).UsageTemplate(usageTemplate)
	app.Terminate(func(code int) { panic(exit(code)) })
	return app
}

// exit carries the exit code out of kingpin, which expects its Terminate function not to return.
type exit int

// parse returns the name of the command to run; or, when --help or --version has said all, no name and an exit code.
func parse(app *kingpin.Application, args []string) (name string, code int, err error) {
	defer func() {
		if r := recover(); r != nil {
			c, ok := r.(exit)
			if !ok {
				panic(r)
			}
			name, code, err = "", int(c), nil
		}
	}()
	if err := wantCommand(app, args); err != nil {
		return "", exitUsage, err
	}
	name, err = app.Parse(args)
	return name, exitGood, explainUsage(app, args, err)
}

// wantCommand returns an error when args name no command. Kingpin would show the help and call it success, so that a
// script which lost its arguments would go on.
func wantCommand(app *kingpin.Application, args []string) error {
	c, err := app.ParseContext(args)
	if err != nil || c.SelectedCommand != nil {
		return nil // Parse reports the error
	}
	for _, e := range c.Elements {
		flag, ok := e.Clause.(*kingpin.FlagClause)
		if ok && (flag == app.HelpFlag || flag == app.VersionFlag || flag.Model().Hidden) {
			return nil // these need no command
		}
	}
	return errors.New("a command is wanted: serve, run, replay, report, export, plot, check, rules, dashboard or version")
}

// usageTemplate is kingpin's compact one, with the examples of a command (its HelpLong) before its flags, and these in groups.
const usageTemplate = `{{define "FormatCommand" -}}
{{if .FlagSummary}} {{.FlagSummary}}{{end -}}
{{range .Args}}{{if not .Hidden}} {{if .PlaceHolder}}{{.PlaceHolder}}{{else}}{{if not .Required}}[{{end}}<{{.Name}}>{{if .Value|IsCumulative}}...{{end}}{{if not .Required}}]{{end}}{{end}}{{end}}{{end -}}
{{end -}}

{{define "FormatUsage" -}}
{{template "FormatCommand" .}}{{if .Commands}} <command> [<args> ...]{{end}}
{{if .Help}}
{{.Help|Wrap 0 -}}
{{end -}}
{{end -}}

{{if .Context.SelectedCommand -}}
usage: {{.App.Name}} {{.Context.SelectedCommand}}{{template "FormatUsage" .Context.SelectedCommand}}
{{else -}}
usage: {{.App.Name}}{{template "FormatUsage" .App}}
{{end}}
{{if .Context.SelectedCommand -}}
{{if .Context.SelectedCommand.HelpLong -}}
Examples:
{{.Context.SelectedCommand.HelpLong}}
{{end -}}
{{end -}}
{{range FlagGroups .Context.Flags -}}
{{.Title}}:
{{.Flags|FlagsToTwoColumns|Positive|FormatTwoColumns}}
{{end -}}
{{if .Context.Args -}}
Args:
{{.Context.Args|ArgsToTwoColumns|FormatTwoColumns}}
{{end -}}
{{if and (not .Context.SelectedCommand) .App.Commands -}}
Commands:
{{range .App.Commands}}{{if not .Hidden}}  {{.Name}}{{template "FormatCommand" .}}
{{.Help|Wrap 4}}
{{end}}{{end -}}
genmeter <command> --help says more of a command, with examples.
{{end -}}
`
