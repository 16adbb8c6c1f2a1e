package main

import (
	"bytes"
	"io"

	"github.com/prometheus/common/promslog"
)

// quoteMsg is a writer of log lines that puts the message in quotes where slog leaves them out because it is one word:
// msg="listening" is then the same text whatever the message, and can be waited for by scripts.
type quoteMsg struct {
	w    io.Writer
	logs *promslog.Config // says whether the lines are logfmt
}

// Write is called with a whole line.
func (q quoteMsg) Write(line []byte) (int, error) {
	before, rest, found := bytes.Cut(line, []byte(" msg="))
	if !found || q.logs.Format.String() != "logfmt" || len(rest) == 0 || rest[0] == '"' {
		return q.w.Write(line)
	}
	end := bytes.IndexAny(rest, " \n")
	if end < 0 {
		return q.w.Write(line)
	}
	quoted := make([]byte, 0, len(line)+2)
	quoted = append(append(quoted, before...), ` msg="`...)
	quoted = append(append(quoted, rest[:end]...), '"')
	quoted = append(quoted, rest[end:]...)
	if _, err := q.w.Write(quoted); err != nil {
		return 0, err
	}
	return len(line), nil
}
