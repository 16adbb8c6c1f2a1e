package ingest

import "context"

// Follow is [Follow] whose events the intake takes. Lines and values that cannot be read are logged and counted as [Feed] does
// it; Source, OnEvent and Logger of feed are used. What the journal does not take is tried again until it does. How many
// events were there already is logged: somebody may have meant only new ones.
func (in *Intake) Follow(ctx context.Context, path string, follow FollowOptions, feed FeedOptions) error {
	f := newFeeder(in.mon, feed)
	defer f.log.summary(context.WithoutCancel(ctx))
	told := follow.OnCaughtUp
	follow.OnCaughtUp = func() {
		f.log.logger().InfoContext(ctx, "following", "path", path, "events_there", f.report.Events, "known", f.report.Duplicates)
		if told != nil {
			told()
		}
	}
	return Follow(ctx, path, follow, func(ctx context.Context, batch Followed) error {
		if f.opts.OnEvent != nil {
			for i := range batch.Events {
				f.opts.OnEvent(&batch.Events[i])
			}
		}
		taken, err := in.Take(ctx, f.opts.Source, batch.Events)
		if err != nil {
			f.log.problem(ctx, "journal", func() string { return path + ": events wait, they could not be kept: " + err.Error() })
			return err
		}
		for _, problem := range batch.Problems {
			f.problem(ctx, problem)
		}
		f.tellTaken(ctx, taken)
		return nil
	})
}
