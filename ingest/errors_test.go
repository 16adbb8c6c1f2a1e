package ingest

import (
	"io/fs"
	"testing"
)

func TestErrorsShowNamesVisibly(t *testing.T) {
	const hostile = "runs/ü b\x1b[2J\n\u009b\u202e\xff.ndjson"
	const shown = `runs/ü b\x1b[2J\n\u009b\u202e\xff.ndjson`
	for _, c := range []struct {
		err  error
		want string
	}{
		{&LineError{File: hostile, Line: 2, Found: "x", Expected: "y", Lost: true}, shown + ":2: found x, expected y; the line is skipped"},
		{&LineError{Line: 2, Column: 3, Key: "k\x7f", Found: "x", Expected: "y"}, `line 2:3: k\x7f: found x, expected y; the value is left out`},
		{&FileError{File: hostile, Err: fs.ErrNotExist}, shown + ": file does not exist"},
		{&FileError{File: "runs/ü b", Found: "x", Expected: "y"}, "runs/ü b: found x, expected y"},
	} {
		if got := c.err.Error(); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}
