package exporter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

// hardNames are names and texts that have to be quoted or escaped. Numbered
// ones stay different when they are translated.
func hardNames(numbered bool) []metricdata.ScopeMetrics {
	sixteen := make([]string, 0, 32)
	for i := range 16 {
		sixteen = append(sixteen, fmt.Sprintf("l%02d", i), strings.Repeat("v", i))
	}
	sets := []attribute.Set{
		attrSet(), attrSet("empty", ""), attrSet(sixteen...),
		attrSet("a.b", "dot", "a b", "space", `a"b`, "quote", `a\b`, "backslash"), attrSet("kл", "значение", "k", "日本語"),
		attrSet("line\nbreak", "one\ntwo"), attrSet("quoted", `"`), attrSet("quoted", `\`), attrSet("quoted", `\n`), attrSet("quoted", "\n"), attrSet("quoted", `a\"b`+"\n\t\r"),
		attrSet("3", "digit first"), attrSet("U__x", "looks escaped"), attrSet("key", `}`), attrSet("key", `{a="b"} 1 # {`), attrSet("key", "\u0085\u2028\x00\x7f"),
	}
	helps := []string{"", "plain", `quote " and \ backslash`, "two\nlines\n", `\n \" \\`, "help мой ✓", " # TYPE x counter", "\t\r\x00"}
	names := []string{
		"plain", "мой.метрик", "a b", "x:y", ":z", "a.b", "quote\"d", `back\slash`, "new\nline", "3d", "U__c", "x_total", "x.total", "с_total",
		"seconds.total", "n_bucket.x", "a{b}", "ratio", "#", "a=b,c",
	}
	units := []string{"", "s", "By", "1", "{req}", "m/s", "единица", "a b"}
	var out []metricdata.ScopeMetrics
	for i, name := range names {
		if numbered {
			name = fmt.Sprint(name, i)
		}
		var floats []metricdata.DataPoint[float64]
		var hists []metricdata.HistogramDataPoint[float64]
		for j, s := range sets {
			if i > 0 && j%len(names) != i && j != 3 {
				continue // all of them for the first name
			}
			floats = append(floats, point1(float64(j)/2, s))
			dp := buckets1(1.5, []float64{0.5, 1, 10}, 1, uint64(j), 0, 1)
			dp.Attributes = s
			hists = append(hists, dp)
		}
		all := []metricdata.Metrics{
			gaugeOf(name+"_g", floats...), sumOf(name, true, floats...), sumOf(name+"_u", false, floats...), histogramOf(name+"_h", hists...),
		}
		for j := range all {
			all[j].Description, all[j].Unit = helps[(i+j)%len(helps)], units[(i+j)%len(units)]
		}
		out = append(out, scopeOf("scope "+name, all...))
	}
	return out
}

// TestHardNames: names, labels and helps that have to be quoted or escaped,
// under every translation.
func TestHardNames(t *testing.T) {
	for _, s := range []otlptranslator.TranslationStrategyOption{
		otlptranslator.NoTranslation, otlptranslator.NoUTF8EscapingWithSuffixes,
		otlptranslator.UnderscoreEscapingWithSuffixes, otlptranslator.UnderscoreEscapingWithoutSuffixes,
	} {
		t.Run(string(s), func(t *testing.T) {
			handled(t)
			o := translation(s)
			scopes := hardNames(s.ShouldEscape())
			compareFormats(t, produced(t, o, &scopes).roads())
		})
	}
}
