package monitor

import (
	"context"
	"log/slog"
	"path/filepath"
)

// genmeter.log is rotated when it has logFileSize bytes; logFileBackups older files are kept: 1.1 GiB at most.
const (
	logFileSize    = 100 << 20
	logFileBackups = 10
)

// FileLogHandler returns a slog.Handler that appends every record of level info and above as a line of JSON to the file
// genmeter.log in dir, which [New] makes when needed; times are UTC. The file is rotated at 100 MiB; the ten files
// before it, genmeter.log.1 and so on, are kept. It writes as [FileMetricHandler] does.
func FileLogHandler(dir string) slog.Handler {
	return newLogFile(newAppendFile(filepath.Join(dir, "genmeter.log"), logFileSize, logFileBackups))
}

func newLogFile(file *appendFile) *logFile { return &logFile{file, slog.NewJSONHandler(file, nil)} }

// logFile is a JSON handler that knows its file.
type logFile struct {
	*appendFile
	slog.Handler
}

// Name is the value of the handler label.
func (f *logFile) Name() string { return "genmeter.log" }

// Handle writes the record, with its time in UTC.
func (f *logFile) Handle(ctx context.Context, r slog.Record) error {
	r.Time = r.Time.UTC()
	return f.Handler.Handle(ctx, r)
}

// WithAttrs returns a handler to the same file.
func (f *logFile) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logFile{f.appendFile, f.Handler.WithAttrs(attrs)}
}

// WithGroup returns a handler to the same file.
func (f *logFile) WithGroup(name string) slog.Handler {
	return &logFile{f.appendFile, f.Handler.WithGroup(name)}
}
