package alerting

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// firingMessage is what Webhook posts of highErrorRate. The fingerprint is from prometheus/common.
const firingMessage = `{
  "receiver": "genmeter",
  "status": "firing",
  "alerts": [
    {
      "status": "firing",
      "labels": {
        "alertname": "GenmeterHighErrorRate",
        "job": "genmeter",
        "severity": "critical"
      },
      "annotations": {
        "description": "error rate is 25 %, the mean of 40 calls in 5m0s: more than 20 %",
        "summary": "error rate is 25 %",
        "threshold": "0.2",
        "value": "0.25"
      },
      "startsAt": "2026-03-01T12:00:00Z",
      "endsAt": "0001-01-01T00:00:00Z",
      "generatorURL": "",
      "fingerprint": "01217162c99e33f9"
    }
  ],
  "groupLabels": {
    "alertname": "GenmeterHighErrorRate",
    "job": "genmeter",
    "severity": "critical"
  },
  "commonLabels": {
    "alertname": "GenmeterHighErrorRate",
    "job": "genmeter",
    "severity": "critical"
  },
  "commonAnnotations": {
    "description": "error rate is 25 %, the mean of 40 calls in 5m0s: more than 20 %",
    "summary": "error rate is 25 %",
    "threshold": "0.2",
    "value": "0.25"
  },
  "externalURL": "",
  "version": "4",
  "groupKey": "{}:{alertname=\"GenmeterHighErrorRate\", job=\"genmeter\", severity=\"critical\"}",
  "truncatedAlerts": 0
}`

func TestWebhookMessages(t *testing.T) {
	var got bytes.Buffer
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got.Reset()
		_ = json.Indent(&got, body, "", "  ") // what is no JSON leaves it empty, which is not the golden body
	}))
	defer srv.Close()
	h, err := Webhook(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	a := highErrorRate()
	a.StartsAt = a.StartsAt.In(time.FixedZone("", 3600)) // times are sent in UTC
	if err := h.HandleAlert(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	expectEqual(t, got.String(), firingMessage)

	if err := h.HandleAlert(t.Context(), resolved(a)); err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(firingMessage, `"status": "firing"`, `"status": "resolved"`)
	want = strings.Replace(want, `"endsAt": "0001-01-01T00:00:00Z"`, `"endsAt": "2026-03-01T12:30:00Z"`, 1)
	expectEqual(t, got.String(), want)

	if err := h.HandleAlert(t.Context(), Alert{State: Firing}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got.String(), "null") {
		t.Errorf("an alert without labels has nulls: %s", &got)
	}
}

func TestFirstClause(t *testing.T) {
	for s, want := range map[string]string{
		"": "", "stalled": "stalled", "stalled.": "stalled", "mean is 3.5 s": "mean is 3.5 s",
		"mean is 1,024; more than 1,000": "mean is 1,024", "no success: none": "no success", "a. b, c": "a",
		"success rate 60 % over 5 min (16 of 40 failed, mostly timeout), threshold 80 %":          "success rate 60 % over 5 min",
		"resolved: success rate 90 % over 5 min (4 of 40 failed, mostly timeout), threshold 80 %": "resolved: success rate 90 % over 5 min",
	} {
		expectEqual(t, firstClause(s), want)
	}
}

// answers is a server without a network, for bubbles: it answers what it is told to, and notes when it was asked.
type answers struct {
	begun time.Time
	say   func(attempt int, r *http.Request) (*http.Response, error)

	mu   sync.Mutex
	when []time.Duration // after begun
	body []string
}

func newAnswers(say func(attempt int, r *http.Request) (*http.Response, error)) *answers {
	return &answers{begun: time.Now(), say: say}
}

func (s *answers) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.when, s.body = append(s.when, time.Since(s.begun)), append(s.body, string(body))
	attempt := len(s.when)
	s.mu.Unlock()
	return s.say(attempt, r)
}

func (s *answers) at() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.when)
}

func (s *answers) bodies() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.body)
}

// seconds are when it was asked.
func (s *answers) seconds() string {
	var seconds []float64
	for _, at := range s.at() {
		seconds = append(seconds, at.Seconds())
	}
	return fmt.Sprint(seconds)
}

