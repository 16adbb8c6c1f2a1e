package eventline

import (
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// reported reads a number of tokens as a provider reports it. It goes to its place unless the line has said it already.
func (d *Decoder) reported(f field, key []byte, ev *monitor.Event) bool {
	to := reportedTo(f, ev)
	if *to != 0 {
		return d.s.value(0)
	}
	ok := d.count(key, to, maxCount)
	d.input = d.input || f == fieldReportedInput && *to != 0
	d.apart = d.apart || f == fieldReportedCacheRead || f == fieldReportedCacheWrite
	return ok
}

// reportedTo returns the place of a number of tokens, nil for any other field.
func reportedTo(f field, ev *monitor.Event) *int64 {
	switch f {
	case fieldPromptTokens, fieldReportedPrompt, fieldReportedInput:
		return &ev.PromptTokens
	case fieldCompletionTokens, fieldReportedOutput:
		return &ev.CompletionTokens
	case fieldTotalTokens, fieldReportedTotal:
		return &ev.TotalTokens
	case fieldCachedTokens, fieldReportedCached, fieldReportedCacheRead:
		return &ev.CachedTokens
	case fieldCacheWriteTokens, fieldReportedCacheWrite:
		return &ev.CacheWriteTokens
	case fieldReasoningTokens, fieldReportedReasoning:
		return &ev.ReasoningTokens
	}
	return nil
}

// usage reads a provider's object of token counts, in which objects of details may stand. What else is in it is passed over;
// an object that has no token counts is somebody's own, and an attribute.
func (d *Decoder) usage(key []byte, ev *monitor.Event) bool {
	if d.peek() != '{' {
		return d.odd(key, ev)
	}
	at, taken := d.s.i, false
	d.path = append(d.path, key)
	ok := d.each(func(key []byte) bool {
		f := fieldOf(key, ev.Kind)
		switch {
		case reportedTo(f, ev) != nil:
			taken = true
			return d.reported(f, key, ev)
		case f == fieldReportedDetails && len(d.path) == 1 && d.peek() == '{':
			taken = true
			return d.usage(key, ev)
		}
		return d.s.value(0)
	})
	d.path = d.path[:len(d.path)-1]
	if ok && !taken && len(d.path) == 0 {
		d.s.i = at
		return d.attr(key, ev)
	}
	return ok
}

// pathTo returns the name of a value within the objects that are being read.
func (d *Decoder) pathTo(key []byte) string {
	if len(d.path) == 0 {
		return validText(key)
	}
	var path []byte
	for _, k := range d.path {
		path = append(append(path, k...), '.')
	}
	return validText(slices.Concat(path, key))
}

// wholePrompt makes PromptTokens all tokens of the input. Anthropic's input_tokens leave out those that were read from the
// cache or written to it; OpenAI's, which have other names for the cached ones, do not. Where a total is told that has no room for
// them, they are in it.
func (d *Decoder) wholePrompt(ev *monitor.Event) {
	if !d.apart || !d.input && ev.PromptTokens != 0 {
		return
	}
	whole := ev.PromptTokens + ev.CachedTokens + ev.CacheWriteTokens
	if ev.TotalTokens == 0 || ev.TotalTokens >= whole+ev.CompletionTokens {
		ev.PromptTokens = whole
	}
}
