package eventline

import (
	"log/slog"

	"github.com/genmeter/genmeter/monitor"
)

// maxAttrs is how many attributes and scores of a line are kept; the ring keeps fewer attributes still.
const maxAttrs = 64

// attr reads any value as an attribute.
func (d *Decoder) attr(key []byte, ev *monitor.Event) bool {
	var v slog.Value
	switch c := d.peek(); {
	case c == '"':
		t, ok := d.s.text()
		if !ok {
			return false
		}
		v = slog.StringValue(d.strings.of(d.unescape(t)))
	case c == 't' || c == 'f':
		if !d.s.value(0) {
			return false
		}
		v = slog.BoolValue(c == 't')
	case isNumber(c):
		n, ok := d.s.number()
		if !ok {
			return false
		}
		if i, whole, fits := n.int64(); whole && fits && !n.float && n.nan == 0 {
			v = slog.Int64Value(i)
			break
		}
		var f float64
		if !d.finite(key, &n, &f, "a finite number") {
			return true
		}
		v = slog.Float64Value(f)
	default:
		raw, ok := d.s.skip()
		if !ok {
			return false
		}
		v = slog.StringValue(validText(raw))
	}
	if len(ev.Attrs) < maxAttrs {
		if ev.Attrs == nil {
			ev.Attrs = make([]slog.Attr, 0, 4)
		}
		ev.Attrs = append(ev.Attrs, slog.Attr{Key: d.strings.of(key), Value: v})
	}
	return true
}

// each calls fn for every member of the object at d.s.i, with d.s at the value, which fn must read.
func (d *Decoder) each(fn func(key []byte) bool) bool {
	if !d.s.first() {
		return false
	}
	for start := true; ; start = false {
		key, more, ok := d.s.next(start)
		if !ok || !more {
			return ok
		}
		name := key.raw
		if key.escaped || key.wide {
			name = key.bytes(nil)
		}
		if !fn(name) {
			return false
		}
	}
}

// attributes reads an object whose members are attributes whatever their names.
func (d *Decoder) attributes(key []byte, ev *monitor.Event) bool {
	if d.peek() != '{' {
		return d.odd(key, ev)
	}
	return d.each(func(key []byte) bool { return d.attr(key, ev) })
}

// odd keeps a metadata or attributes that is no object; null is none.
func (d *Decoder) odd(key []byte, ev *monitor.Event) bool {
	if d.peek() == 'n' {
		return d.s.value(0)
	}
	return d.attr(key, ev)
}

// metadata lifts afterimage's free-form metadata: what describes the call goes to its field unless the line has said it
// already, the rest is attributes. It is the callers' own dictionary, so a value of another type is no mistake there.
func (d *Decoder) metadata(key []byte, ev *monitor.Event) bool {
	if d.peek() != '{' {
		return d.odd(key, ev)
	}
	return d.each(func(key []byte) bool {
		if to := lifted(key, ev); to != nil && *to == "" && d.peek() == '"' {
			return d.name(key, to)
		}
		return d.attr(key, ev)
	})
}

// lifted returns the field that a key of metadata describes, nil when it describes none.
func lifted(key []byte, ev *monitor.Event) *string {
	if (calls|used)&(1<<ev.Kind) == 0 {
		return nil
	}
	switch string(key) {
	case "operation":
		return &ev.Operation
	case "component", "step":
		return &ev.Step
	case "error_type":
		if ev.Kind == monitor.KindUsage {
			return nil
		}
		return &ev.ErrorType
	case "provider":
		return &ev.Provider
	case "model_name", "model":
		return &ev.Model
	}
	return nil
}

// scores reads {"name": number} and {"name": {"score": number, "feedback": text}}.
func (d *Decoder) scores(ev *monitor.Event) bool {
	if d.peek() != '{' {
		return d.wrong([]byte("scores"), "an object of scores by name")
	}
	ev.Scores = nil
	return d.each(func(key []byte) bool {
		sc := monitor.Score{Name: d.strings.of(key)}
		taken, ok := d.score(&sc)
		if taken && len(ev.Scores) < maxAttrs {
			if ev.Scores == nil {
				ev.Scores = make([]monitor.Score, 0, 4)
			}
			ev.Scores = append(ev.Scores, sc)
		}
		return ok
	})
}

func (d *Decoder) score(sc *monitor.Score) (taken, ok bool) {
	const expected = `a number, or {"score": number, "feedback": text}`
	path := func() []byte { return []byte("scores." + sc.Name) }
	value := func() bool {
		if !isNumber(d.peek()) {
			raw, ok := d.s.skip()
			if ok { // null, too: a score that is named and has no value is a mistake
				d.problem(path(), monitor.ReasonWrongType, raw, expected)
			}
			return ok
		}
		n, ok := d.s.number()
		if ok {
			taken = d.finite(path(), &n, &sc.Value, expected)
		}
		return ok
	}
	if d.peek() != '{' {
		ok = value()
		return taken, ok
	}
	at := d.s.i
	told := len(d.problems)
	ok = d.each(func(key []byte) bool {
		switch string(key) {
		case "score":
			return value()
		case "feedback":
			return d.feedback(&sc.Feedback)
		}
		return d.s.value(0)
	})
	if ok && !taken && len(d.problems) == told {
		d.problem(path(), monitor.ReasonWrongType, d.s.b[at:d.s.i], expected)
	}
	return taken, ok
}

// feedback takes any value as its text; null is none.
func (d *Decoder) feedback(to *string) bool {
	if d.peek() == '"' {
		return d.id(nil, to)
	}
	raw, ok := d.s.skip()
	if ok && string(raw) != "null" {
		*to = validText(raw)
	}
	return ok
}
