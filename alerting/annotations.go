package alerting

import (
	"strconv"
	"strings"
	"time"
)

// annotations are what Alertmanager and webhooks are told of an alert beside its labels.
func annotations(a *Alert) map[string]string {
	return map[string]string{
		"summary":     firstClause(a.Message),
		"description": a.Message,
		"value":       strconv.FormatFloat(a.Value, 'g', -1, 64),
		"threshold":   strconv.FormatFloat(a.Threshold, 'g', -1, 64),
	}
}

// firstClause returns what stands before the first bracket, comma, colon, semicolon or full stop that a space sets apart; that of
// what is resolved says so.
func firstClause(s string) string {
	if rest, ok := strings.CutPrefix(s, resolvedWord); ok {
		return resolvedWord + firstClause(rest)
	}
	for i := range len(s) - 1 {
		if s[i:i+2] == " (" || s[i+1] == ' ' && strings.IndexByte(",:;.", s[i]) >= 0 {
			return s[:i]
		}
	}
	return strings.TrimSuffix(s, ".")
}

// startOf returns since when an alert fires.
func startOf(a *Alert) time.Time {
	if a.StartsAt.IsZero() {
		return a.Time.UTC()
	}
	return a.StartsAt.UTC()
}

// endOf returns when an alert was resolved; zero while it fires.
func endOf(a *Alert) time.Time {
	if a.State == Resolved && a.EndsAt.IsZero() {
		return a.Time.UTC()
	}
	return a.EndsAt.UTC()
}
