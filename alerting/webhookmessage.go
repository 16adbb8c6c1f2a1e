package alerting

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// webhookMessage is what Alertmanager's webhook integration posts, in the order in which it does. See
// https://prometheus.io/docs/alerting/latest/configuration/#webhook_config.
type webhookMessage struct {
	Receiver          string            `json:"receiver"`
	Status            string            `json:"status"`
	Alerts            []webhookAlert    `json:"alerts"`
	GroupLabels       map[string]string `json:"groupLabels"`
	CommonLabels      map[string]string `json:"commonLabels"`
	CommonAnnotations map[string]string `json:"commonAnnotations"`
	ExternalURL       string            `json:"externalURL"`
	Version           string            `json:"version"`
	GroupKey          string            `json:"groupKey"`
	TruncatedAlerts   uint64            `json:"truncatedAlerts"`
}

type webhookAlert struct {
	Status       string            `json:"status"`
	Labels       map[string]string `json:"labels"`
	Annotations  map[string]string `json:"annotations"`
	StartsAt     time.Time         `json:"startsAt"`
	EndsAt       time.Time         `json:"endsAt"` // year 1 while it fires
	GeneratorURL string            `json:"generatorURL"`
	Fingerprint  string            `json:"fingerprint"`
}

// newWebhookMessage makes every alert a group of its own, as "group_by: ['...']" does: receivers tell what they know already
// by the groupKey.
func newWebhookMessage(a *Alert) webhookMessage {
	labels, about := a.Labels, annotations(a)
	if labels == nil {
		labels = map[string]string{}
	}
	return webhookMessage{
		Receiver: "genmeter", Status: a.State.String(), Version: "4", GroupKey: groupKey(labels),
		GroupLabels: labels, CommonLabels: labels, CommonAnnotations: about,
		Alerts: []webhookAlert{{
			Status: a.State.String(), Labels: labels, Annotations: about, StartsAt: startOf(a), EndsAt: endOf(a),
			Fingerprint: fmt.Sprintf("%016x", fingerprint(labels)),
		}},
	}
}

// groupKey returns the key of a group under Alertmanager's root route, which has no matchers.
func groupKey(labels map[string]string) string {
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		pairs = append(pairs, fmt.Sprintf("%s=%q", name, labels[name]))
	}
	return "{}:{" + strings.Join(pairs, ", ") + "}"
}
