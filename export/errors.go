package export

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrNoEvents is returned when the source has nothing that the format can hold: no file is made then.
var ErrNoEvents = errors.New("nothing to export: there are no events for this format (an empty source, or a window or model without events)")

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
		return fmt.Errorf("no metric %q: %w", name, ErrNoEvents)
	}
	return fmt.Errorf("no metric %q; there are %s%s", name, strings.Join(known, ", "), more)
}
