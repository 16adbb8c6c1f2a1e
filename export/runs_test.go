package export

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// runNames are the two recorded runs that the tests write; truth.json beside each says what is in it.
var runNames = []string{"afterimage-run", "afterimage-quirks"}

// run gives the events of a recorded run. What cannot be read in it is left out, as its truth.json has it.
func run(t testing.TB, name string) monitor.Source {
	t.Helper()
	src, err := ingest.Open(filepath.Join("..", "ingest", "testdata", name), ingest.WithLocation(time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(monitor.Event, error) bool) {
		for ev, err := range src {
			if err != nil {
				continue
			}
			ev.Mend(nil)
			if !yield(ev, nil) {
				return
			}
		}
	}
}

func events(t testing.TB, src monitor.Source) (list []monitor.Event) {
	t.Helper()
	for ev, err := range src {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, ev)
	}
	return list
}
