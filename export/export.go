package export

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/genmeter/genmeter/monitor"
)

// encoder writes src to w. It reads src as often as it needs, looks at ctx now and then, and returns the first error of
// src, ctx or w as it is.
type encoder func(ctx context.Context, w io.Writer, src monitor.Source, c *config) error

var formatEncoders = [...]encoder{
	JSON:        encodeJSON,
	CSV:         encodeCSV,
	Excel:       encodeExcel,
	Parquet:     encodeParquet,
	NDJSON:      encodeNDJSON,
	OpenMetrics: encodeOpenMetrics,
	WideCSV:     encodeWideCSV,
	WideParquet: encodeWideParquet,
	WideExcel:   encodeWideExcel,
}

// bySample are the formats that are made of samples, of which [WithMetrics] chooses.
var bySample = [...]Format{JSON, CSV, Excel, Parquet, OpenMetrics}

// Encode writes the events of src to w. Some formats read src more than once. The first error of src, ctx or w ends it and is
// returned as it is; w may have got a part by then. It is [ErrNoEvents] when src has nothing for the format.
//
// CSV with one metric chosen by [WithMetrics] is the file of that metric; else it is a zip archive of the files that [Write]
// makes for the path "metrics.csv". Encode does not close w.
func Encode(ctx context.Context, w io.Writer, format Format, src monitor.Source, opts ...Option) error {
	c := newConfig(opts)
	encode, err := encoderOf(format, c)
	if err != nil {
		return err
	}
	return buffered(w, func(w io.Writer) error { return encode(ctx, w, src, c) })
}

// encoderOf returns the encoder of a format, if the options are for it.
func encoderOf(format Format, c *config) (encoder, error) {
	if int(format) >= len(formatEncoders) || formatEncoders[format] == nil {
		return nil, fmt.Errorf("unknown %v: want %s", format, strings.Join(formatNames[1:], ", "))
	}
	if len(c.metrics) == 0 {
		return formatEncoders[format], nil
	}
	names := make([]string, 0, len(bySample))
	for _, f := range bySample {
		if f == format {
			return formatEncoders[format], nil
		}
		names = append(names, f.String())
	}
	return nil, fmt.Errorf("%w for %v, which has whole events; they can for %s", ErrNotBySample, format, strings.Join(names, ", "))
}

// buffered calls f with a buffer before w, and writes out what is left in it when f succeeds.
func buffered(w io.Writer, f func(io.Writer) error) error {
	b := bufio.NewWriterSize(w, 64<<10)
	if err := f(b); err != nil {
		return err
	}
	return b.Flush()
}
