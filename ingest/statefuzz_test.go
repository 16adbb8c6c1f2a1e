package ingest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// FuzzFollowState: whatever the state of an earlier run says, nothing panics, following comes to the end of the file, and no
// line counts twice.
func FuzzFollowState(f *testing.F) {
	path := filepath.Join(f.TempDir(), "run.ndjson")
	begin := func(t *testing.T) (s *sidecar, own *strings.Replacer) {
		overwrite(t, path, numberedAll(1, 3)+`{"event":"rec`)
		s = startSidecar(t, path)
		s.polls(time.Second)
		key, err := json.Marshal(s.f.tails[0].Key)
		if err != nil {
			t.Fatal(err)
		}
		return s, strings.NewReplacer("PATH", path, `"KEY"`, string(key))
	}
	// A state as it is written, but for what differs from one process to the next.
	const good = `{"version":1,"path":"PATH","account":1,"files":[{"path":"PATH","base":"PATH","key":"KEY","pos":20,"line":1,"size":60,` +
		`"format":1,"marks":[{"at":20,"sum":1}],"wait":[{"from":0,"to":20,"line":0}],"born":"KEY"}]}`
	f.Add(good)
	f.Add(strings.Replace(good, `"wait"`, `"cuts":[{"at":-1,"epoch":-1}],"epoch":-1,"long":true,"long_at":9,"torn":5,"gone":true,"w"`, 1))
	f.Add(strings.Replace(good, `"marks":[{"at":20,"sum":1}],`, "", 1))
	f.Add(`{"version":1,"path":"PATH","files":[null]}`)
	f.Fuzz(func(t *testing.T, state string) {
		s, own := begin(t)
		if err := os.WriteFile(s.f.state, []byte(own.Replace(state)), 0o600); err != nil {
			t.Fatal(err)
		}
		s.restart()
		s.polls(time.Second)
		appendTo(t, path, "ord\"}\n"+numbered(4))
		s.polls(10 * time.Second)
		if len(s.events) > 5 {
			t.Errorf("%d events of 5 lines: %+v", len(s.events), s.events)
		}
	})
}
