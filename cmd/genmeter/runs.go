package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// runFlags say which runs, and what of them, export, plot and report work on.
type runFlags struct {
	inputs   pathsValue
	window   windowValue
	models   *[]string
	timezone zoneValue
	prices   *string
}

func addRunFlags(cmd *kingpin.CmdClause) *runFlags {
	var f runFlags
	cmd.Arg("run", "File or directory of a recorded run, \"-\" for standard input, or the URL of a running sidecar, which gives "+
		"what its ring holds; repeatable.").Required().SetValue(&f.inputs)
	cmd.Flag("window", "Only this part of the run: its last 30m, 2h or 1d, or START/END in RFC 3339, either of which may be "+
		"missing.").PlaceHolder("WINDOW").SetValue(&f.window)
	f.models = cmd.Flag("model", "Only calls and evaluations by this model, repeatable; \"unknown\" is those without one.").
		PlaceHolder("NAME").Strings()
	cmd.Flag("timezone", "Zone of times that name none, as in afterimage's files.").Default("Local").SetValue(&f.timezone)
	f.prices = cmd.Flag("prices", "Prices by model, in the format of LiteLLM's model_prices_and_context_window.json. "+
		"Without it only costs that events bring themselves are known.").PlaceHolder("FILE").ExistingFile()
	return &f
}

// recordedRun is an input that was opened. Its source can be ranged over again, and has errors among its events.
type recordedRun struct {
	name    string
	src     monitor.Source // what was asked for of it
	whole   monitor.Source
	given   int            // events of src that were read
	account *ingest.Report // complete after the first pass
	close   func()
}

// open opens all inputs, each within the window and of the models that were asked for.
func (f *runFlags) open(ctx context.Context, e env) (runs []*recordedRun, err error) {
	defer func() {
		if err != nil {
			closeRuns(runs)
		}
	}()
	names := runNames(f.inputs)
	for i, input := range f.inputs {
		run, err := f.openOne(ctx, e, input)
		if err != nil {
			return runs, err
		}
		run.name = names[i]
		runs = append(runs, run)
		src, account := ingest.Account(run.src, e.logger)
		run.whole, run.account = ingest.Clean(src), account
		run.src = f.window.Of(run.whole)
		if len(*f.models) > 0 {
			run.src = export.OfModels(run.src, *f.models...)
		}
		run.src = run.counted(run.src)
	}
	return runs, nil
}

func (f *runFlags) openOne(ctx context.Context, e env, input string) (*recordedRun, error) {
	bar := newProgressBar(e.stderr, input)
	opts := []ingest.Option{ingest.WithLocation(f.timezone.Location), ingest.WithOnRead(bar.add)}
	var spooled *os.File
	var err error
	switch {
	case isURL(input):
		spooled, err = fetchEvents(ctx, e, input, f.window.Last)
	case input == "-":
		spooled, err = spool(&untilDone{ctx: ctx, r: e.stdin})
	default:
		src, err := ingest.Open(input, opts...)
		if err != nil {
			return nil, err
		}
		bar.total = sizeOf(input)
		return &recordedRun{src: src, close: bar.close}, nil
	}
	if err != nil {
		return nil, err
	}
	name := "standard input"
	if isURL(input) {
		name = withoutPassword(input)
	}
	src := func(yield func(monitor.Event, error) bool) {
		if _, err := spooled.Seek(0, io.SeekStart); err != nil {
			yield(monitor.Event{}, err)
			return
		}
		ingest.Read(spooled, name, opts...)(yield)
	}
	return &recordedRun{src: src, close: func() { bar.close(); _ = spooled.Close() }}, nil
}

func closeRuns(runs []*recordedRun) {
	for _, r := range runs {
		r.close()
	}
}

// damaged returns what of the runs could not be read at all: a part of them is missing from what was made.
func damaged(runs []*recordedRun) error {
	var errs []error
	for _, r := range runs {
		errs = append(errs, r.account.Files...)
	}
	return errors.Join(errs...)
}

// counted counts the events of src that are read.
func (r *recordedRun) counted(src monitor.Source) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		for ev, err := range src {
			if err == nil {
				r.given++
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}

// events gives the run's events without its errors, which are accounted for. When ctx ends it gives that as its last error.
func (r *recordedRun) events(ctx context.Context) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		for ev, err := range r.src {
			if ctx.Err() != nil {
				yield(monitor.Event{}, errInterrupted)
				return
			}
			if err == nil && !yield(ev, nil) {
				return
			}
		}
	}
}

var errInterrupted = errors.New("interrupted before the end of the run")

// spool copies r to a temporary file that has no name any more where the system can do that.
func spool(r io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "genmeter-*.ndjson")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // where an open file cannot be removed, the system's cleaning of temporary files does
	if _, err := io.Copy(f, r); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("keeping the input in a temporary file: %w", err)
	}
	return f, nil
}

// sizeOf is how many bytes of events there are at path; 0 when that is not known.
func sizeOf(path string) (total int64) {
	files, err := ingest.Files(path)
	if err != nil {
		return 0
	}
	for _, f := range files {
		if info, err := os.Stat(f.Path); err == nil && (f.Skipped == "" || f.MetricsOnly) {
			total += info.Size()
		}
	}
	return total
}

// runNames names runs by what their inputs are called, each differently.
func runNames(inputs []string) []string {
	names := make([]string, len(inputs))
	seen := make(map[string]int)
	for i, input := range inputs {
		names[i] = runName(input)
		seen[names[i]]++
	}
	used := make(map[string]bool)
	for i, name := range names {
		if seen[name] > 1 && !isURL(inputs[i]) {
			if abs, err := filepath.Abs(inputs[i]); err == nil { // monday/run and tuesday/run
				name = filepath.Base(filepath.Dir(abs)) + "/" + name
			}
		}
		for n, base := 2, name; used[name]; n++ {
			name = base + "#" + strconv.Itoa(n)
		}
		used[name] = true
		names[i] = name
	}
	return names
}

func runName(input string) string {
	switch {
	case input == "-":
		return "stdin"
	case isURL(input):
		_, host, _ := strings.Cut(withoutPassword(input), "://")
		return strings.TrimSuffix(host, "/")
	}
	abs, err := filepath.Abs(input)
	if err != nil {
		abs = input
	}
	base := filepath.Base(abs)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// pathsValue is one or more paths; see pathValue.
type pathsValue []string

func (p *pathsValue) String() string { return strings.Join(*p, " ") }

// IsCumulative tells kingpin that there may be several.
func (p *pathsValue) IsCumulative() bool { return true }

func (p *pathsValue) Set(s string) error {
	if s == "" {
		s = "-"
	}
	*p = append(*p, s)
	return nil
}

// windowValue is a part of a run's time.
type windowValue struct{ export.Window }

func (w *windowValue) String() string { return "" }

func (w *windowValue) Set(s string) (err error) {
	w.Window, err = export.ParseWindow(s)
	return err
}
