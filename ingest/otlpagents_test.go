package ingest_test

import (
	"testing"
	"time"

	tracepb "go.opentelemetry.io/proto/slim/otlp/trace/v1"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

func chat(id, parent, input int) *tracepb.Span {
	return span(id, parent, attrs{"gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": input})
}

func agent(id, parent, input int) *tracepb.Span {
	return span(id, parent, attrs{"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "writer", "gen_ai.usage.input_tokens": input})
}

func plain(id, parent int) *tracepb.Span { return span(id, parent, nil) }

// permutations calls fn with every order of the numbers below n.
func permutations(n int, fn func([]int)) {
	order := make([]int, n)
	var place func(int, int)
	place = func(k, used int) {
		if k == n {
			fn(order)
		}
		for i := range n {
			if used&(1<<i) == 0 {
				order[k] = i
				place(k+1, used|1<<i)
			}
		}
	}
	place(0, 0)
}

// TestOTLPAgentsInAnyOrder: an agent's usage counts where nothing inside it reports any, in whatever order the spans come,
// one body or many.
func TestOTLPAgentsInAnyOrder(t *testing.T) {
	for name, test := range map[string]struct {
		spans []*tracepb.Span
		want  sums
	}{
		"repeats its calls":           {[]*tracepb.Span{chat(2, 1, 10), chat(3, 1, 20), agent(1, 0, 30)}, sums{calls: 2, input: 30}},
		"more than its calls":         {[]*tracepb.Span{chat(2, 1, 10), agent(1, 0, 50)}, sums{calls: 1, input: 10}},
		"calls without usage":         {[]*tracepb.Span{chat(2, 1, 0), chat(3, 1, 0), agent(1, 0, 30)}, sums{calls: 2, usages: 1, input: 30}},
		"no calls":                    {[]*tracepb.Span{agent(1, 0, 30), plain(2, 1)}, sums{usages: 1, input: 30}},
		"a tool between":              {[]*tracepb.Span{chat(4, 3, 10), plain(3, 2), plain(2, 1), agent(1, 0, 10)}, sums{calls: 1, input: 10}},
		"agent in agent":              {[]*tracepb.Span{agent(3, 2, 7), plain(2, 1), agent(1, 0, 7)}, sums{usages: 1, input: 7}},
		"agent in agent with calls":   {[]*tracepb.Span{chat(4, 3, 7), agent(3, 2, 7), agent(2, 0, 7)}, sums{calls: 1, input: 7}},
		"two agents, one with a call": {[]*tracepb.Span{chat(4, 3, 5), agent(3, 9, 5), agent(2, 9, 8), plain(9, 0)}, sums{calls: 1, usages: 1, input: 13}},
		"the way up is broken":        {[]*tracepb.Span{chat(4, 3, 5), agent(1, 0, 5)}, sums{calls: 1, input: 5}},
		"siblings below a lost span":  {[]*tracepb.Span{chat(4, 3, 5), agent(1, 3, 8)}, sums{calls: 1, usages: 1, input: 13}},
		"its own parent":              {[]*tracepb.Span{agent(1, 1, 5)}, sums{usages: 1, input: 5}},
	} {
		permutations(len(test.spans), func(order []int) {
			for _, together := range []bool{true, false} {
				o := ingest.NewOTLP(ingest.OTLPOptions{})
				var spans []*tracepb.Span
				for _, i := range order {
					spans = append(spans, test.spans[i])
				}
				var events []monitor.Event
				if together {
					events = readSpans(t, o, spans...).Events
				} else {
					for _, s := range spans {
						events = append(events, readSpans(t, o, s).Events...)
					}
				}
				events = append(events, o.Flush(otlpNow.Add(ingest.DefaultOTLPHold-time.Nanosecond))...)
				before := len(events)
				events = append(events, o.Flush(otlpNow.Add(ingest.DefaultOTLPHold))...)
				if got := sumOf(events); got != test.want || before != int(test.want.calls) {
					t.Errorf("%s, order %v, together %v: got %+v, want %+v", name, order, together, got, test.want)
				}
				if left := o.Drain(); len(left) != 0 {
					t.Errorf("%s: given twice: %+v", name, left)
				}
			}
		})
	}
}

// TestOTLPAgentEvent: what an agent's usage is when it counts.
func TestOTLPAgentEvent(t *testing.T) {
	o := ingest.NewOTLP(ingest.OTLPOptions{Hold: time.Second})
	if r := readSpans(t, o, agent(1, 0, 30)); r.Held != 1 || len(r.Events) != 0 {
		t.Fatalf("%+v", r)
	}
	events := o.Flush(otlpNow.Add(time.Second))
	if len(events) != 1 {
		t.Fatal(events)
	}
	ev := events[0]
	if ev.Kind != monitor.KindUsage || ev.ID != spanID(1) || ev.Step != "writer" || ev.Model != "" || ev.PromptTokens != 30 || !ev.Time.Equal(otlpNow) {
		t.Errorf("%+v", ev)
	}
	// An agent outside the time of usage whose way up is broken is not around it.
	late := chat(4, 3, 5)
	late.StartTimeUnixNano, late.EndTimeUnixNano = late.EndTimeUnixNano, late.EndTimeUnixNano+1e9
	readSpans(t, o, late, agent(2, 0, 8))
	if got := sumOf(o.Drain()); got != (sums{usages: 1, input: 8}) {
		t.Errorf("%+v", got)
	}
}

// TestOTLPCallsAroundCalls: the span of a framework around the span of a client is the same call.
func TestOTLPCallsAroundCalls(t *testing.T) {
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	r := readSpans(t, o, chat(1, 0, 10), chat(2, 1, 10))
	if got := sumOf(append(r.Events, o.Drain()...)); got != (sums{calls: 1, input: 10}) || r.Outer != 1 || r.Events[0].ID != spanID(2) {
		t.Errorf("in one body: %+v, %+v", got, r)
	}
	events := readSpans(t, o, chat(2, 1, 10)).Events
	events = append(events, readSpans(t, o, chat(1, 0, 10)).Events...)
	if got := sumOf(append(events, o.Drain()...)); got != (sums{calls: 1, input: 10}) {
		t.Errorf("the inner first: %+v", got)
	}
	// The outer one knows the tokens, the inner one does not.
	r = readSpans(t, o, chat(1, 0, 10), chat(2, 1, 0))
	if got := sumOf(append(r.Events, o.Drain()...)); got != (sums{calls: 1, usages: 1, input: 10}) {
		t.Errorf("tokens outside: %+v", got)
	}
	// What came too early cannot be taken back: the document says so.
	events = readSpans(t, o, chat(1, 0, 10)).Events
	events = append(events, readSpans(t, o, chat(2, 1, 10)).Events...)
	if got := sumOf(append(events, o.Drain()...)); got != (sums{calls: 2, input: 20}) {
		t.Errorf("the outer first: %+v", got)
	}
}

// TestOTLPMemoryIsBounded: what a forgotten trace holds is given, so that totals stay whole.
func TestOTLPMemoryIsBounded(t *testing.T) {
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	var events []monitor.Event
	for i := range 10_000 {
		s := agent(1, 0, 1)
		s.TraceId = bytesOf(16, i+1)
		r := readSpans(t, o, s)
		events = append(events, r.Events...)
	}
	if len(events) != 10_000-4096 {
		t.Errorf("%d are given, so %d held", len(events), 10_000-len(events))
	}
	if got := sumOf(append(events, o.Drain()...)); got != (sums{usages: 10_000, input: 10_000}) {
		t.Errorf("%+v", got)
	}
	// One trace of more spans than are remembered: calls count all the same.
	var spans []*tracepb.Span
	for i := range 70_000 {
		spans = append(spans, chat(i+2, 1, 1))
	}
	r := readSpans(t, o, append(spans, agent(1, 0, 70_000))...)
	if got := sumOf(append(r.Events, o.Drain()...)); got != (sums{calls: 70_000, input: 70_000}) {
		t.Errorf("%+v", got)
	}
}

// TestOTLPHostileTrace: a trace made to be slow is not: usage beside agents, none inside another, long ways up.
func TestOTLPHostileTrace(t *testing.T) {
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	var spans []*tracepb.Span
	for i := range 4_000 {
		a := agent(i+1, 100_000, 1)
		a.StartTimeUnixNano = a.EndTimeUnixNano
		spans = append(spans, a)
	}
	for i := range 20_000 {
		spans = append(spans, plain(200_000+i, 200_001+i))
	}
	r := readSpans(t, o, append(spans, chat(1<<30, 200_000, 1))...)
	if got := sumOf(append(r.Events, o.Drain()...)); got.calls != 1 || got.usages != 4_000 {
		t.Errorf("%+v", got)
	}
	// Parents in a circle: no trace can be so, and nothing in it counts twice.
	r = readSpans(t, o, chat(2, 1, 5), agent(1, 3, 5), plain(3, 2))
	if got := sumOf(append(r.Events, o.Drain()...)); got.input > 5 {
		t.Errorf("a circle: %+v", got)
	}
}

// TestOTLPUnrelatedTraces: spans of traces without models are not remembered.
func TestOTLPUnrelatedTraces(t *testing.T) {
	o := ingest.NewOTLP(ingest.OTLPOptions{})
	r := readSpans(t, o, agent(1, 0, 5))
	for i := range 200 {
		var spans []*tracepb.Span
		for j := range 1_000 {
			s := plain(j+1, j)
			s.TraceId = bytesOf(16, 1_000+i)
			spans = append(spans, s)
		}
		if got := readSpans(t, o, spans...); got.Other != 1_000 || len(got.Events) != 0 {
			t.Fatalf("%+v", got)
		}
	}
	r2 := readSpans(t, o, chat(2, 1, 5)) // its agent is remembered still
	if got := sumOf(append(append(r.Events, r2.Events...), o.Drain()...)); got != (sums{calls: 1, input: 5}) {
		t.Errorf("%+v", got)
	}
}
