package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// roundTripper is a network of one function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func answer(code int) (*http.Response, error) {
	return &http.Response{StatusCode: code, Body: http.NoBody}, nil
}

func testGateway(network roundTripper) *gateway {
	return &gateway{
		to:       &receiver{url: "http://pg", what: "the Pushgateway", failures: &failures{logger: slog.New(slog.DiscardHandler)}},
		client:   &http.Client{Transport: keepRefusals{network}},
		gatherer: grouped(prometheus.NewRegistry(), nil), job: "genmeter",
		interval: 15 * time.Second, limits: usualLimits, logger: slog.New(slog.DiscardHandler), stop: make(chan struct{}),
	}
}

// TestPushTimes: pushes come at once, at each interval and at the end; the last waits for the one under way.
func TestPushTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var seen []string
		p := testGateway(func(req *http.Request) (*http.Response, error) {
			at := time.Since(begun)
			time.Sleep(2 * time.Second)
			seen = append(seen, fmt.Sprint(req.Method, " ", at))
			return answer(200)
		})
		p.start()
		time.Sleep(31 * time.Second)
		must(t, p.finish())
		if want := "[PUT 0s PUT 15s PUT 30s PUT 32s]"; fmt.Sprint(seen) != want {
			t.Errorf("requests %v, want %s", seen, want)
		}
	})
}

// TestSlowPushes: where a push takes longer than the interval, the end still waits for one only.
func TestSlowPushes(t *testing.T) {
	for range 20 { // what is ready at the same time is taken by chance
		synctest.Test(t, func(t *testing.T) {
			begun := time.Now()
			p := testGateway(func(*http.Request) (*http.Response, error) {
				time.Sleep(3 * time.Second)
				return answer(200)
			})
			p.interval = 50 * time.Millisecond
			p.start()
			time.Sleep(4 * time.Second)
			must(t, p.finish())
			if took := time.Since(begun); took > 10*time.Second {
				t.Errorf("ended after %v", took)
			}
		})
	}
}

// TestLastPushIsTriedAgain as long as that may help, and no longer than its limit.
func TestLastPushIsTriedAgain(t *testing.T) {
	refused := &url.Error{Op: "Put", URL: "http://pg", Err: errors.New("connection reset by peer")}
	hang := func(req *http.Request) (*http.Response, error) {
		<-req.Context().Done()
		return nil, req.Context().Err()
	}
	for _, c := range []struct {
		name     string
		answers  []any // the last for ever
		requests int
		took     time.Duration
		want     string
	}{
		{"starting", []any{503, refused, 429, 200}, 4, 700 * time.Millisecond, ""},
		{"dead", []any{refused}, 9, usualLimits.push, "connection reset by peer"},
		{"broken", []any{500}, 9, usualLimits.push, "500 Internal Server Error"},
		{"silent", []any{hang}, 2, usualLimits.push, "no answer within 5s"},
		{"silent after a word", []any{503, hang}, 3, usualLimits.push, "no answer within 5s"},
		{"unwilling", []any{400}, 1, 0, "400 Bad Request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun, requests := time.Now(), 0
				p := testGateway(func(req *http.Request) (*http.Response, error) {
					a := c.answers[min(requests, len(c.answers)-1)]
					requests++
					switch a := a.(type) {
					case int:
						return answer(a)
					case error:
						return nil, a
					}
					return a.(func(*http.Request) (*http.Response, error))(req)
				})
				err := p.finish()
				if (c.want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
					t.Errorf("the error is %v, want %q", err, c.want)
				}
				if took := time.Since(begun); requests != c.requests || took != c.took {
					t.Errorf("%d requests in %v, want %d in %v", requests, took, c.requests, c.took)
				}
			})
		})
	}
}

// TestWait: a wait at the end takes its time although the sidecar was told to end, until it is told again.
func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took := func(ctx context.Context) time.Duration {
			begun := time.Now()
			wait(ctx, time.Minute)
			return time.Since(begun)
		}
		var c courtesy
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), courtesyKey{}, &c))
		time.AfterFunc(time.Second, cancel)
		if d := took(ctx); d != time.Second {
			t.Errorf("a signal ended the wait after %v", d)
		}
		if d := took(ctx); d != time.Minute {
			t.Errorf("a signal that was before the wait ended it after %v", d)
		}
		time.AfterFunc(time.Second, func() {
			if !c.end() {
				t.Error("there was no wait to end")
			}
		})
		if d := took(ctx); d != time.Second {
			t.Errorf("a second signal ended the wait after %v", d)
		}
		if c.end() {
			t.Error("there was a wait after the wait")
		}
	})
}
