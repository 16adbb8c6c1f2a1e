package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
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
	window   *string
	within   export.Window // of window, once work has begun
	models   *[]string
	timezone zoneValue
	prices   *string
}

func addRunFlags(cmd *kingpin.CmdClause) *runFlags {
	var f runFlags
	cmd.Arg("run", "File or directory of a recorded run, \"-\" for standard input, or the URL of a running sidecar, which gives "+
		"what its ring holds; repeatable.").Required().SetValue(&f.inputs)
	f.window = cmd.Flag("window", "Only this part of the run: its last 30m, 2h or 1d; or START/END, either of which may be missing: dates, "+
		"or times such as \"2026-11-24 19:57:10\", in --timezone, or in RFC 3339. END may be a duration.").PlaceHolder("WINDOW").String()
	f.models = cmd.Flag("model", "Only calls and evaluations by this model, repeatable; \"unknown\" is those without one.").
		PlaceHolder("NAME").Strings()
	cmd.Flag("timezone", "Zone of times that name none, as in afterimage's files and --window.").Default("Local").SetValue(&f.timezone)
	f.prices = pricesFlag(cmd).ExistingFile()
	return &f
}

// work opens all inputs and the prices, and hands them to do. Its errors are that of do, made clear when there was nothing to
// work on, and files that could not be read.
func (f *runFlags) work(ctx context.Context, e env, do func([]*recordedRun, *monitor.Prices) error) (err error) {
	if f.within, err = export.ParseWindow(*f.window, f.timezone.Location); err != nil {
		return wrongUsage("--%v", err)
	}
	prices, err := loadPrices(*f.prices)
	if err != nil {
		return err
	}
	e.logger = loggerForPeople(e)
	runs, err := f.open(ctx, e)
	if err != nil {
		return err
	}
	defer closeRuns(runs)
	if err := do(runs, prices); err != nil {
		if ctx.Err() != nil {
			return errInterrupted
		}
		return errors.Join(f.explain(ctx, err, runs), damaged(runs))
	}
	return damaged(runs)
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
		run.src = f.within.Of(run.whole)
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
	stream, name, once := openStream(ctx, e, input)
	var spooled *os.File
	var err error
	switch {
	case isURL(input):
		name = withoutPassword(input)
		spooled, err = fetchEvents(ctx, e, input, f.within.Last)
	case once:
		spooled, err = spool(stream, name)
	default:
		src, err := ingest.Open(input, opts...)
		if err != nil {
			return nil, err
		}
		return &recordedRun{src: src, close: bar.close}, nil
	}
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	if err != nil {
		return nil, err
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

// spool copies r, which can be read once, to a temporary file, which can be read again. It has no name any more where the
// system can do that. What begins as no text does is refused at once: a device may have no end.
func spool(r io.Reader, name string) (*os.File, error) {
	in := bufio.NewReader(r)
	if head, _ := in.Peek(512); bytes.HasPrefix(head, []byte{0}) {
		return nil, fmt.Errorf("%s: found binary data, expected event lines or one of afterimage's files", name)
	}
	f, err := os.CreateTemp("", "genmeter-*.ndjson")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // where an open file cannot be removed, the system's cleaning of temporary files does
	if _, err := io.Copy(f, in); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("copying %s to a temporary file: %w", name, err)
	}
	return f, nil
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
	if s == "-" && slices.Contains(*p, s) {
		return errors.New("\"-\" is given twice: standard input can be read once")
	}
	*p = append(*p, s)
	return nil
}
