package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"text/template"

	"github.com/alecthomas/kingpin/v2"
)

const about = `Meters LLM generation: tokens, cost, latency, failures and evaluation scores of programs that call LLMs,
as Prometheus metrics and over HTTP.`

// newApp returns the command line without its subcommands. Usage asked for goes to stdout.
func newApp(stdout, stderr io.Writer) *kingpin.Application {
	app := kingpin.New("genmeter", about)
	app.HelpFlag.Short('h').Help("Show this help.")
	app.UsageFuncs(template.FuncMap{
		"FlagGroups": flagGroups, "Positive": positive, "CommandRows": commandRows,
		"FirstSteps": func() string { return firstSteps }, "HowToComplete": func() string { return howToComplete },
	})
	app.VersionFlag = app.Flag("version", "Print the version, how it was built and for what.").PreAction(func(*kingpin.ParseContext) error {
		if _, err := fmt.Fprintln(stdout, versionText()); err != nil {
			panic(err) // as kingpin does when it cannot write
		}
		panic(exit(exitGood))
	})
	app.VersionFlag.Bool()
	app.UsageWriter(stdout).ErrorWriter(stderr).UsageTemplate(usageTemplate)
	app.Terminate(func(code int) { panic(exit(code)) })
	return app
}

// exit carries the exit code out of kingpin, which expects its Terminate function not to return.
type exit int

// parse returns the name of the command to run; or no name and an exit code, when --help or --version has said all or with an error.
func parse(app *kingpin.Application, args []string) (name string, code int, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case exit:
			name, code, err = "", int(r), nil
		case runtime.Error: // a fault of ours, which is no error of who calls
			panic(r)
		case error:
			name, code, err = "", exitFailed, r // what was asked for could not be written
		default:
			panic(r)
		}
	}()
	if len(args) > 0 && args[0] == "help" {
		args = append(slices.Clone(args[1:]), "--help") // one page, however it is asked for
	}
	if err := wantCommand(app, args); err != nil {
		return "", exitUsage, err
	}
	name, err = app.Parse(args)
	if err = explainUsage(app, args, err); err != nil {
		return "", exitUsage, err
	}
	return name, exitGood, nil
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
	return errors.New("a command is wanted: " + oneOf(commandNames(app)))
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
usage: {{.App.Name}} <command> [<flags>] [<args>]

{{.App.Help|Wrap 0}}
The first steps:
{{FirstSteps}}
All commands; genmeter help <command> says more of one, with examples:
{{.App.Commands|CommandRows|FormatTwoColumns}}
{{end -}}
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
{{if not .Context.SelectedCommand -}}
To complete commands, flags and names with Tab:
{{HowToComplete -}}
{{end -}}
`
