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

// recorded gives the events of a recorded run, as a monitor would have them, without what cannot be read.
func recorded(t testing.TB, run string) monitor.Source {
	t.Helper()
	src, err := ingest.Open(filepath.Join("..", "ingest", "testdata", run), ingest.WithLocation(time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return ingest.Readable(ingest.Clean(src))
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
