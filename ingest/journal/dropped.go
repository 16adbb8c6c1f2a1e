package journal

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

const droppedName = "dropped.json"

// Dropped says what retention has deleted since the folder's first run: what a resumed run's totals lack.
type Dropped struct {
	Segments int       `json:"segments"`
	Events   int64     `json:"events"`
	Bytes    int64     `json:"bytes"`
	Until    time.Time `json:"until"` // when the latest of them was last written to
}

// dropRecord is dropped.json. It is written before a segment is deleted, so that what is deleted is always counted; Through
// makes that the deletion of a segment that a crash left behind is not counted again.
type dropRecord struct {
	Dropped
	Through int `json:"through"` // number of the latest segment dropped; all up to it are
}

// readDropped returns the zero record when there is none. One that cannot be read costs its numbers, not the run.
func readDropped(dir string, log *slog.Logger) (r dropRecord) {
	path := filepath.Join(dir, droppedName)
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			log.Warn("journal: how much retention has deleted cannot be read and counts as nothing", "file", path, "error", err)
		}
		return dropRecord{}
	}
	return r
}

// with is the record behind one more segment.
func (r dropRecord) with(s *segment) dropRecord {
	r.Through = s.number
	r.Segments++
	r.Events += s.events
	r.Bytes += s.size
	if s.written.After(r.Until) {
		r.Until = s.written.UTC()
	}
	return r
}

func (r dropRecord) json() []byte {
	b, err := json.Marshal(r)
	if err != nil { // a year past 9999, from a file system
		r.Until = time.Time{}
		b, _ = json.Marshal(r)
	}
	return append(b, '\n')
}
