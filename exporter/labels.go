package exporter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/model"
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/instrumentation"
)

const (
	runLabel         = "run"
	scopeLabelPrefix = "otel_scope_"
)

// label is a Prometheus label before it becomes shared protobuf memory.
type label struct {
	name, value string
}

// labeler turns attributes into labels.
type labeler struct {
	namer otlptranslator.LabelNamer
}

// attributes returns the labels of a set. Two attributes whose names become
// one label share it: their values are sorted and joined by ";".
func (l labeler) attributes(set *attribute.Set) ([]label, error) {
	labels := make([]label, 0, set.Len())
	for it := set.Iter(); it.Next(); {
		kv := it.Attribute()
		name, err := l.name(string(kv.Key))
		if err != nil {
			return nil, err
		}
		labels = append(labels, label{name, valid(kv.Value.String())})
	}
	return l.join(labels), nil
}

// scope returns the labels that name an instrumentation scope. A scope
// attribute cannot take the place of the three that are always there.
func (l labeler) scope(s instrumentation.Scope) ([]label, error) {
	attrs, err := l.attributes(&s.Attributes)
	if err != nil {
		return nil, err
	}
	labels := []label{
		{scopeLabelPrefix + "name", valid(s.Name)},
		{scopeLabelPrefix + "version", valid(s.Version)},
		{scopeLabelPrefix + "schema_url", valid(s.SchemaURL)},
	}
	for _, a := range attrs {
		switch a.name {
		case "name", "version", "schema_url":
		default:
			labels = append(labels, label{scopeLabelPrefix + a.name, a.value})
		}
	}
	return labels, nil
}

func (l labeler) name(key string) (string, error) {
	if !l.namer.UTF8Allowed {
		return l.namer.Build(key)
	}
	key = valid(key)
	// The text formats quote label names by the rule for metric names, which
	// may have colons: a:b would stand there bare, and no parser takes that.
	if model.LegacyValidation.IsValidMetricName(key) && !model.LegacyValidation.IsValidLabelName(key) {
		key = strings.ReplaceAll(key, ":", "_")
	}
	return key, nil
}

func (l labeler) join(labels []label) []label {
	if l.namer.UTF8Allowed {
		return labels
	}
	slices.SortFunc(labels, func(a, b label) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.value, b.value))
	})
	joined := labels[:0]
	for _, a := range labels {
		if n := len(joined); n > 0 && joined[n-1].name == a.name {
			joined[n-1].value += ";" + a.value
			continue
		}
		joined = append(joined, a)
	}
	return joined
}

// withRun adds the run label unless the series has one of its own.
func withRun(labels []label, run string) []label {
	if run == "" || slices.ContainsFunc(labels, func(l label) bool { return l.name == runLabel }) {
		return labels
	}
	return append(labels, label{runLabel, run})
}

// pairs returns the labels sorted by name, as client_golang's registry has
// them, or an error where the registry would refuse them. A label le would
// break a histogram's buckets, so that is refused too. The result is never
// written again and has no spare capacity: it may be shared by any number of
// scrapes, and a wrapping registerer that appends to it gets its own copy.
func pairs(labels []label, histogram bool) ([]*dto.LabelPair, error) {
	slices.SortFunc(labels, func(a, b label) int { return cmp.Compare(a.name, b.name) })
	slab := make([]dto.LabelPair, len(labels))
	out := make([]*dto.LabelPair, len(labels))
	for i := range labels {
		l := &labels[i]
		switch {
		case !model.UTF8Validation.IsValidLabelName(l.name) || strings.HasPrefix(l.name, "__"):
			return nil, fmt.Errorf("invalid label name %q", l.name)
		case i > 0 && labels[i-1].name == l.name:
			return nil, fmt.Errorf("two labels named %q", l.name)
		case histogram && l.name == model.BucketLabel:
			return nil, fmt.Errorf("a histogram cannot have a label named %q", l.name)
		}
		slab[i].Name, slab[i].Value = &l.name, &l.value
		out[i] = &slab[i]
	}
	return out, nil
}

// valid replaces what is not UTF-8: Prometheus rejects the whole scrape for
// one such byte.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
