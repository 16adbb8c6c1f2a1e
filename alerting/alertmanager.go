package alerting

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"
)

const (
	// expireAfter is how many times in a row an Alertmanager may not hear of an alert before it takes it for resolved; as
	// Prometheus has it.
	expireAfter = 4

	// resolvedFor is how long a resolved alert is sent again; as Prometheus has it. An Alertmanager that was away hears of it.
	resolvedFor = 15 * time.Minute
)

// AlertmanagerOption is an option of [Alertmanager].
type AlertmanagerOption func(*alertmanager)

// AlertmanagerTransport sets what requests go through, as [WebhookTransport] does.
func AlertmanagerTransport(rt http.RoundTripper) AlertmanagerOption {
	return func(m *alertmanager) { m.transport = rt }
}

// AlertmanagerResendEvery sets how often a firing alert is sent again, 1 minute by default. An Alertmanager that has not
// heard of it for 4 times as long takes it for resolved.
func AlertmanagerResendEvery(d time.Duration) AlertmanagerOption {
	return func(m *alertmanager) { m.every = d }
}

// alertmanager is used by one goroutine, its delivery's.
type alertmanager struct {
	*poster
	transport http.RoundTripper
	every     time.Duration

	alerts map[uint64]*toldAlert // by the fingerprint of their labels, as Alertmanager has them
	next   time.Time             // of the next post
	wait   backoff
}

// toldAlert is an alert that fires, or was resolved in the last 15 minutes.
type toldAlert struct {
	Alert
	news bool // Alertmanager does not know it yet
}

// Alertmanager returns a Handler that sends alerts to the Alertmanager at a base URL such as http://localhost:9093, by its
// API v2, as Prometheus does: what fires is sent again every minute, with an end four minutes ahead, and what is resolved for
// another 15 minutes, all in one request. An alert is known by its labels alone, which are those of Prometheus's own rule for
// the same thing (its alertname too) when [WithLabels] gives what Prometheus adds, job and instance: then the two are one alert.
// Annotations are as [Webhook] has them, and so is what an attempt may do; a failed one is repeated after 1 s, 2 s, … 30 s.
//
// At the end of the Alerter what was not yet said is said; what fires is left as it is, and Alertmanager takes it for resolved
// within four minutes. For several Alertmanagers give [WithHandlers] one Handler each.
//
// It fails when the URL or an option is not valid. The Handler is for one Alerter, and must be given to WithHandlers itself:
// inside of another Handler it is not asked to send again.
func Alertmanager(baseURL string, opts ...AlertmanagerOption) (Handler, error) {
	m := &alertmanager{transport: newTransport(), every: time.Minute, alerts: make(map[uint64]*toldAlert)}
	for _, o := range opts {
		o(m)
	}
	if m.every <= 0 {
		return nil, fmt.Errorf("alerting: Alertmanager: cannot resend every %v: want more than 0", m.every)
	}
	var err error
	if m.poster, err = newPoster(baseURL, m.transport); err != nil {
		return nil, fmt.Errorf("alerting: Alertmanager: %w", err)
	}
	if m.url, err = url.JoinPath(m.url, "api/v2/alerts"); err != nil {
		return nil, fmt.Errorf("alerting: Alertmanager: %w", withoutURL(err))
	}
	return m, nil
}

// Name is the value of the handler label.
func (*alertmanager) Name() string { return "alertmanager" }

// HandleAlert posts at once, unless the last attempt failed: then the next one, which is due soon, has this alert too.
func (m *alertmanager) HandleAlert(ctx context.Context, a Alert) error {
	m.alerts[fingerprint(a.Labels)] = &toldAlert{a, true}
	if m.wait.last > 0 && time.Now().Before(m.next) {
		return nil
	}
	return m.resend(ctx)
}

func (m *alertmanager) due() time.Time {
	if len(m.alerts) == 0 {
		return time.Time{}
	}
	return m.next
}

func (m *alertmanager) unsaid() (n int) {
	for _, a := range m.alerts {
		if a.news {
			n++
		}
	}
	return n
}

// resend posts all that it knows.
func (m *alertmanager) resend(ctx context.Context) error {
	now := time.Now()
	m.next = now.Add(m.every) // whatever happens
	body, err := json.Marshal(m.postable(now))
	if err != nil {
		return err
	}
	err = m.post(ctx, body)
	if err != nil && temporary(err) {
		m.next = time.Now().Add(min(m.wait.next(err), max(m.every, firstRetry)))
		return err
	}
	// What is refused would be refused again: it has been said.
	m.wait = backoff{}
	for id, a := range m.alerts {
		a.news = false
		if a.State == Resolved && now.Sub(endOf(&a.Alert)) >= resolvedFor {
			delete(m.alerts, id)
		}
	}
	return err
}

// postableAlert is what POST /api/v2/alerts takes. generatorURL may be left out, and is.
type postableAlert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt"`
	EndsAt      time.Time         `json:"endsAt"`
}

func (m *alertmanager) postable(now time.Time) []postableAlert {
	var all []postableAlert
	for _, a := range m.alerts {
		p := postableAlert{a.Labels, annotations(&a.Alert), startOf(&a.Alert), endOf(&a.Alert)}
		if a.State != Resolved {
			p.EndsAt = now.Add(expireAfter * m.every).UTC()
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b postableAlert) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(fingerprint(a.Labels), fingerprint(b.Labels)))
	})
	return all
}
