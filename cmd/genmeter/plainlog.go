package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// plainLog writes a log line as people read it: "genmeter: warning: TEXT (key value)". A command that ends by itself tells
// nobody anything by times and by places in its code.
type plainLog struct {
	slog.Handler // says which levels there are
	w            io.Writer
}

// loggerForPeople is the logger of e, unless --log.format asks for JSON, without times and places.
func loggerForPeople(e env) *slog.Logger {
	h := e.logger.Handler()
	if _, ok := h.(*slog.JSONHandler); ok {
		return e.logger
	}
	return slog.New(plainLog{h, e.stderr})
}

func (l plainLog) Handle(_ context.Context, r slog.Record) error {
	level := strings.ToLower(r.Level.String())
	if r.Level == slog.LevelWarn {
		level = "warning"
	}
	var about []string
	r.Attrs(func(a slog.Attr) bool {
		about = append(about, a.Key+" "+a.Value.String())
		return true
	})
	line := fmt.Sprintf("genmeter: %s: %s", level, r.Message)
	if len(about) > 0 {
		line += " (" + strings.Join(about, ", ") + ")"
	}
	_, err := io.WriteString(l.w, printable(line)+"\n")
	return err
}
