package alerting

import (
	"context"
	"time"
)

// closePatience is how long a resender may go on, after everything was handed to it, to say it; close's context may have
// no end.
const closePatience = 5 * time.Minute

// resender is a Handler that has something to say between alerts too, as to an Alertmanager, which forgets what it does
// not hear again. It is called from the goroutine that hands it alerts, between two of them, and needs no lock.
type resender interface {
	Handler
	due() time.Time                   // when resend wants to be called next; zero when there is nothing to say
	resend(ctx context.Context) error // must move due
	unsaid() int                      // alerts that HandleAlert has taken and nobody has heard of yet
}

// resendDue returns when the handler wants to resend; zero when it has nothing to say or is no resender.
func (d *delivery) resendDue() time.Time {
	if d.resender == nil {
		return time.Time{}
	}
	return d.resender.due()
}

func (d *delivery) resendWhenDue(ctx context.Context) {
	if at := d.resendDue(); at.IsZero() || time.Now().Before(at) {
		return
	}
	d.contain(func() error { return d.resender.resend(ctx) })
	d.held.Store(int64(d.resender.unsaid()))
}
