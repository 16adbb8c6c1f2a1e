package main

import (
	"context"
	"errors"
)

// end ends a meter and its server in the order in which nothing is lost: alerts are judged once more, the monitor delivers
// what it holds, the Pushgateway gets it, and then the rest ends.
func end(ctx context.Context, m *meter, s *server) error {
	return errors.Join(m.drain(), m.finishPush(), leave(ctx, m, s))
}

// leave ends what is left of a meter that has delivered all: requests still get whole answers, and only then the provider
// pushes and scrapes become empty.
func leave(ctx context.Context, m *meter, s *server) error {
	return errors.Join(s.shutdown(), m.close(), m.forget(ctx))
}

// shutdown waits for the requests in flight, then closes everything.
func (s *server) shutdown() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.limits.drain)
	defer cancel()
	var errs []error
	for _, srv := range s.servers {
		err := srv.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			// Nothing that they sent was acknowledged. That a client stalls is no failure of ours.
			s.logger.Warn("some requests did not end in time and are cut off", "wait", s.limits.drain)
			err = srv.Close()
		}
		errs = append(errs, err)
	}
	s.closeListeners() // those that were never served
	return errors.Join(append(errs, s.removeFileSD())...)
}
