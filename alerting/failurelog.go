package alerting

import (
	"log/slog"
	"time"
)

// burstGap is how long a failure must not have happened before it is logged again.
const burstGap = 10 * time.Second

// failureLog logs the first failure of a burst of equal ones. It belongs to one goroutine.
type failureLog struct {
	log  *slog.Logger
	text string
	at   time.Time // of the latest
}

func (l *failureLog) note(what, text string) {
	now := time.Now()
	if text != l.text || now.Sub(l.at) >= burstGap {
		l.log.Error(what+"; more of the same within 10 s are only counted", "error", text)
	}
	l.text, l.at = text, now
}
