package ingest

import (
	"bytes"
	"strings"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// logged reads a line of afterimage.log or genmeter.log. Only those that carry a complete event give one; the others
// are what people read in a log, and not events.
func (rd *reader) logged(l *line) bool {
	object, at := l.text, []byte(nil)
	if rd.format == AfterimageLog {
		var ok bool
		if object, at, ok = cutAsctime(l.text); !ok {
			return rd.strayText(l)
		}
	}
	offset := cap(l.text) - cap(object)
	var message, data []byte
	err := eventline.Fields(object, func(key, value []byte) bool {
		switch string(key) {
		case "message", "msg":
			message = value
		case "data":
			data = value
		case "time":
			at = bytes.Trim(value, `"`)
		}
		return true
	})
	if err != nil {
		return rd.lost(l, err, offset)
	}
	kind := loggedKind(message)
	if kind == 0 || len(data) == 0 || data[0] != '{' {
		return true
	}
	offset = cap(l.text) - cap(data)
	var ev monitor.Event
	if err := rd.dec.DecodeAs(kind, data, &ev); err != nil {
		return rd.lost(l, err, offset)
	}
	if ev.Time.IsZero() {
		ev.Time = rd.dec.Time(at)
	}
	if rd.format == AfterimageLog {
		ownOperation(&ev)
	}
	return rd.give(l, &ev, offset)
}

// strayText tells of a line between the records of a log: a traceback, a print of another program.
func (rd *reader) strayText(l *line) bool {
	e := &LineError{
		Line: l.n, Reason: monitor.ReasonMalformed, Found: eventline.Quote(l.text), Lost: true,
		Expected: `a line of afterimage.log ("2026-11-24 19:57:10,810 - {…}")`,
	}
	if other := recognise(l.text); other != Unknown {
		e.Found, e.Expected = "a line of "+other.String(), "one format in a file, here "+rd.format.String()
	} else {
		e.Truncated = !l.whole
	}
	return rd.bad(e)
}

// loggedKind returns the kind of event that a message announces, 0 for any other message.
func loggedKind(message []byte) monitor.Kind {
	switch strings.ToLower(eventline.Text(message)) {
	case "generation metrics":
		return monitor.KindGeneration
	case "evaluation metrics":
		return monitor.KindEvaluation
	case "record metrics":
		return monitor.KindRecord
	case "metric metrics":
		return monitor.KindMetric
	case "target metrics":
		return monitor.KindTarget
	case "usage metrics":
		return monitor.KindUsage
	}
	return 0
}

// ownOperation keeps an operation of the caller's own as an attribute: to afterimage it is free text, to a label it
// would be one more "other".
func ownOperation(ev *monitor.Event) {
	switch ev.Operation {
	case "", "generate", "conversation_generation", "chat", "text_completion", "embeddings", "generate_content":
		return
	}
	ev.Attrs = append(ev.Attrs, monitor.String("operation", ev.Operation))
	ev.Operation = ""
}
