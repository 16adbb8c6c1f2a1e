package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/genmeter/genmeter/web"
)

func isURL(s string) bool { return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") }

// withoutPassword is a URL as it may be shown.
func withoutPassword(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "the sidecar"
	}
	u.User = nil
	return u.String()
}

// ask asks the sidecar at address for a path below it. An answer other than 200 is an error. The password in address, if
// there is one, is in no error. The caller closes the body; ctx ends reading it too.
func ask(ctx context.Context, address, path string, query url.Values) (*http.Response, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, wrongUsage("the URL of a sidecar is wanted, such as http://%s", defaultAddress) // not quoted: see above
	}
	user := u.User
	u.User = nil
	u = u.JoinPath(path)
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	if user != nil {
		password, _ := user.Password()
		req.SetBasicAuth(user.Username(), password)
	}
	client := newPushClient(nil, 0)
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking the sidecar: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp, nil
	}
	defer func() { _ = resp.Body.Close() }() // only read: nothing can be lost
	if resp.StatusCode == http.StatusUnauthorized {
		return nil, fmt.Errorf("%s wants a password: put USER:PASSWORD@ before the host", u)
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // the status says enough where this fails
	return nil, fmt.Errorf("%s answers %s: %s", u, resp.Status, firstLine(string(body)))
}

// fetchTimeout is how long a sidecar may take to give its events: a full ring has some 20 MB.
const fetchTimeout = 5 * time.Minute

// fetchEvents returns a temporary file of the events that the ring of a sidecar holds: those of the last so long, all for 0.
// Events that it had before are only in its totals, which is logged.
func fetchEvents(ctx context.Context, e env, address string, last time.Duration) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	query := url.Values{"format": {"ndjson"}}
	if last > 0 {
		query.Set("window", last.String())
	}
	resp, err := ask(ctx, address, "api/v1/export", query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // only read: nothing can be lost
	if older := resp.Header.Get(web.EvictedHeader); older != "" && older != "0" {
		e.logger.Warn("the sidecar's ring has room for its last events only; older ones are in its totals, and not in this",
			"older", older)
	}
	return spool(resp.Body, resp.Request.URL.String())
}
