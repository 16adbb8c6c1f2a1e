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
	begin        string // what takes a progress bar off a terminal
}

// loggerForPeople is the logger of e, unless --log.format asks for JSON, without times and places.
func loggerForPeople(e env) *slog.Logger {
	h := e.logger.Handler()
	if _, ok := h.(*slog.JSONHandler); ok {
		return e.logger
	}
	begin := ""
	if isTerminal(e.stderr) {
		begin = "\r\x1b[K"
	}
	return slog.New(plainLog{h, e.stderr, begin})
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
	_, err := io.WriteString(l.w, l.begin+printable(line)+"\n")
	return err
}
