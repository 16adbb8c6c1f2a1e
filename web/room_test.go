package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// TestRoomIsBounded: bodies under way have so much room and no more, from their first byte; it is given back.
func TestRoomIsBounded(t *testing.T) {
	var all room
	read := func(n int) (*hold, error) {
		h := &hold{room: &all}
		_, err := readInto(nil, bytes.NewReader(make([]byte, n)), h)
		return h, err
	}
	others := &hold{room: &all}
	if err := others.grow(maxBodies - maxBody); err != nil {
		t.Fatal(err)
	}
	large, err := read(maxBody / 4) // slices are larger than what is in them
	if err != nil {
		t.Fatal(err)
	}
	holds := []*hold{others, large}
	for range maxBodies / 4096 { // small ones count as well
		h, err := read(100)
		holds = append(holds, h)
		if e, ok := errors.AsType[*apiError](err); ok && e.status == http.StatusTooManyRequests {
			break
		}
	}
	if taken := all.taken.Load(); taken < maxBodies || taken > maxBodies+maxBody {
		t.Errorf("%d bytes are taken when there is no more room, want about %d", taken, maxBodies)
	}
	for _, h := range holds {
		h.release()
	}
	if taken := all.taken.Load(); taken != 0 {
		t.Errorf("%d bytes are not given back", taken)
	}
}

// TestWeights: what a body becomes is never more than what it is estimated to, whatever it holds.
func TestWeights(t *testing.T) {
	for name, body := range map[string]string{
		"events":  strings.Repeat(`{"event":"record"}`+"\n", 50_000),
		"junk":    strings.Repeat("1\n", 50_000),
		"array":   "[" + strings.Repeat(`{"event":"record"},`, 49_999) + `{"event":"record"}]`,
		"ones":    "\n[" + strings.Repeat("1,", 49_999) + "1]",
		"blanks":  strings.Repeat("\n", 50_000),
		"one":     `{"event":"record"}`,
		"nothing": "",
	} {
		b := ingest.NewBody(time.UTC)
		err := b.Read([]byte(body), maxBodyEvents)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		size := int64(cap(b.Events))*int64(unsafe.Sizeof(monitor.Event{})+unsafe.Sizeof(0)) +
			int64(cap(b.Problems))*int64(unsafe.Sizeof(ingest.LineError{})+unsafe.Sizeof(&ingest.LineError{}))
		for _, p := range b.Problems {
			size += int64(len(p.Found) + len(p.Expected))
		}
		if weight := eventsWeight([]byte(body)); size > weight {
			t.Errorf("%s: takes %d bytes, its weight is %d", name, size, weight)
		}
	}
	if w := eventsWeight(bytes.Repeat([]byte("\n"), maxBody)); w > maxDecoding {
		t.Errorf("a body of events of any size must fit: %d", w)
	}
	if w := otlpWeight(make([]byte, maxBody)); w > maxDecoding {
		t.Errorf("a body of OTLP of any size must fit: %d", w)
	}
}

// TestDecodingIsBounded: a body waits while others, that have become much, are under way; and no longer than its sender.
func TestDecodingIsBounded(t *testing.T) {
	mon, err := monitor.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer mon.Shutdown(context.Background())
	gate := &gate{entered: make(chan struct{}, 100), open: make(chan struct{})}
	intake := ingest.NewIntake(mon, gate, nil)
	h := Handler(mon, WithIntake(intake, nil), WithOTLP(ingest.NewOTLPIntake(intake, ingest.OTLPOptions{})))
	post := func(ctx context.Context, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(ctx, http.MethodPost, "http://localhost"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	line := strings.Repeat(`{"event":"record"}`+"\n", 99_999)
	codes := make(chan int, 10)
	fits := maxDecoding / int(eventsWeight([]byte(line)))
	for range fits {
		go func() { codes <- post(context.Background(), "/api/v1/events", line).Code }()
		<-gate.entered
	}
	left, leave := context.WithCancel(context.Background())
	leave()
	for path, body := range map[string]string{"/api/v1/events": line, "/v1/traces": `{"x":"` + strings.Repeat("x", 4<<20) + `"}`} {
		if w := post(left, path, body); w.Code == http.StatusOK && w.Body.Len() > 0 {
			t.Errorf("%s: %d %s while %d others are under way", path, w.Code, w.Body, fits)
		}
	}
	select {
	case <-gate.entered:
		t.Error("there is no bound")
	default:
	}
	close(gate.open)
	for range fits {
		if code := <-codes; code != http.StatusOK {
			t.Error(code)
		}
	}
	if w := post(context.Background(), "/api/v1/events", line); w.Code != http.StatusOK {
		t.Errorf("afterwards: %d %s", w.Code, fmt.Sprint(w.Body))
	}
}

// gate is a journal that waits.
type gate struct{ entered, open chan struct{} }

func (g *gate) Append(context.Context, []monitor.Event) error {
	g.entered <- struct{}{}
	<-g.open
	return nil
}
