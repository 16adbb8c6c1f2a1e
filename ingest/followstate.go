package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// followState is what is kept over restarts.
type followState struct {
	Version int     `json:"version"`
	Path    string  `json:"path"`
	Account Format  `json:"account"`
	Files   []*tail `json:"files"`
}

const stateVersion = 1

func hashName(path string) string {
	sum := sha256.Sum256([]byte(path))
	return hex.EncodeToString(sum[:6])
}

// open reads the state. One that cannot be read is told of, and files are read from their beginnings; what was counted
// has the same ids then.
func (f *follower) open(dataDir string) error {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return fmt.Errorf("following %s: %w", f.path, err)
	}
	f.state = stateName(dataDir, f.path)
	b, err := os.ReadFile(f.state)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("following %s: %w", f.path, err)
	}
	f.looked = true
	var s followState
	if err := json.Unmarshal(b, &s); err != nil || s.Version != stateVersion || s.Path != f.path || !sound(s.Files) {
		f.put(monitor.Event{}, &FileError{
			File: f.state, Found: "a state that cannot be used", Expected: "what was written here; files are read from their beginnings again",
		})
		return nil
	}
	f.account, f.tails = s.Account, s.Files
	for _, t := range f.tails {
		kept := *t
		t.saved = &kept
		if len(t.Marks) > 0 {
			t.origin = newOrigin(t.Born, t.Marks[0], t.Epoch, t.Cuts)
		}
	}
	return nil
}

// sound reports whether a state could have been written here.
func sound(tails []*tail) bool {
	for _, t := range tails {
		switch {
		case t == nil, t.Pos < 0, t.Line < 0, int(t.Format) >= len(formatNames):
			return false
		case t.Pos > 0 && (len(t.Marks) == 0 || t.Marks.last().At < t.Pos):
			return false
		}
		for i, m := range t.Marks {
			if m.At <= 0 || i > 0 && m.At <= t.Marks[i-1].At {
				return false
			}
		}
		for _, s := range t.Wait {
			if s.From < 0 || s.To <= s.From || s.To > t.Pos || s.Line < 0 {
				return false
			}
		}
	}
	return true
}

// save writes down how far reading is. It is called when everything that was read was taken. An error costs nothing as
// long as this goes on: it is told of, and the next save tries again.
func (f *follower) save() {
	f.dirty = false
	if f.state == "" {
		return
	}
	waiting := f.waitingSpans()
	for _, t := range f.tails {
		t.saved = nil
		kept := *t
		kept.Wait = append(slices.Clip(kept.Wait), waiting[t.origin]...)
		t.saved = &kept
	}
	f.write()
}

// saveAhead writes down what files are about to be given of, before that is: should this end before save, and a file be
// changed meanwhile, the next start knows it nevertheless.
func (f *follower) saveAhead() {
	if f.state == "" {
		return
	}
	for _, t := range f.tails {
		kept := &tail{}
		if t.saved != nil {
			*kept = *t.saved
		}
		kept.Path, kept.Base, kept.Key, kept.Gone, kept.Size = t.Path, t.Base, t.Key, t.Gone, t.Size
		kept.Born, kept.Epoch, kept.Cuts, kept.Marks = t.Born, t.Epoch, t.Cuts, t.Marks
		if kept.Pos > t.Pos { // it was cut since
			kept.Pos, kept.Line, kept.Long = t.Pos, t.Line, t.Long
		}
		t.saved = kept
	}
	f.write()
}

func (f *follower) write() {
	s := followState{Version: stateVersion, Path: f.path, Account: f.account, Files: make([]*tail, len(f.tails))}
	for i, t := range f.tails {
		s.Files[i] = t.saved
	}
	b, err := json.Marshal(s)
	if err == nil {
		err = replaceFile(f.state, b)
	}
	if err == nil {
		f.problem(f.state, nil)
		return
	}
	f.dirty = true
	f.problem(f.state, &FileError{Err: reason(err)})
}

// replaceFile writes a file so that after a crash it is the old or the new one.
func replaceFile(name string, b []byte) error {
	tmp := name + ".tmp"
	file, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(b)
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(tmp, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if dir, err := os.Open(filepath.Dir(name)); err == nil { // where folders can be opened, the new name is made durable
		_ = dir.Sync()
		dir.Close()
	}
	return nil
}
