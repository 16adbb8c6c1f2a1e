package main

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"

	"github.com/genmeter/genmeter/ingest"
)

// checkFollow refuses what the sidecar writes itself, and would read and count again.
func (f *sidecarFlags) checkFollow() error {
	own := []struct {
		flag, dir string
		files     []string
	}{
		{"--data-dir", *f.data.dir, []string{"events-*.ndjson"}},
		{"--log-dir", *f.logDir, []string{"genmeter.log", "metrics.jsonl"}},
	}
	for _, path := range *f.follow {
		if path == "" {
			return wrongUsage("--follow: found no path, want that of a file or a directory")
		}
		for _, o := range own {
			if o.dir != "" && within(realPath(path), realPath(o.dir), o.files) {
				return wrongUsage("--follow=%s is what %s=%s writes, and would count again: want the path of something else",
					path, o.flag, o.dir)
			}
		}
	}
	return nil
}

// within reports whether path is dir, or a file in it whose name has one of these forms.
func within(path, dir string, forms []string) bool {
	return path == dir || filepath.Dir(path) == dir && slices.ContainsFunc(forms, func(form string) bool {
		ok, _ := filepath.Match(form, filepath.Base(path))
		return ok
	})
}

// realPath is an absolute path without links, as far as it is there.
func realPath(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	if dir := filepath.Dir(path); dir != path {
		return filepath.Join(realPath(dir), filepath.Base(path))
	}
	return path
}

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
