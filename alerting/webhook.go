package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// WebhookOption is an option of [Webhook].
type WebhookOption func(*webhook)

// WebhookTransport sets what requests go through, such as an [http.Transport] with a client certificate or one that adds
// an Authorization header. The default goes through the proxy of the environment and keeps no connection open.
func WebhookTransport(rt http.RoundTripper) WebhookOption {
	return func(w *webhook) { w.transport = rt }
}

// WebhookRetryFor sets how long one alert is tried; the default is 5 minutes, and 0 makes one attempt.
func WebhookRetryFor(d time.Duration) WebhookOption { return func(w *webhook) { w.retryFor = d } }

type webhook struct {
	*poster
	transport http.RoundTripper
	retryFor  time.Duration
}

// Webhook returns a Handler that posts each alert to a URL as Alertmanager's webhook integration does (version 4 of its
// format, one alert a message), so that receivers made for Alertmanager take it. The alert's labels identify it; they make
// the groupKey too. Its annotations are summary, description (the whole message), value and threshold. A user and
// password in the URL become basic authentication; no error quotes the URL.
//
// An attempt may take 10 s, and does not follow redirects. Network errors and the answers 429 and 5xx are retried after 1 s,
// 2 s, … 30 s, or when Retry-After says, which is believed up to 2 minutes. After 5 minutes in all ([WebhookRetryFor]), when
// the context ends, or at any other answer, the alert is given up and counted as an error of the handler. Those behind it
// wait meanwhile, 256 at most, and each is then tried for as long; a reminder that waits is left out once something newer of
// its alert waits too.
//
// It fails when the URL or an option is not valid. The Handler may be used by several goroutines, and several Alerters.
func Webhook(url string, opts ...WebhookOption) (Handler, error) {
	w := &webhook{transport: newTransport(), retryFor: 5 * time.Minute}
	for _, o := range opts {
		o(w)
	}
	var err error
	if w.poster, err = newPoster(url, w.transport); err != nil {
		return nil, fmt.Errorf("alerting: webhook: %w", err)
	}
	if w.retryFor < 0 {
		return nil, fmt.Errorf("alerting: webhook: cannot retry for %v: want 0 or more", w.retryFor)
	}
	return w, nil
}

// Name is the value of the handler label.
func (*webhook) Name() string { return "webhook" }

func (w *webhook) HandleAlert(ctx context.Context, a Alert) error {
	body, err := json.Marshal(newWebhookMessage(&a))
	if err != nil {
		return err
	}
	giveUp := time.Now().Add(w.retryFor)
	for wait := (backoff{}); ; {
		err := w.post(ctx, body)
		if err == nil || !temporary(err) || ctx.Err() != nil {
			return err
		}
		pause := wait.next(err)
		if !time.Now().Add(pause).Before(giveUp) {
			return fmt.Errorf("gave up after %v: %w", w.retryFor, err)
		}
		if !sleep(ctx, pause) {
			return fmt.Errorf("%w, before that: %w", context.Cause(ctx), err)
		}
	}
}
