package export

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNoEvents is returned when the source has nothing that the format can hold: no file is made then.
var ErrNoEvents = errors.New("nothing to export: there are no events for this format (an empty source, or a window or model without events)")

// ErrUnknownMetric is returned for a metric of [WithMetrics] that the source has no sample of; the text lists those it has.
var ErrUnknownMetric = errors.New("no metric")

// ErrNotBySample is returned for [WithMetrics] with a format that has whole events.
var ErrNotBySample = errors.New("metrics cannot be chosen")

// mostNames bounds how many names an error lists.
const mostNames = 30

// unknownMetric is the error for a metric of [WithMetrics] that the source has no sample of.
func unknownMetric(name string, known []string) error {
	known = slices.Sorted(slices.Values(known))
	more := ""
	if n := len(known) - mostNames; n > 0 {
		known, more = known[:mostNames], fmt.Sprintf(" and %d more", n)
	}
	if len(known) == 0 {
		return fmt.Errorf("%w %q: %w", ErrUnknownMetric, name, ErrNoEvents)
	}
	return fmt.Errorf("%w %q; there are %s%s", ErrUnknownMetric, name, strings.Join(known, ", "), more)
}
