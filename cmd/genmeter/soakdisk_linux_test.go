package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// TestSoakDiskFull fills the disk under load: senders are told to come again, nothing of what they were told so counts, and all goes
// on when there is room. Then the sidecar is killed, with the disk full once more.
func TestSoakDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("mounting a small file system needs root: %v", err)
	}
	t.Cleanup(func() { must(t, syscall.Unmount(dir, syscall.MNT_DETACH)) })
	ballast, data := filepath.Join(dir, "ballast"), filepath.Join(dir, "data")
	l := newLedger()
	p := startProcess(t, "", "--data-dir="+data, "--resume")
	for range soakScale(t) {
		s := send(t, l, p.address, batchSizes...)
		begin := l.events()
		must(t, until(func() error { return l.grown(begin) }))
		fill(t, ballast)
		refused := s.refused.Load()
		must(t, until(func() error {
			if n := s.refused.Load(); n < refused+8 {
				return fmt.Errorf("the disk is full, and only %d batches were refused", n-refused)
			}
			return nil
		}))
		must(t, os.Truncate(ballast, 0))
		begin = l.events()
		must(t, until(func() error { return l.grown(begin) }))
		s.stop()
		l.checkRun(t, p, data)
		fill(t, ballast)
		underFull(t, l, p)
		must(t, os.Truncate(ballast, 0))
		p = startProcess(t, "", "--data-dir="+data, "--resume")
		resendSome(t, l, p)
		l.checkRun(t, p, data)
		p.terminate(t)
		if t.Failed() {
			return
		}
		must(t, os.RemoveAll(data))
		l, p = newLedger(), startProcess(t, "", "--data-dir="+data, "--resume")
	}
}

// underFull kills p while senders try in vain.
func underFull(t *testing.T, l *ledger, p *sidecarProcess) {
	t.Helper()
	s := send(t, l, p.address, batchSizes...)
	must(t, until(func() error {
		if s.refused.Load() == 0 {
			return fmt.Errorf("the disk is full, and nothing was refused")
		}
		return nil
	}))
	p.kill(t)
	s.stop()
}

// fill writes a file until the disk is full.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	must(t, err)
	defer f.Close()
	for block := bytes.Repeat([]byte("x"), 4<<10); ; {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
}

// TestSoakDirectoryMoved takes the data directory away under load, by a rename: what was acknowledged is in the one that was there or in the
// one that was made in its place.
func TestSoakDirectoryMoved(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	data := filepath.Join(top, "data")
	l, dirs := newLedger(), []string{data}
	p := startProcess(t, "", "--data-dir="+data, "--resume")
	s := send(t, l, p.address, batchSizes...)
	for i := range 3 * soakScale(t) {
		begin := l.events()
		must(t, until(func() error { return l.grown(begin) }))
		away := filepath.Join(top, fmt.Sprint("away", i))
		must(t, os.Rename(data, away))
		dirs = append(dirs, away)
		must(t, until(func() error {
			names, err := filepath.Glob(filepath.Join(data, "*.ndjson"))
			if err == nil && len(names) == 0 {
				err = fmt.Errorf("nothing is written to %s any more", data)
			}
			return err
		}))
	}
	s.stop()
	p.terminate(t)
	d := readDisk(t, dirs...)
	for batch, events := range l.acked {
		for i := range events {
			if d.ids[eventID(batch, i)] == 0 {
				t.Fatalf("event %s was acknowledged and is nowhere", eventID(batch, i))
			}
		}
	}
	for id, n := range readDisk(t, data).ids {
		if n != 1 {
			t.Fatalf("event %s is %d times in the new directory", id, n)
		}
	}
}

var timestamps = regexp.MustCompile(`"timestamp":"([^"]+)"`)

// TestSoakClock has the clock jump between two lives of the sidecar, and events whose own clocks are years off. A program in Go asks the
// kernel for the time, so that no library can lie to it: the journal's times are moved instead, which to a sidecar that resumes is the
// same. All that was acknowledged counts, and nothing that was refused.
func TestSoakClock(t *testing.T) {
	t.Parallel()
	for _, jump := range []time.Duration{-90 * 24 * time.Hour, -2 * time.Hour, 2 * time.Minute, time.Hour, 10 * 365 * 24 * time.Hour} {
		l, dir := newLedger(), t.TempDir()
		p := startProcess(t, "", "--data-dir="+dir, "--resume")
		underLoad(t, l, p, func() {
			for _, e := range []struct {
				time     string
				accepted int
			}{{"1971-01-01T00:00:00Z", 1}, {"2199-12-31T23:59:59Z", 0}} {
				l.send("clock/"+e.time, e.accepted)
				body := fmt.Appendf(nil, `{"event":"generation","id":%q,"timestamp":%q,"duration":1,"success":true,"model_name":"m","prompt_token_count":9}`,
					eventID("clock/"+e.time, 0), e.time)
				_, taken, err := postEvents(t.Context(), http.DefaultClient, p.address, body)
				if must(t, err); taken.Accepted != e.accepted || taken.Rejected != 1-e.accepted {
					t.Errorf("an event of %s: %+v, expected %d accepted", e.time, taken, e.accepted)
				}
				l.ack("clock/" + e.time)
			}
		})
		p.terminate(t)
		shiftTimes(t, dir, jump)
		p = startProcess(t, "", "--data-dir="+dir, "--resume")
		l.checkRun(t, p, dir)
		underLoad(t, l, p, func() {})
		l.checkRun(t, p, dir)
		if t.Failed() {
			t.Fatalf("the clock jumped by %v", -jump)
		}
		p.terminate(t)
	}
}

// shiftTimes moves the times of a journal.
func shiftTimes(t *testing.T, dir string, by time.Duration) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.ndjson"))
	must(t, err)
	for _, name := range names {
		text, err := os.ReadFile(name)
		must(t, err)
		text = timestamps.ReplaceAllFunc(text, func(m []byte) []byte {
			at, err := time.Parse(time.RFC3339Nano, string(timestamps.FindSubmatch(m)[1]))
			must(t, err)
			return fmt.Appendf(nil, `"timestamp":%q`, at.Add(by).Format(time.RFC3339Nano))
		})
		must(t, os.WriteFile(name, text, 0o600))
	}
}