func answer(code int, header ...string) *http.Response {
	r := &http.Response{StatusCode: code, Body: http.NoBody, Header: http.Header{}}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

// silent answers nothing until the request is given up.
func silent(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

func TestWebhookSchedule(t *testing.T) {
	for _, c := range []struct {
		name, want, err string
		say             func(attempt int, r *http.Request) (*http.Response, error)
	}{
		{"taken", "[0]", "<nil>", func(int, *http.Request) (*http.Response, error) { return answer(204), nil }},
		{"refused", "[0]", "answered 400", func(int, *http.Request) (*http.Response, error) { return answer(400), nil }},
		{
			"down for a while", "[0 1 3 7]", "<nil>",
			func(n int, _ *http.Request) (*http.Response, error) {
				if n < 4 {
					return nil, errors.New("connection refused")
				}
				return answer(200), nil
			},
		},
		{
			"down for ever", "[0 1 3 7 15 31 61 91 121 151 181 211 241 271]", "gave up after 5m0s: answered 503",
			func(int, *http.Request) (*http.Response, error) { return answer(503), nil },
		},
		{
			"busy", "[0 10 12 132]", "<nil>", // the third asks for an hour
			func(n int, _ *http.Request) (*http.Response, error) {
				return []*http.Response{
					answer(429, "Retry-After", "10"), answer(429, "Retry-After", "0"),
					answer(503, "Retry-After", "3600"), answer(200),
				}[n-1], nil
			},
		},
		{
			"hung", "[0 11 23]", "answered 403",
			func(n int, r *http.Request) (*http.Response, error) {
				if n < 3 {
					return silent(r)
				}
				return answer(403), nil
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newAnswers(c.say)
				h, err := Webhook("http://receiver", WebhookTransport(s))
				if err != nil {
					t.Fatal(err)
				}
				expectEqual(t, fmt.Sprint(h.HandleAlert(t.Context(), highErrorRate())), c.err)
				expectEqual(t, s.seconds(), c.want)
				for _, body := range s.bodies() {
					expectEqual(t, body, s.bodies()[0])
				}
			})
		})
	}
}

func TestWebhookRetryFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for d, want := range map[time.Duration]string{0: "[0]", 4 * time.Second: "[0 1 3]"} {
			s := newAnswers(func(int, *http.Request) (*http.Response, error) { return answer(500), nil })
			h, err := Webhook("http://receiver", WebhookTransport(s), WebhookRetryFor(d))
			if err != nil {
				t.Fatal(err)
			}
			expectEqual(t, fmt.Sprint(h.HandleAlert(t.Context(), Alert{})), fmt.Sprintf("gave up after %v: answered 500", d))
			expectEqual(t, s.seconds(), want)
		}
	})
	if _, err := Webhook("http://receiver", WebhookRetryFor(-1)); err == nil {
		t.Error("less than nothing is accepted")
	}
}

// While the receiver is down nothing but reminders is lost, and close ends a retry.
func TestWebhookBehindDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var up atomic.Bool
		s := newAnswers(func(int, *http.Request) (*http.Response, error) {
			if up.Load() {
				return answer(200), nil
			}
			return answer(502), nil
		})
		h, err := Webhook("http://receiver", WebhookTransport(s))
		if err != nil {
			t.Fatal(err)
		}
		d, _ := deliverTo(h)
		a, again := highErrorRate(), highErrorRate()
		again.Reminder = true
		for _, a := range []Alert{a, firingAlert("other", "m"), again, resolved(a)} {
			d.send(a)
			synctest.Wait()
		}
		time.Sleep(5 * time.Second)
		up.Store(true)
		time.Sleep(time.Minute)
		synctest.Wait()
		var got []string
		for _, body := range s.bodies()[3:] { // after those of 0, 1 and 3 s
			var m webhookMessage
			if err := json.Unmarshal([]byte(body), &m); err != nil {
				t.Fatal(err)
			}
			got = append(got, m.Status+" "+m.CommonLabels["alertname"])
		}
		expectEqual(t, fmt.Sprint(got), "[firing GenmeterHighErrorRate firing other resolved GenmeterHighErrorRate]")

		up.Store(false)
		d.send(a)
		d.send(firingAlert("other", "m"))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		expectEqual(t, fmt.Sprint(d.close(ctx)), `handler "test": 2 alerts not delivered: context deadline exceeded`)
		expectEqual(t, counts(d), "failed 1, lost 2")
	})
}
