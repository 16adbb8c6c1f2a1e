package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"time"
)

const (
	hourRate  = 1000 // events a second of the hour
	hourBatch = 1000
	hourRows  = 6 // how often the memory is looked at
)

// hour has a sidecar with a data directory take an hour of calls, of 20 models and with the hour's own times, as fast as one
// connection sends them, and prints what memory it has as the hour goes on.
func hour(program, dir string, length time.Duration, markdown bool) (err error) {
	s, err := startSidecar(program, filepath.Join(dir, "hour"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	t := newTable(markdown, "of an hour with 1,000 events/s", "events", "memory MB", "peak MB", "events/s")
	events := int(length.Seconds()) * hourRate
	start, begun := time.Now().Add(-length), time.Now()
	for n := 0; n < events; n += hourBatch {
		if err := s.post(hourLines(start, n)); err != nil {
			return err
		}
		if done := n + hourBatch; done%(events/hourRows) < hourBatch {
			t.print(time.Duration(done)*time.Second/hourRate, done, s.memory("VmRSS")>>20, s.memory("VmHWM")>>20, int(float64(done)/time.Since(begun).Seconds()))
		}
	}
	if counted, err := s.counted(); err != nil || counted != int64(events) {
		return fmt.Errorf("it was sent %d events and counts %d: %w", events, counted, err)
	}
	return t.out.Flush()
}

// hourLines is a batch of calls, each a thousandth of a second after the one before it.
func hourLines(start time.Time, first int) io.Reader {
	var b []byte
	for i := first; i < first+hourBatch; i++ {
		at := start.Add(time.Duration(i) * time.Second / hourRate).UTC().Format(time.RFC3339Nano)
		b = appendCall(b, i, i, at, i%50 > 0, fmt.Sprint("model-", i%20))
	}
	return bytes.NewReader(b)
}

func (s *server) post(body io.Reader) error {
	resp, err := http.Post("http://"+s.address+"/api/v1/events", "application/x-ndjson", body)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close() // it was read
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", resp.Status, answer)
	}
	return err
}
