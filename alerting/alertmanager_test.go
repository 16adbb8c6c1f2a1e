package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// newAlertmanager returns a delivery to an Alertmanager that answers what it is told to.
func newAlertmanager(
	t *testing.T, say func(attempt int, r *http.Request) (*http.Response, error), opts ...AlertmanagerOption,
) (*delivery, *answers) {
	t.Helper()
	s := newAnswers(say)
	h, err := Alertmanager("http://am/prefix/", append(opts, AlertmanagerTransport(s))...)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := deliverTo(h)
	return d, s
}

func accepts(int, *http.Request) (*http.Response, error) { return answer(200), nil }

// told lists what a request says: each alert with its end, in seconds from now, negative when that is past.
func told(t *testing.T, s *answers, i int) string {
	t.Helper()
	var alerts []postableAlert
	if err := json.Unmarshal([]byte(s.bodies()[i]), &alerts); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, a := range alerts {
		all = append(all, fmt.Sprintf("%s %v", a.Labels["alertname"], a.EndsAt.Sub(s.begun.Add(s.at()[i]))))
	}
	return strings.Join(all, ", ")
}

// now returns an alert as it is when it begins to fire now.
func now(a Alert) Alert { a.Time, a.StartsAt = time.Now(), time.Now(); return a }

// over returns it as it is when it ends now.
func over(a Alert) Alert { a.Time, a.EndsAt, a.State = time.Now(), time.Now(), Resolved; return a }

func TestAlertmanagerRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s := newAlertmanager(t, func(_ int, r *http.Request) (*http.Response, error) {
			expectEqual(t, r.Method+" "+r.URL.String(), "POST http://am/prefix/api/v2/alerts")
			expectEqual(t, r.Header.Get("Content-Type"), "application/json")
			return answer(200), nil
		})
		d.send(highErrorRate())
		synctest.Wait()
		d.send(resolved(highErrorRate()))
		closeDelivery(t, d)
		const want = `[{"labels":{"alertname":"GenmeterHighErrorRate","job":"genmeter","severity":"critical"},` +
			`"annotations":{"description":"error rate is 25 %, the mean of 40 calls in 5m0s: more than 20 %",` +
			`"summary":"error rate is 25 %","threshold":"0.2","value":"0.25"},` +
			`"startsAt":"2026-03-01T12:00:00Z","endsAt":"2000-01-01T00:04:00Z"}]`
		expectEqual(t, s.bodies()[0], want)
		expectEqual(t, s.bodies()[1], strings.Replace(want, "2000-01-01T00:04:00Z", "2026-03-01T12:30:00Z", 1))
		expectEqual(t, len(s.bodies()), 2)
	})
}

// What fires is sent again every minute and what is resolved for 15 more, together.
func TestAlertmanagerResends(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s := newAlertmanager(t, accepts)
		a := now(firingAlert("a", "m"))
		d.send(a)
		time.Sleep(90 * time.Second)
		b := now(firingAlert("b", "m"))
		d.send(b)
		time.Sleep(90 * time.Second)
		d.send(over(a))
		time.Sleep(time.Hour)
		synctest.Wait()

		expectEqual(t, told(t, s, 0), "a 4m0s")
		expectEqual(t, told(t, s, 1), "a 4m0s")
		expectEqual(t, told(t, s, 2), "a 4m0s, b 4m0s")
		expectEqual(t, told(t, s, 3), "a 4m0s, b 4m0s")
		expectEqual(t, told(t, s, 4), "a 0s, b 4m0s")
		expectEqual(t, told(t, s, 5), "a -1m0s, b 4m0s")
		expectEqual(t, told(t, s, 19), "a -15m0s, b 4m0s")
		expectEqual(t, told(t, s, 20), "b 4m0s")
		expectEqual(t, fmt.Sprint(s.at()[:6]), "[0s 1m0s 1m30s 2m30s 3m0s 4m0s]")
		expectEqual(t, len(s.at()), 5+60)

		d.send(over(b))
		time.Sleep(time.Hour)
		synctest.Wait()
		expectEqual(t, len(s.at()), 5+60+16) // and then there is nothing to say
		closeDelivery(t, d)
		expectEqual(t, counts(d), "failed 0, lost 0")
	})
}

