package exporter

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/sdk/instrumentation"
)

func TestLabels(t *testing.T) {
	escaping, utf8Allowed := labeler{}, labeler{otlptranslator.LabelNamer{UTF8Allowed: true}}
	for _, c := range []struct {
		labeler labeler
		kvs     []attribute.KeyValue
		want    []label
		err     string
	}{
		{escaping, nil, []label{}, ""},
		{escaping, []attribute.KeyValue{attribute.Int("n", 7), attribute.Bool("b", true), attribute.Float64("f", 0.5)},
			[]label{{"b", "true"}, {"f", "0.5"}, {"n", "7"}}, ""},
		{escaping, []attribute.KeyValue{attribute.String("a.b", "z"), attribute.String("a-b", "y"), attribute.String("a_b", "x")},
			[]label{{"a_b", "x;y;z"}}, ""},
		{utf8Allowed, []attribute.KeyValue{attribute.String("a.b", "z"), attribute.String("a_b", "x")},
			[]label{{"a.b", "z"}, {"a_b", "x"}}, ""},
		{utf8Allowed, []attribute.KeyValue{attribute.String("a:b", "z"), attribute.String("a:b.c", "x")},
			[]label{{"a_b", "z"}, {"a:b.c", "x"}}, ""},
		{escaping, []attribute.KeyValue{attribute.StringSlice("s", []string{"1", "2"})}, []label{{"s", `["1","2"]`}}, ""},
		{escaping, []attribute.KeyValue{attribute.String("3", "v")}, []label{{"key_3", "v"}}, ""},
		{escaping, []attribute.KeyValue{attribute.String("__", "v")}, nil, "invalid name"},
	} {
		set := attribute.NewSet(c.kvs...)
		got, err := c.labeler.attributes(&set)
		if c.err != "" {
			wantError(t, err, c.err)
			continue
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, %v, want %v", c.kvs, got, err, c.want)
		}
	}
}

func TestScopeLabels(t *testing.T) {
	got, err := labeler{}.scope(instrumentation.Scope{
		Name: "n", Version: "v", SchemaURL: "u",
		Attributes: attribute.NewSet(attribute.String("name", "no"), attribute.String("x.y", "z")),
	})
	want := []label{{"otel_scope_name", "n"}, {"otel_scope_version", "v"}, {"otel_scope_schema_url", "u"}, {"otel_scope_x_y", "z"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestPairs(t *testing.T) {
	for _, c := range []struct {
		labels    []label
		histogram bool
		err       string
	}{
		{[]label{{"b", ""}, {"a", "1"}}, true, ""},
		{[]label{{"le", "1"}}, false, ""},
		{[]label{{"le", "1"}}, true, "cannot have a label named"},
		{[]label{{"a", "1"}, {"b", ""}, {"a", "1"}}, false, `two labels named "a"`},
		{[]label{{"__a", "1"}}, false, "invalid label name"},
		{[]label{{"", "1"}}, false, "invalid label name"},
	} {
		got, err := pairs(c.labels, c.histogram)
		switch {
		case c.err != "":
			wantError(t, err, c.err)
		case err != nil || len(got) != len(c.labels) || cap(got) != len(got):
			t.Errorf("%v: %v, %v", c.labels, got, err)
		}
	}
}

// FuzzLabels: whatever the attributes are, the exposition can be read, and a
// series is there or its absence is told.
func FuzzLabels(f *testing.F) {
	f.Add("a.b", "x", "a_b", "y", "help")
	f.Add("le", "\xff", "__", "\n", "\xc3\x28 \\")
	f.Add("", "", "otel_scope_name", `"`, "")
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2, help string) {
		for _, strategy := range []otlptranslator.TranslationStrategyOption{
			otlptranslator.UnderscoreEscapingWithSuffixes, otlptranslator.NoTranslation,
		} {
			handled(t)
			r, m := newTestReader(t, WithTranslationStrategy(strategy), WithoutTargetInfo())
			h := must(m.Int64Histogram("h", metric.WithDescription(help)))(t)
			h.Record(background, 1, attrs(k1, v1, k2, v2))
			text, err := gather(t, r)
			if !utf8.ValidString(text) {
				t.Errorf("not UTF-8: %q", text)
			}
			families := parse(t, text)
			if served := len(families) == 1; served == (err != nil) {
				t.Errorf("served %v, error %v:\n%s", served, err, text)
			}
			if err == nil && strings.Count(text, "\nh_count") != 1 && strings.Count(text, "\n{\"h_count\"") != 1 {
				t.Errorf("not one series:\n%s", text)
			}
		}
	})
}
