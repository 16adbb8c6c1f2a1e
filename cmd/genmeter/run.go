package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	promslogflag "github.com/prometheus/common/promslog/flag"
)

// Exit codes.
const (
	exitGood   = 0
	exitFailed = 1
	exitUsage  = 2
)

// env is what a subcommand may touch of the world outside.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	logger         *slog.Logger // writes to stderr
	limits         limits
}

// runner does what a subcommand is for, once its flags are parsed.
type runner func(context.Context, env) error

// usageError is an error of the command line that only shows after parsing; it ends with exit code 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func wrongUsage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// run is the whole program but for the process around it. It returns the exit code.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	return runWithin(ctx, usualLimits, args, stdin, stdout, stderr)
}

func runWithin(ctx context.Context, l limits, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		sayUsage(stderr)
		return exitUsage
	}
	if asked, err := completionScript(stdout, args); err != nil {
		fmt.Fprintf(stderr, "genmeter: error: %s\n", visible(err))
		return exitFailed
	} else if asked {
		return exitGood
	}
	app := newApp(stdout, stderr)
	logs := promslog.Config{}
	logs.Writer = quoteMsg{stderr, &logs}
	promslogflag.AddFlags(app, &logs)
	runners := addCommands(app)

	name, code, err := parse(app, args)
	if err != nil {
		hint := ""
		if code == exitUsage {
			hint = ", try --help"
		}
		fmt.Fprintf(stderr, "genmeter: error: %s%s\n", visible(err), hint)
		return code
	}
	if name == "" {
		return code
	}
	logger := promslog.New(&logs)
	logOpenTelemetry(logger)
	err = runners[name](ctx, env{stdin: stdin, stdout: stdout, stderr: stderr, logger: logger, limits: l})
	if err == nil {
		return exitGood
	}
	if own, ok := errors.AsType[codeError](err); ok {
		if own.error != nil {
			fmt.Fprintf(stderr, "genmeter: error: %s\n", visible(own.error))
		}
		return own.code
	}
	if faulty, ok := errors.AsType[faultyFile](err); ok {
		fmt.Fprintf(stderr, "genmeter: error: --alerts.file:\n%s\n", visible(faulty)) // lines of their own, as editors find them
		return exitUsage
	}
	if _, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintf(stderr, "genmeter: error: %s, try genmeter %s --help\n", visible(err), name)
		return exitUsage
	}
	fmt.Fprintf(stderr, "genmeter: error: %s\n", visible(err))
	return exitFailed
}

// addCommands adds the subcommands, and returns by name what runs them.
func addCommands(app *kingpin.Application) map[string]runner {
	runners := make(map[string]runner)
	for _, add := range []func(*kingpin.Application) (string, runner){
		addServe, addWrap, addReplay, addReport, addExport, addPlot, addCheck, addRules, addDashboard, addVersion,
	} {
		name, r := add(app)
		runners[name] = r
	}
	return runners
}
