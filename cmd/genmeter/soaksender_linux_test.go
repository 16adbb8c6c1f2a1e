package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// senders post batches of events, each until it is acknowledged, whatever happens to the sidecar meanwhile.
type senders struct {
	ledger  *ledger
	address atomic.Pointer[string] // where the sidecar is now
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	refused atomic.Int64 // answers of 503 and 429
	client  *http.Client
}

// send begins to send from one goroutine for each size of a batch.
func send(t *testing.T, l *ledger, address string, sizes ...int) *senders {
	t.Helper()
	name := l.name()
	ctx, cancel := context.WithCancel(t.Context())
	s := &senders{ledger: l, cancel: cancel, client: &http.Client{
		Timeout: 2 * patience, Transport: &http.Transport{MaxIdleConnsPerHost: len(sizes)},
	}}
	s.address.Store(&address)
	for i, size := range sizes {
		s.wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				batch := fmt.Sprintf("%s/%d/%d", name, i, n)
				body := soakBatch(batch, size)
				l.send(batch, size)
				for ctx.Err() == nil && !s.post(ctx, t, batch, body, size) {
					pause(ctx, time.Millisecond)
				}
			}
		})
	}
	t.Cleanup(s.stop)
	return s
}

// stop returns when nothing is on its way any more. What was not acknowledged is left so.
func (s *senders) stop() {
	s.cancel()
	s.wg.Wait()
	s.client.CloseIdleConnections()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// post reports whether the batch was acknowledged. A batch is under way until its answer: stop does not cut it off.
func (s *senders) post(ctx context.Context, t *testing.T, batch string, body []byte, size int) bool {
	status, taken, err := postEvents(context.WithoutCancel(ctx), s.client, *s.address.Load(), body)
	switch {
	case err != nil:
		return false // the sidecar is away; the answer may have been lost with it
	case status == http.StatusServiceUnavailable, status == http.StatusTooManyRequests:
		s.refused.Add(1)
		return false
	case status != http.StatusOK, taken.Accepted+taken.Duplicates != size, taken.Accepted != 0 && taken.Duplicates != 0:
		t.Errorf("batch %s of %d events: status %d, %+v: expected all accepted, or all duplicates", batch, size, status, taken)
		return true
	}
	s.ledger.ack(batch)
	return true
}

// takenAnswer is what the sidecar says of a batch.
type takenAnswer struct{ Accepted, Rejected, Duplicates int }

func postEvents(ctx context.Context, client *http.Client, address string, body []byte) (status int, taken takenAnswer, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+address+"/api/v1/events", bytes.NewReader(body))
	if err != nil {
		return 0, taken, err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := client.Do(req)
	if err != nil {
		return 0, taken, err
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&taken); err != nil {
		return 0, taken, err
	}
	if status = resp.StatusCode; (status == 503 || status == 429) && resp.Header.Get("Retry-After") == "" {
		err = fmt.Errorf("status %d without Retry-After", status)
	}
	return status, taken, err
}

// soakBatch is a body of so many calls, with ids and with tokens that differ.
func soakBatch(batch string, size int) []byte {
	var b []byte
	for i := range size {
		b = fmt.Appendf(b, `{"event":"generation","id":%q,"duration":0.5,"success":true,"model_name":"model-%d","prompt_token_count":%d}`+"\n",
			eventID(batch, i), i%3, 1+(i*7+len(batch))%97)
	}
	return b
}
