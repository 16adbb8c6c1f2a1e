package eventline

import (
	"math"

	"github.com/genmeter/genmeter/monitor"
)

// refuse makes the line lost for the sake of the value whose text, raw, was read last. The rest of the line is still
// read: it may not even be JSON.
func (d *Decoder) refuse(key, reason string, raw []byte, expected string) bool {
	d.refused = &Problem{Key: key, Reason: reason, Found: shown(raw), Expected: expected, Offset: d.s.i - len(raw)}
	return true
}

// needed reads the value that a metric or target is all about: without it the event says nothing, so that what is
// wrong with it costs the line.
func (d *Decoder) needed(f field, to *float64) bool {
	key, expected := fieldInfo[f].key, "a finite number"
	if f == fieldRecords {
		expected = "a whole number of records"
	}
	if !isNumber(d.peek()) {
		raw, ok := d.s.skip()
		return ok && d.refuse(key, monitor.ReasonWrongType, raw, expected)
	}
	n, ok := d.s.number()
	if !ok {
		return false
	}
	v := n.float64()
	switch _, whole, fits := n.int64(); {
	case n.nan != 0:
		return d.refuse(key, monitor.ReasonNotFinite, n.raw, expected)
	case math.IsInf(v, 0) || f == fieldRecords && (!fits || v > maxCount):
		return d.refuse(key, monitor.ReasonOutOfRange, n.raw, expected)
	case f == fieldRecords && n.neg && n.mant != 0:
		return d.refuse(key, monitor.ReasonNegative, n.raw, expected)
	case f == fieldRecords && !whole:
		return d.refuse(key, monitor.ReasonWrongType, n.raw, expected)
	}
	*to, d.valued = v, true
	return true
}

// outcome reads what became of a record. An outcome that nobody knows costs the line: taken for any other, it would
// make progress wrong.
func (d *Decoder) outcome(to *monitor.RecordOutcome) bool {
	const expected = "accepted, rejected or failed"
	raw, ok := d.s.skip()
	if !ok {
		return false
	}
	switch string(raw) {
	case `"accepted"`, "null":
		*to = monitor.Accepted
	case `"rejected"`:
		*to = monitor.Rejected
	case `"failed"`:
		*to = monitor.Failed
	default:
		return d.refuse("outcome", monitor.ReasonWrongType, raw, expected)
	}
	return true
}

// complete checks that ev has what its kind cannot do without.
func (d *Decoder) complete(ev *monitor.Event) bool {
	if d.refused != nil {
		return false
	}
	missing := func(f field, why string) bool {
		key := fieldInfo[f].key
		d.refused = &Problem{Key: key, Reason: monitor.ReasonMalformed, Found: "none", Expected: why}
		return false
	}
	switch ev.Kind {
	case monitor.KindMetric:
		if ev.Name == "" {
			return missing(fieldMetric, "the name of the metric")
		}
		if !d.valued {
			return missing(fieldValue, "a finite number")
		}
	case monitor.KindTarget:
		if !d.valued {
			return missing(fieldRecords, "a whole number of records")
		}
	case monitor.KindBegin:
		if ev.ID == "" {
			return missing(fieldID, "the id that ends it again")
		}
	}
	return true
}
