package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"
)

const (
	askTimeout  = 10 * time.Second
	maxAlertsOf = 16 << 20 // bytes of the answer of a sidecar: its 1,900 rules fit easily
)

// How long, and how often, a sidecar is asked that has not judged its rules yet: it does so a minute after its start, unless it
// was told otherwise.
const (
	judgedWithin = 90 * time.Second
	askAgain     = time.Second
)

var errNotJudged = errors.New("the sidecar has not judged its rules yet: ask again after its --alerts.interval")

// awaitAlerts is askAlerts that waits for the first judgement, so long at most, and says that it does.
func awaitAlerts(ctx context.Context, e env, address string, most, pause time.Duration) ([]checkedAlert, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, most, errNotJudged)
	defer cancel()
	for told := false; ; told = true {
		alerts, err := askAlerts(ctx, address)
		if !errors.Is(err, errNotJudged) {
			return alerts, err
		}
		if !told {
			e.logger.Info("the sidecar has not judged its rules yet: waiting for that", "most", most)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// askAlerts returns the alerts that fire in the sidecar at address.
func askAlerts(ctx context.Context, address string) ([]checkedAlert, error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	resp, err := ask(ctx, address, "api/v1/alerts", url.Values{"state": {"firing"}})
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // only read: nothing can be lost
	asked := resp.Request.URL.String()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAlertsOf+1))
	if err != nil {
		return nil, fmt.Errorf("asking the sidecar: reading %s: %w", asked, err)
	}
	return firingIn(body, asked)
}

// firingIn reads the answer of a sidecar.
func firingIn(body []byte, url string) ([]checkedAlert, error) {
	if len(body) > maxAlertsOf {
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
		return nil, errNotJudged
	}
	var alerts []checkedAlert
	for _, a := range *answer.Alerts {
		alerts = append(alerts, checkedAlert{a.Name, a.Level, a.StartsAt, a.EndsAt, a.Value, a.Threshold, a.Message})
	}
	return alerts, nil
}

func quotedLine(body []byte) string { return fmt.Sprintf("%q", firstLine(string(body))) }
