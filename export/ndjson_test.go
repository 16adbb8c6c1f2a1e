package export

import (
	"bytes"
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// reread writes src as event lines and reads them again.
func reread(t *testing.T, src monitor.Source) []monitor.Event {
	t.Helper()
	var out bytes.Buffer
	if err := encodeNDJSON(context.Background(), &out, src, newConfig(nil)); err != nil {
		t.Fatal(err)
	}
	return events(t, ingest.Read(&out, "export", ingest.WithLocation(time.UTC)))
}

func compareEvents(t *testing.T, got, want []monitor.Event) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i := range want {
		g, w := got[i], want[i]
		if !g.Time.Equal(w.Time) {
			t.Fatalf("event %d: time %v, want %v", i, g.Time, w.Time)
		}
		g.Time, w.Time = time.Time{}, time.Time{}
		g.Source, w.Source = "", ""
		if !reflect.DeepEqual(g, w) {
			t.Fatalf("event %d:\n got %+v\nwant %+v", i, g, w)
		}
	}
}

func TestNDJSONReadsBackAsTheSameEvents(t *testing.T) {
	for _, name := range runNames {
		want := events(t, recorded(t, name))
		if len(want) < 500 {
			t.Fatalf("%s has %d events", name, len(want))
		}
		compareEvents(t, reread(t, recorded(t, name)), want)
	}
}

// Every kind of event is written, in the order of the source.
func TestNDJSONHasEveryKind(t *testing.T) {
	var want []monitor.Event
	for kind := monitor.KindGeneration; kind <= monitor.KindTarget; kind++ {
		want = append(want, monitor.Event{Kind: kind, Time: moment, ID: "id"})
	}
	want[3].Name = "queue_depth"
	compareEvents(t, reread(t, source(want...)), want)
}

func FuzzNDJSON(f *testing.F) {
	f.Add(`{"event":"generation","duration":1.5,"success":false,"model_name":"m","error":"a\nb","topic":"x","n":7}`)
	f.Add(`{"event":"evaluation","success":true,"scores":{"a":-1,"b":{"score":2,"feedback":"ü\u2028"}},"timestamp":"2026-11-24T20:00:00.5+01:00"}`)
	f.Add("{\"event\":\"record\",\"id\":\"1\",\"outcome\":\"failed\"}\n{\"event\":\"metric\",\"metric\":\"q\",\"value\":1e300,\"metric_name\":\"x\"}")
	f.Fuzz(func(t *testing.T, lines string) {
		var want []monitor.Event
		for ev, err := range ingest.Read(strings.NewReader(lines), "fuzz", ingest.WithLocation(time.UTC)) {
			if err == nil && ev.Mend(nil) == "" {
				want = append(want, ev)
			}
		}
		if len(want) > 0 {
			compareEvents(t, reread(t, source(want...)), want)
		}
	})
}
