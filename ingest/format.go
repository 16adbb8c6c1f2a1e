package ingest

import (
	"bytes"

	"github.com/genmeter/genmeter/internal/eventline"
)

// Format is a way in which events are written down. It is recognised by what a file holds, never by its name.
type Format uint8

// The formats that are read.
const (
	Unknown       Format = iota
	Events               // genmeter's event lines (NDJSON), which the journal has, too
	GenmeterLog          // genmeter.log, written by monitor.FileLogHandler
	AfterimageLog        // afterimage.log, written by Python's afterimage.monitoring
	Samples              // metrics.jsonl, written by either
)

var formatNames = [...]string{"unknown", "event lines", "genmeter.log", "afterimage.log", "metrics.jsonl"}

// String returns what the format is called in messages.
func (f Format) String() string {
	if int(f) >= len(formatNames) {
		f = Unknown
	}
	return formatNames[f]
}

// expectedFormats is what errors about whole files say was expected.
const expectedFormats = `event lines ({"event": …}), genmeter.log, afterimage.log or metrics.jsonl`

// recognise returns the format that a line is of. Half a line will do when it holds the keys that tell.
func recognise(line []byte) Format {
	if rest, _, ok := cutAsctime(line); ok && len(rest) > 0 && rest[0] == '{' {
		return AfterimageLog
	}
	var event, metric, value, msg, level bool
	_ = eventline.Fields(line, func(key, _ []byte) bool {
		switch string(key) {
		case "event":
			event = true
		case "metric":
			metric = true
		case "value":
			value = true
		case "msg":
			msg = true
		case "level":
			level = true
		}
		return !event
	})
	switch {
	case event:
		return Events
	case metric && value:
		return Samples
	case msg && level:
		return GenmeterLog
	}
	return Unknown
}

// asctimeLen is the length of what Python's logging writes before a message: "2026-11-24 19:57:10,810 - ".
const asctimeLen = len("2026-11-24 19:57:10,810 - ")

// cutAsctime takes the time off a line of afterimage.log.
func cutAsctime(line []byte) (rest, asctime []byte, ok bool) {
	if len(line) < asctimeLen || line[0] < '0' || '9' < line[0] || line[4] != '-' || line[10] != ' ' ||
		line[19] != ',' || string(line[23:asctimeLen]) != " - " {
		return nil, nil, false
	}
	return bytes.TrimLeft(line[asctimeLen:], " \t"), line[:23], true
}
