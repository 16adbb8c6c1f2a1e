package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	askTimeout  = 10 * time.Second
	maxAlertsOf = 16 << 20 // bytes of the answer of a sidecar: its 1,900 rules fit easily
)

func isURL(s string) bool { return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") }

// askAlerts returns the alerts that fire in the sidecar at address. The password in it, if there is one, is in no error.
func askAlerts(ctx context.Context, address string) ([]checkedAlert, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, wrongUsage("the URL of a sidecar is wanted, such as http://%s", defaultAddress) // not quoted: see above
	}
	user := u.User
	u.User = nil
	u = u.JoinPath("api/v1/alerts")
	u.RawQuery = "state=firing"
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
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
	defer func() { _ = resp.Body.Close() }() // only read: nothing can be lost
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAlertsOf+1))
	if err != nil {
		return nil, fmt.Errorf("asking the sidecar: reading %s: %w", u, err)
	}
	return firingIn(resp, body, u.String())
}

// firingIn reads the answer of a sidecar.
func firingIn(resp *http.Response, body []byte, url string) ([]checkedAlert, error) {
	switch {
	case resp.StatusCode == http.StatusUnauthorized:
		return nil, fmt.Errorf("%s wants a password: put USER:PASSWORD@ before the host", url)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s answers %s: %s", url, resp.Status, firstLine(string(body)))
	case len(body) > maxAlertsOf:
		return nil, fmt.Errorf("%s answers with more than %d MiB", url, maxAlertsOf>>20)
	}
	var answer struct {
		EvaluatedAt *time.Time `json:"evaluated_at"`
		Alerts      *[]struct {
			Name      string     `json:"name"`
			Level     string     `json:"level"`
			Message   string     `json:"message"`
			StartsAt  time.Time  `json:"starts_at"`
			EndsAt    *time.Time `json:"ends_at"`
			Value     *float64   `json:"value"`
			Threshold *float64   `json:"threshold"`
		} `json:"alerts"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || answer.Alerts == nil {
		return nil, fmt.Errorf("%s: found %s, expected the alerts of a genmeter sidecar", url, quotedLine(body))
	}
	if answer.EvaluatedAt == nil {
		return nil, errors.New("the sidecar has not judged its rules yet: ask again after its --alerts.interval")
	}
	var alerts []checkedAlert
	for _, a := range *answer.Alerts {
		alerts = append(alerts, checkedAlert{a.Name, a.Level, a.StartsAt, a.EndsAt, a.Value, a.Threshold, a.Message})
	}
	return alerts, nil
}

func quotedLine(body []byte) string { return fmt.Sprintf("%q", firstLine(string(body))) }
