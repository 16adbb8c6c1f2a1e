package alerting

import (
	"context"
	"log/slog"
)

type delivery struct {
	name string
	h    Handler
}

func newDelivery(name string, h Handler, _ *slog.Logger) *delivery { return &delivery{name, h} }
func (d *delivery) send(a Alert)                                   { _ = d.h.HandleAlert(context.Background(), a) }
func (d *delivery) close(context.Context) error                    { return nil }
func (d *delivery) failed() int64                                  { return 0 }
func (d *delivery) lost() int64                                    { return 0 }
