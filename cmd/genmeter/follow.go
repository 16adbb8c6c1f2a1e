package main

import (
	"context"
	"errors"
	"sync"

	"github.com/genmeter/genmeter/ingest"
)

// followers follow the files of --follow.
type followers struct {
	cancel context.CancelFunc
	wg     sync.WaitGroup
	errs   []error // one for each path
}

// follow begins to follow paths, until stop is called on what it returns.
func (s *sidecar) follow(paths []string, dataDir string) *followers {
	ctx, cancel := context.WithCancel(context.Background())
	f := &followers{cancel: cancel, errs: make([]error, len(paths))}
	for i, path := range paths {
		f.wg.Go(func() {
			f.errs[i] = s.intake.Follow(ctx, path,
				ingest.FollowOptions{DataDir: dataDir, Read: []ingest.Option{ingest.WithLocation(s.zone)}},
				ingest.FeedOptions{Source: "follow", Logger: s.logger})
			if err := f.errs[i]; err != nil && ctx.Err() == nil {
				s.logger.Error("following has ended", "path", path, "err", err)
			}
		})
	}
	return f
}

// stop ends it when what is there has been read.
func (f *followers) stop() error {
	f.cancel()
	f.wg.Wait()
	return errors.Join(f.errs...)
}
