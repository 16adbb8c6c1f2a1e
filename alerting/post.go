package alerting

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	attemptTimeout = 10 * time.Second

	// What is read of an answer: a few words of it stand in the error.
	answerBytes = 200
)

// poster posts JSON to one URL.
type poster struct {
	url    string // without its userinfo
	user   *url.Userinfo
	client *http.Client
}

// newPoster validates the URL. Its errors do not quote it, nor do those of post: passwords and tokens stand in URLs, also
// in those that cannot be parsed.
func newPoster(rawURL string, transport http.RoundTripper) (*poster, error) {
	const want = "want http://HOST[:PORT][/PATH] or https://…, user and password percent-encoded"
	u, err := url.Parse(rawURL)
	switch {
	case err != nil:
		return nil, errors.New("the URL cannot be parsed: " + want)
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("the URL has the scheme %.10q: %s", u.Scheme, want)
	case u.Hostname() == "":
		return nil, errors.New("the URL has no host: " + want)
	case u.Fragment != "":
		return nil, errors.New("the URL has a fragment, which is not sent: " + want)
	}
	p := &poster{user: u.User, client: &http.Client{
		Transport: transport,
		Timeout:   attemptTimeout,
		// A redirect turns a POST into a GET, or takes the password elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	u.User = nil
	p.url = u.String()
	return p, nil
}

// newTransport returns what posts go through by default. A post a minute gains nothing from a connection that is kept, and
// loses when the other side has closed it.
func newTransport() http.RoundTripper {
	return &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true, ForceAttemptHTTP2: true}
}

// refused is an answer that is not a success.
type refused struct {
	code       int
	said       string
	retryAfter time.Duration // 0 when it does not say
}

func (r *refused) Error() string {
	if r.said == "" {
		return fmt.Sprintf("answered %d", r.code)
	}
	return fmt.Sprintf("answered %d %q", r.code, r.said)
}

// post makes one attempt.
func (p *poster) post(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		return withoutURL(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "genmeter")
	if p.user != nil {
		password, _ := p.user.Password()
		req.SetBasicAuth(p.user.Username(), password)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return withoutURL(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode/100 == 2 {
		return nil
	}
	said, _ := io.ReadAll(io.LimitReader(resp.Body, answerBytes))
	return &refused{resp.StatusCode, string(bytes.TrimSpace(said)), retryAfter(resp.Header.Get("Retry-After"))}
}

// withoutURL returns what a *url.Error says beside the URL.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// temporary reports whether another attempt may do better: after network errors, 429 and 5xx.
func temporary(err error) bool {
	var r *refused
	return !errors.As(err, &r) || r.code == http.StatusTooManyRequests || r.code/100 == 5
}

// retryAfter reads a Retry-After header: seconds or a date.
func retryAfter(header string) time.Duration {
	if s, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}
