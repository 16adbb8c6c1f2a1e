package export

import (
	"context"
	"io"

	"github.com/genmeter/genmeter/monitor"
)

// encoder writes src to w. It reads src as often as it needs, looks at ctx now and then, and returns the first error of
// src, ctx or w as it is.
type encoder func(ctx context.Context, w io.Writer, src monitor.Source, c *config) error