// An Alertmanager that is away hears, when it is back, how things are now: a flood of changes meanwhile is a handful of
// attempts and one request.
func TestAlertmanagerAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var up atomic.Bool
		d, s := newAlertmanager(t, func(_ int, r *http.Request) (*http.Response, error) {
			if up.Load() {
				return answer(200), nil
			}
			return silent(r)
		})
		a, b := now(firingAlert("a", "m")), now(firingAlert("b", "m"))
		b.StartsAt = b.StartsAt.Add(1)
		for range 5_000 {
			d.send(a)
			d.send(over(a))
			d.send(b)
			time.Sleep(time.Second / 10)
		}
		synctest.Wait()
		if attempts := len(s.at()); attempts > 20 {
			t.Errorf("%d attempts in 500 s", attempts)
		}
		up.Store(true)
		time.Sleep(time.Minute)
		synctest.Wait()
		if last := told(t, s, len(s.at())-1); !strings.HasPrefix(last, "a -") || !strings.HasSuffix(last, ", b 4m0s") {
			t.Errorf("at last it heard %q", last)
		}
		closeDelivery(t, d)
	})
}

func TestAlertmanagerRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s := newAlertmanager(t, func(n int, _ *http.Request) (*http.Response, error) {
			switch n {
			case 1, 2:
				return nil, errors.New("connection refused")
			case 3:
				return answer(503, "Retry-After", "3600"), nil
			case 5:
				return answer(400), nil
			case 6:
				panic("a bad transport")
			}
			return answer(200), nil
		})
		d.send(now(firingAlert("a", "m")))
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		// A Retry-After is believed no further than the next resend; a 400 and a panic wait for that too.
		expectEqual(t, s.seconds(), "[0 1 3 63 123 183 243]")
		expectEqual(t, counts(d), "failed 5, lost 0")
		closeDelivery(t, d)
	})
}

// close says what is not yet said, until its context ends, and leaves alone what fires.
func TestAlertmanagerClose(t *testing.T) {
	down := func(int, *http.Request) (*http.Response, error) { return answer(500), nil }
	upAfter := func(failures int) func(int, *http.Request) (*http.Response, error) {
		return func(n int, r *http.Request) (*http.Response, error) {
			if n <= failures {
				return down(n, r)
			}
			return answer(200), nil
		}
	}
	for _, c := range []struct {
		name, requests, err string
		say                 func(int, *http.Request) (*http.Response, error)
		timeout             time.Duration // of close; 0 for none
	}{
		{"up", "[0 30]", "<nil>", accepts, time.Minute},
		{"comes back", "[0 1 3 7 15 31]", "<nil>", upAfter(5), time.Minute},
		{
			"down", "[0 1 3 7 15 31 61]", `handler "test": 1 alerts not delivered: context deadline exceeded`,
			down, time.Minute,
		},
		{
			"down, close has no end", "[0 1 3 7 15 31 61 91 121 151 181 211 241 271 301 331]",
			`handler "test": 1 alerts not delivered: gave up`, down, 0,
		},
		{"refuses", "[0 30]", "<nil>", func(int, *http.Request) (*http.Response, error) { return answer(400), nil }, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, s := newAlertmanager(t, c.say)
				a := now(firingAlert("a", "m"))
				d.send(a)
				time.Sleep(30 * time.Second)
				d.send(over(a))
				ctx := t.Context()
				if c.timeout > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.timeout)
					defer cancel()
				}
				expectEqual(t, fmt.Sprint(d.close(ctx)), c.err)
				expectEqual(t, s.seconds(), c.requests)
				time.Sleep(time.Hour)
				expectEqual(t, s.seconds(), c.requests)
			})
		})
	}
}

func TestAlertmanagerResendEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, s := newAlertmanager(t, accepts, AlertmanagerResendEvery(10*time.Second))
		d.send(now(firingAlert("a", "m")))
		time.Sleep(35 * time.Second)
		synctest.Wait()
		expectEqual(t, s.seconds(), "[0 10 20 30]")
		expectEqual(t, told(t, s, 3), "a 40s")
		closeDelivery(t, d) // what fires still does
		expectEqual(t, len(s.at()), 4)
	})
	for _, d := range []time.Duration{0, -time.Second} {
		if _, err := Alertmanager("http://am", AlertmanagerResendEvery(d)); err == nil {
			t.Errorf("every %v is accepted", d)
		}
	}
}
