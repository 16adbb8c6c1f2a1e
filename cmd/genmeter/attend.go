package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// attend is with the generator until it ends, and then ends the sidecar in order. The sidecar's own troubles never end the
// generator.
func (f *wrapFlags) attend(ctx context.Context, e env, s *sidecar, c *child, stop *stopper, report *runReport) error {
	ignoreSignals := absorb(ctx)
	stopForwarding := c.forward()
	ctx = s.server.watch(ctx)
	reason := f.watch(e, s, c, stop)
	stopForwarding()
	c.cleanUp(*f.grace)
	code := c.exitCode()
	e.logger.Info("the generator has ended", "code", code)
	err := errors.Join(s.endRoads(), s.drain(), s.finishPush())
	if err == nil && !s.pushes() {
		ignoreSignals()
		f.lingerOn(ctx, e, s)
	}
	err = errors.Join(err, report.write(e.stderr, *f.summary), served(ctx), s.server.shutdown(), s.close(), s.closeJournal(), s.forget(ctx))
	if err != nil {
		e.logger.Error("the sidecar", "err", err)
	}
	switch {
	case reason != "" && code == exitGood:
		return codeError{exitFailed, fmt.Errorf("the generator was stopped: %s", reason)}
	case code != exitGood:
		return codeError{code, nil}
	case err != nil:
		return codeError{exitFailed, nil}
	}
	return nil
}

// watch waits for the end of the generator, which it brings about when the budget is spent or an alert fires; it returns why.
func (f *wrapFlags) watch(e env, s *sidecar, c *child, stop *stopper) (reason string) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	line := f.newRunLine(e)
	defer line.clear()
	end := func(why string) {
		line.clear()
		e.logger.Error("stopping the generator", "reason", why)
		c.end(*f.grace)
	}
	for {
		select {
		case <-c.done:
			return reason
		case a := <-stop.fired:
			reason = fmt.Sprintf("alert %s: %s", a.Name, a.Message)
			end(reason)
		case <-ticker.C:
			if reason = stop.spent(s); reason != "" {
				end(reason)
			}
			line.show(s)
		}
	}
}

// absorb makes signals end nothing until the function that it returns is called: they are the generator's.
func absorb(ctx context.Context) (stop func()) {
	c, ok := ctx.Value(courtesyKey{}).(*courtesy)
	if !ok {
		return func() {}
	}
	var again context.CancelFunc
	again = func() { c.cancel.Store(&again) }
	again()
	return func() { c.cancel.Store(nil) }
}

// lingerOn keeps /metrics up until it was scraped twice after the end, so that increase() sees the last of the run; a signal
// ends it.
func (f *wrapFlags) lingerOn(ctx context.Context, e env, s *sidecar) {
	if *f.linger <= 0 || ctx.Err() != nil && isTerminal(e.stdin) { // somebody has pressed Ctrl-C
		return
	}
	e.logger.Info("waiting for Prometheus to scrape the end of the run twice; a signal ends that", "wait", *f.linger)
	waitFor(ctx, s.server.scrapes.twice(), *f.linger)
}
