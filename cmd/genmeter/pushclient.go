package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxAnswer is how much of a refusal is read, and maxQuoted how much of its first line is shown.
const (
	maxAnswer = 4 << 10
	maxQuoted = 200
)

// newPushClient returns a client that follows no redirects: after one a POST would become a GET, whose answer says
// nothing of what was pushed. A timeout of 0 leaves the time to contexts.
func newPushClient(config *tls.Config, timeout time.Duration) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if config != nil {
		transport.TLSClientConfig = config
	}
	return &http.Client{
		Transport:     keepRefusals{transport},
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// refusal is an answer other than 2xx.
type refusal struct {
	status         int
	text, location string
}

func (r *refusal) Error() string {
	text := fmt.Sprintf("%d %s", r.status, http.StatusText(r.status))
	if r.text != "" {
		text += ": " + r.text
	}
	return text
}

// keepRefusals keeps the refusal of a request for watchRefusal, because the libraries that push lose parts of it, or
// quote it whole.
type keepRefusals struct{ next http.RoundTripper }

type refusalKey struct{}

// watchRefusal returns a context for requests and a function that returns what refused the last of them, nil when
// there was no answer or a good one. It is for requests made one after the other.
func watchRefusal(ctx context.Context) (context.Context, func() *refusal) {
	kept := new(*refusal)
	return context.WithValue(ctx, refusalKey{}, kept), func() *refusal { return *kept }
}

func (k keepRefusals) RoundTrip(req *http.Request) (*http.Response, error) {
	kept, ok := req.Context().Value(refusalKey{}).(**refusal)
	if !ok {
		kept = new(*refusal)
	}
	*kept = nil
	resp, err := k.next.RoundTrip(req)
	if err != nil || resp.StatusCode/100 == 2 {
		return resp, err
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // the status says enough where this fails
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.ContentLength = int64(len(body))
	*kept = &refusal{status: resp.StatusCode, text: firstLine(string(body)), location: resp.Header.Get("Location")}
	return resp, nil
}

// CloseIdleConnections is what http.Client looks for.
func (k keepRefusals) CloseIdleConnections() {
	if c, ok := k.next.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// firstLine returns the first line of text that is not empty, cut where it is long.
func firstLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) > maxQuoted {
		text = strings.ToValidUTF8(text[:maxQuoted], "") + "…"
	}
	return text
}
