package exporter

import (
	"github.com/prometheus/otlptranslator"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Attribute sets of the official golden files.
var (
	atAB      = attrs("A", "B")
	atABCD    = attrs("A", "B", "C", "D")
	atSimple  = simpleAttributes("A", "C", "E", "F", "B", "D")
	atSwapped = simpleAttributes("A", "C", "E", "F", "D", "B")
	atDotted  = simpleAttributes("A.G", "C.H", "E.I", "F.J", "B", "D")
	atSwapDot = simpleAttributes("A.G", "C.H", "E.I", "F.J", "D", "B")
	atFoo     = attrs("type", "foo")
	atBar     = attrs("type", "bar")
)

func simpleAttributes(a, c, e, f, va, vc string) metric.MeasurementOption {
	return metric.WithAttributes(attribute.String(a, va), attribute.String(c, vc), attribute.Bool(e, true), attribute.Int(f, 42))
}

// simple is the counter of most official cases, 24.3 in one series.
var simple = officialStep{counter, "testmeter", "foo", "", "a simple counter", atSimple, []float64{5, 10.3, 9}}

// two are the counter's two series.
func two(name, unit, help string, one, other metric.MeasurementOption) []officialStep {
	return []officialStep{
		{counter, "testmeter", name, unit, help, one, []float64{5, 10.3, 9}},
		{counter, "testmeter", name, unit, help, other, []float64{5}},
	}
}

// twice is one instrument of two scopes, ma and mb, with helps or units of
// their own.
func twice(kind instrument, name string, at metric.MeasurementOption, unitA, unitB, helpA, helpB string) []officialStep {
	return []officialStep{
		{kind, "ma", name, unitA, helpA, at, []float64{100}},
		{kind, "mb", name, unitB, helpB, at, []float64{100}},
	}
}

// reversed records the second scope first, with a scrape in between, so that
// the second one's help is the first to be seen.
func reversed(steps []officialStep) []officialStep {
	return []officialStep{steps[1], {}, steps[0]}
}

var (
	helpCounters   = twice(counter, "bar", atBar, "By", "By", "meter a bar", "meter b bar")
	helpUpDowns    = twice(upDown, "bar", atBar, "By", "By", "meter a bar", "meter b bar")
	helpHistograms = twice(histogram, "bar", atAB, "By", "By", "meter a bar", "meter b bar")

	clashCounter   = officialStep{counter, "ma", "foo", "By", "meter foo", atFoo, []float64{100}}
	clashTotal     = officialStep{upDown, "ma", "foo_total", "By", "meter foo", atFoo, []float64{100}}
	clashUpDown    = officialStep{upDown, "ma", "foo", "By", "meter gauge foo", atAB, []float64{100}}
	clashHistogram = officialStep{histogram, "ma", "foo", "By", "meter histogram foo", atAB, []float64{100}}
)

var officialCases = []officialCase{
	// Units, suffixes and names.
	{file: "counter.txt", opts: []Option{dotted}, steps: two("foo", "s", "a simple counter", atSimple, atSwapped)},
	{file: "counter.txt", opts: []Option{dotted}, steps: two("foo.total", "s", "a simple counter", atSimple, atSwapped)},
	{file: "counter_noutf8_with_unit_suffix.txt", steps: two("foo.seconds", "s", "a simple counter", atSimple, atSwapped)},
	{
		file: "counter_with_unit_suffix.txt", opts: []Option{utf8Suffixes}, steps: two("foo.seconds", "s", "a simple counter", atSimple, atSwapped),
		reason: "a left-over that no official test reads: escaped labels of target_info beside a name that is not escaped",
		instead: `# HELP "foo.seconds_total" a simple counter
# TYPE "foo.seconds_total" counter
{"foo.seconds_total",A="B",C="D",E="true",F="42",otel_scope_fizz="buzz",otel_scope_name="testmeter",otel_scope_schema_url="",otel_scope_version="v0.1.0"} 24.3
{"foo.seconds_total",A="D",C="B",E="true",F="42",otel_scope_fizz="buzz",otel_scope_name="testmeter",otel_scope_schema_url="",otel_scope_version="v0.1.0"} 5
# HELP target_info Target metadata
# TYPE target_info gauge
target_info{"service.name"="prometheus_test","telemetry.sdk.language"="go","telemetry.sdk.name"="opentelemetry","telemetry.sdk.version"="latest"} 1
`,
	},
	{file: "counter_with_custom_unit_suffix.txt", opts: []Option{utf8Suffixes}, steps: two("foo.dotted", "madeup", "a simple counter", atSimple, atSwapped)},
	{file: "counter_no_unit.txt", opts: []Option{utf8Suffixes}, steps: two("foo", "{spans}", "a simple counter", atSimple, atSwapped)},
	{
		file: "counter_disabled_suffix.txt", opts: []Option{WithoutCounterSuffixes(), utf8Suffixes},
		steps: two("foo", "s", "a simple counter without a total suffix", atSimple, atSwapped),
	},
	{file: "counter_utf8.txt", opts: []Option{dotted, utf8Suffixes}, steps: two("foo.things", "s", "a simple counter", atDotted, atSwapDot)},
	{
		file: "counter_utf8_notranslation.txt", opts: []Option{dotted, WithTranslationStrategy(otlptranslator.NoTranslation)},
		steps: two("foo.things", "s", "a simple counter", atDotted, atSwapDot),
	},
	{file: "with_namespace.txt", opts: []Option{WithNamespace("test"), utf8Suffixes}, steps: []officialStep{simple}},
	{file: "sanitized_names.txt", opts: []Option{utf8Suffixes}, steps: []officialStep{
		{upDown, "testmeter", "bar", "", "a fun little gauge", atABCD, []float64{100, -25}},
		{upDown, "testmeter", "invalid.gauge.name", "", "a gauge with an invalid name", atABCD, []float64{100}},
		{counter, "testmeter", "0invalid.counter.name", "", "a counter with an invalid name", atABCD, []float64{100}},
		{histogram, "testmeter", "invalid.hist.name", "", "a histogram with an invalid name", atABCD, []float64{23}},
	}},
	{file: "sanitized_labels.txt", opts: []Option{WithoutUnits()}, steps: []officialStep{{
		counter, "testmeter", "foo", "By", "a sanitary counter", attrs("A.B", "X", "A.B", "Q", "C.D", "Y", "C/D", "Z"), []float64{5, 10.3, 9},
	}}},

	// Gauges and histograms.
	{file: "gauge.txt", opts: []Option{utf8Suffixes}, steps: []officialStep{{gauge, "testmeter", "bar", "1", "a fun little gauge", atABCD, []float64{.75}}}},
	{file: "histogram.txt", opts: []Option{utf8Suffixes}, steps: []officialStep{{
		histogram, "testmeter", "histogram_baz", "By", "a very nice histogram", atABCD, []float64{23, 7, 101, 105},
	}}},
	{file: "exponential_histogram.txt", opts: []Option{utf8Suffixes}, steps: []officialStep{{
		histogram, "testmeter", "exponential_histogram_baz", "By", "a very nice histogram", atABCD, []float64{23, 7, 101, 105},
	}}},
	{file: "non_monotonic_sum_does_not_add_exemplars.txt", opts: []Option{utf8Suffixes}, steps: []officialStep{
		{upDown, "testmeter", "foo", "s", "a simple up down counter", atSimple, []float64{5, 10.3, 9, -1}},
		{upDown, "testmeter", "foo", "s", "a simple up down counter", atSwapped, []float64{5}},
	}},

	// The resource and the scope.
	{file: "empty_resource.txt", noResource: true, opts: []Option{utf8Suffixes}, steps: []officialStep{simple}},
	{
		file: "custom_resource.txt", resource: []attribute.KeyValue{attribute.String("A", "B"), attribute.String("C", "D")},
		opts: []Option{utf8Suffixes}, steps: []officialStep{simple},
	},
	{
		file: "with_resource_attributes_filter.txt", opts: []Option{utf8Suffixes, WithResourceAsConstantLabels(attribute.NewDenyKeysFilter())},
		steps: []officialStep{{counter, "testmeter", "foo", "", "a simple counter", atSimple, []float64{5, 10.1, 9.8}}},
	},
	{
		file: "with_allow_resource_attributes_filter.txt", opts: []Option{utf8Suffixes, WithResourceAsConstantLabels(attribute.NewAllowKeysFilter("service.name"))},
		steps: []officialStep{{counter, "testmeter", "foo", "", "a simple counter", atSimple, []float64{5, 5.9, 5.3}}},
	},
	{file: "without_target_info.txt", opts: []Option{WithoutTargetInfo(), utf8Suffixes}, steps: []officialStep{simple}},
	{file: "without_scope_info.txt", opts: []Option{WithoutScopeInfo(), utf8Suffixes}, steps: []officialStep{
		{gauge, "testmeter", "bar", "1", "a fun little gauge", atABCD, []float64{1}},
	}},
	{file: "without_scope_and_target_info.txt", opts: []Option{WithoutScopeInfo(), WithoutTargetInfo(), utf8Suffixes}, steps: []officialStep{
		{counter, "testmeter", "bar", "By", "a fun little counter", atABCD, []float64{2, 1}},
	}},
	{file: "multi_scopes.txt", steps: []officialStep{
		{counter, "meterfoo", "foo", "s", "meter foo counter", atFoo, []float64{100}},
		{counter, "meterbar", "bar", "s", "meter bar counter", atBar, []float64{200}},
	}},
	{file: "just_target_info.txt", steps: []officialStep{{counter, bridgeScope, "foo", "s", "meter foo counter", atFoo, []float64{100}}}},

	// Two instruments of one name.
	{file: "no_conflict_two_counters.txt", steps: twice(counter, "foo", atAB, "By", "By", "meter counter foo", "meter counter foo")},
	{file: "no_conflict_two_updowncounters.txt", steps: twice(upDown, "foo", atAB, "By", "By", "meter gauge foo", "meter gauge foo")},
	{file: "no_conflict_two_histograms.txt", steps: twice(histogram, "foo", atAB, "By", "By", "meter histogram foo", "meter histogram foo")},
	{file: "conflict_unit_two_counters.txt", opts: []Option{WithoutUnits()}, steps: twice(counter, "bar", atBar, "By", "s", "meter bar", "meter bar")},
	{file: "conflict_unit_two_updowncounters.txt", opts: []Option{WithoutUnits()}, steps: twice(upDown, "bar", atBar, "By", "s", "meter gauge bar", "meter gauge bar")},
	{file: "conflict_unit_two_histograms.txt", opts: []Option{WithoutUnits()}, steps: twice(histogram, "bar", atAB, "By", "s", "meter histogram bar", "meter histogram bar")},

	// The official exporter takes whichever of two helps chance brings first.
	{file: "conflict_help_two_counters_1.txt", steps: helpCounters},
	{file: "conflict_help_two_counters_2.txt", steps: reversed(helpCounters)},
	{file: "conflict_help_two_updowncounters_1.txt", steps: helpUpDowns},
	{file: "conflict_help_two_updowncounters_2.txt", steps: reversed(helpUpDowns)},
	{file: "conflict_help_two_histograms_1.txt", steps: helpHistograms},
	{file: "conflict_help_two_histograms_2.txt", steps: reversed(helpHistograms)},

	// Of two types the first instrument of a scope wins.
	{
		file: "conflict_type_counter_and_updowncounter_1.txt", opts: []Option{WithoutUnits()},
		steps: []officialStep{clashCounter, clashTotal}, err: "it cannot be a gauge too",
	},
	{
		file: "conflict_type_counter_and_updowncounter_2.txt", opts: []Option{WithoutUnits()},
		steps: []officialStep{clashTotal, clashCounter}, err: "it cannot be a counter too",
	},
	{
		file: "conflict_type_histogram_and_updowncounter_1.txt", steps: []officialStep{clashUpDown, clashHistogram},
		err: "it cannot be a histogram too",
	},
	{
		file: "conflict_type_histogram_and_updowncounter_2.txt", steps: []officialStep{clashHistogram, clashUpDown},
		err: "it cannot be a gauge too",
	},
}
