package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// budgetInterval is how often it is looked at what the run has cost: so long it may go on beyond its budget.
const budgetInterval = 100 * time.Millisecond

// attend is with the generator until it ends, and then ends the sidecar in order. The sidecar's own troubles never end the
// generator.
func (f *wrapFlags) attend(ctx context.Context, e env, s *sidecar, c *child, stop *stopper, report *runReport) error {
	ignoreSignals := absorb(ctx)
	stopForwarding := c.forward()
	if ctx.Err() != nil { // a signal came before it could be handed on
		c.terminate()
	}
	ctx = s.server.watch(ctx)
	reason := f.watch(e, s, c, stop)
	stopForwarding()
	c.cleanUp(*f.grace)
	code := c.exitCode()
	e.logger.Info("the generator has ended", "code", code)
	err := errors.Join(s.endRoads(), s.drain(), report.write(e.stderr, reason), s.finishPush())
	if err == nil && !s.pushes() {
		ignoreSignals()
		f.lingerOn(ctx, e, s)
	}
	err = errors.Join(err, served(ctx), leave(ctx, s.meter, s.server))
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
	budget, second := time.NewTicker(budgetInterval), time.NewTicker(time.Second)
	defer budget.Stop()
	defer second.Stop()
	line := f.newRunLine(e)
	for reason == "" {
		select {
		case <-c.done:
			_ = stop.spent(s) // there is nothing to stop, but perhaps to warn of
			return ""
		case a := <-stop.fired:
			reason = fmt.Sprintf("alert %s: %s", a.Name, a.Message)
		case <-budget.C:
			reason = stop.spent(s)
		case now := <-second.C:
			stop.judge(s, now)
			line.show(s, now)
		}
	}
	e.logger.Error("stopping the generator", "reason", reason)
	c.end(*f.grace)
	return reason
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
// ends it. Where nobody scrapes, nobody is waited for.
func (f *wrapFlags) lingerOn(ctx context.Context, e env, s *sidecar) {
	if *f.linger <= 0 || ctx.Err() != nil && isTerminal(e.stdin) { // somebody has pressed Ctrl-C
		return
	}
	if !f.lingerSet && *f.web.fileSD == "" && !s.server.scrapes.any() {
		e.logger.Info("nobody has scraped /metrics, so it does not stay up for the end of the run; --linger=45s makes it")
		return
	}
	e.logger.Info(fmt.Sprintf("staying %v at most for the next two scrapes; --linger=0, or a signal, to leave at once", *f.linger))
	waitFor(ctx, s.server.scrapes.twice(), *f.linger)
}
