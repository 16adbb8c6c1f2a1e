package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

func TestWideCSVHasEveryCell(t *testing.T) {
	for _, name := range runNames {
		src := recorded(t, name)
		var out bytes.Buffer
		if err := encodeWideCSV(context.Background(), &out, src, newConfig([]Option{WithRawText()})); err != nil {
			t.Fatal(err)
		}
		table, err := newWideTable(context.Background(), src)
		if err != nil {
			t.Fatal(err)
		}
		in := csv.NewReader(&out)
		header, err := in.Read()
		if err != nil || len(header) != len(table.columns) {
			t.Fatalf("header %q, %v", header, err)
		}
		for _, ev := range events(t, src) {
			if !isRow(&ev) {
				continue
			}
			row, err := in.Read()
			if err != nil {
				t.Fatal(err)
			}
			want := table.cells(&ev)
			want["timestamp"] = csvTime(ev.Time)
			for i, cell := range row {
				if w := strings.ReplaceAll(want[header[i]], "\r\n", "\n"); cell != w { // the reader drops \r before \n
					t.Fatalf("%s: %s is %q, want %q", name, header[i], cell, w)
				}
			}
		}
		if _, err := in.Read(); err != io.EOF {
			t.Errorf("%s: more rows than events: %v", name, err)
		}
	}
}

func TestWideCSVFormulas(t *testing.T) {
	ev := monitor.Event{Kind: monitor.KindRecord, Name: "=1+1", Attrs: []monitor.Attr{monitor.Int("n", -1), monitor.String("e", "")}}
	for _, c := range []struct {
		opts []Option
		want string
	}{{nil, `,'=1+1,-1,"",`}, {[]Option{WithRawText()}, `,=1+1,-1,"",`}} {
		var out bytes.Buffer
		if err := encodeWideCSV(context.Background(), &out, source(ev), newConfig(c.opts)); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(out.String(), c.want+"\n") {
			t.Errorf("%q does not end in %q", out.String(), c.want)
		}
	}
}

// csvTime is a time as wide-csv has it.
func csvTime(t time.Time) string {
	if t.Nanosecond()%1000 == 0 {
		return t.UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func TestTimesAreThoseOfTheStandardLibrary(t *testing.T) {
	for _, ns := range []int64{0, 1, 999999999, 1234567890123456789, -62135596799999999, 1500000000, 1700000000100000000, 1000, 10} {
		at := time.Unix(0, ns).In(time.FixedZone("", -3600))
		if got, want := string(appendUTC(nil, at)), csvTime(at); got != want {
			t.Errorf("%d ns: %s, want %s", ns, got, want)
		}
	}
	if got := string(appendUTC(nil, time.Date(7, 1, 2, 3, 4, 5, 0, time.UTC))); got != "0007-01-02T03:04:05.000000Z" {
		t.Errorf("the year 7: %s", got)
	}
}

// failingWriter takes so many bytes, and no more.
type failingWriter struct{ left int }

var errFull = errors.New("full")

func (w *failingWriter) Write(b []byte) (int, error) {
	if len(b) > w.left {
		return w.left, errFull
	}
	w.left -= len(b)
	return len(b), nil
}

// encoders are those whose faults TestFaults goes through.
var encoders = map[string]encoder{
	"ndjson": encodeNDJSON, "wide-csv": encodeWideCSV, "wide-parquet": encodeWideParquet, "parquet": encodeParquet,
	"openmetrics": encodeOpenMetrics,
}

// errRead is what a source may give in its middle.
var errRead = errors.New("torn")

func TestFaults(t *testing.T) {
	many := make([]monitor.Event, 20_000)
	for i := range many {
		many[i] = monitor.Event{Kind: monitor.KindGeneration, Model: "m", PromptTokens: int64(i), Time: moment.Add(time.Duration(i) * time.Second)}
	}
	torn := func(yield func(monitor.Event, error) bool) {
		for i, ev := range many {
			if i == 15_000 {
				yield(monitor.Event{}, errRead)
				return
			}
			if !yield(ev, nil) {
				return
			}
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, encode := range encoders {
		c := newConfig(nil)
		if err := encode(context.Background(), io.Discard, torn, c); err != errRead {
			t.Errorf("%s: a torn source: %v", name, err)
		}
		if err := encode(cancelled, io.Discard, source(many...), c); err != context.Canceled {
			t.Errorf("%s: cancelled: %v", name, err)
		}
		if err := encode(context.Background(), &failingWriter{1000}, source(many...), c); err != errFull {
			t.Errorf("%s: a full disk: %v", name, err)
		}
		if err := encode(context.Background(), io.Discard, source(), c); !errors.Is(err, ErrNoEvents) {
			t.Errorf("%s: nothing to write: %v", name, err)
		}
	}
}

// A source may give its error, or the context its end, between the two readings.
func TestSecondReadingFails(t *testing.T) {
	for name, encode := range encoders {
		readings := 0
		ctx, cancel := context.WithCancel(context.Background())
		src := func(yield func(monitor.Event, error) bool) {
			if readings++; readings == 2 || name == "ndjson" {
				cancel()
			}
			for range 10_000 {
				if !yield(monitor.Event{Kind: monitor.KindRecord, Time: moment}, nil) {
					return
				}
			}
		}
		if err := encode(ctx, io.Discard, src, newConfig(nil)); err != context.Canceled {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPanicOfASourceComesUp(t *testing.T) {
	defer func() {
		if r := recover(); r != "broken" {
			t.Errorf("recovered %v", r)
		}
	}()
	_ = encodeNDJSON(context.Background(), io.Discard, func(func(monitor.Event, error) bool) { panic("broken") }, newConfig(nil))
}
