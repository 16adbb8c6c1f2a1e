package export

import (
	"context"
	"io"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// writeSize is how much text is gathered before it is written.
const writeSize = 256 << 10

// encodeNDJSON writes the events themselves, of all kinds and in order, a line each: what package ingest, the sidecar's
// events endpoint and the journal read. It holds some thousand events and writeSize bytes.
func encodeNDJSON(ctx context.Context, w io.Writer, src monitor.Source, _ *config) error {
	buf := make([]byte, 0, writeSize+64<<10)
	some := false
	err := eachBatch(ctx, src, nil, func(batch []monitor.Event) (err error) {
		some = true
		for i := range batch {
			if buf = eventline.Append(buf, &batch[i]); len(buf) < writeSize {
				continue
			}
			if _, err = w.Write(buf); err != nil {
				return err
			}
			buf = buf[:0]
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !some {
		return ErrNoEvents
	}
	_, err = w.Write(buf)
	return err
}
