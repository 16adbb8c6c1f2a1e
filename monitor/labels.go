package monitor

import (
	"strings"
	"unicode/utf8"
)

// Bounds of the label values that come from the caller. Past them the value is "other", which
// genmeter_series_overflow_total counts: sums stay exact.
const (
	maxProviders  = 20
	maxModels     = 200
	maxSteps      = 50
	maxEvaluators = 50
	maxScores     = 50
	maxMetrics    = 50
	maxReasons    = 50
	maxSources    = 20
)

const (
	labelUnknown = "unknown"
	labelOther   = "other"
)

// names gives small numbers to the values of one label, and bounds how many there are. Number 0 is the value for ""
// and number 1 is "other".
type names struct {
	max  int
	ids  map[string]uint16
	list []string

	last   string // events come in runs of one model: a comparison spares a look-up
	lastID uint16
}

func newNames(empty string, limit int) *names {
	n := &names{max: limit + 2, ids: make(map[string]uint16), list: []string{empty, labelOther}}
	n.ids[""], n.ids[empty], n.ids[labelOther] = 0, 0, 1
	return n
}

// id returns the number of s, and false when s is past the bound: its number is that of "other".
func (n *names) id(s string) (id uint16, ok bool) {
	if s == n.last {
		return n.lastID, true
	}
	id, ok = n.ids[s]
	if !ok {
		if !utf8.ValidString(s) {
			return n.id(validText(s)) // two of them may become one: they share its number, and so its series
		}
		if len(n.list) >= n.max {
			return 1, false
		}
		id = uint16(len(n.list))
		s = strings.Clone(s) // s may be a slice of something big
		n.list = append(n.list, s)
		n.ids[s] = id
	}
	n.last, n.lastID = s, id
	return id, true
}

// validText returns s as a label value can be: Prometheus refuses others, and with one the whole scrape.
func validText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

func (n *names) name(id uint16) string { return n.list[id] }

// Finish reasons, the values of the finish_reason label; index 0 is "not reported": the label is absent.
var finishReasons = [...]string{"", "stop", "length", "content_filter", "tool_calls", "error", labelOther}

const finishOther = len(finishReasons) - 1

// finishIndexes maps what providers write (lower case, without "FinishReason.") to an index of finishReasons.
var finishIndexes = map[string]int{
	"": 0, "none": 0, "null": 0, "finish_reason_unspecified": 0, "unspecified": 0,
	"stop": 1, "end_turn": 1, "stop_sequence": 1, "eos": 1, "eos_token": 1, "complete": 1, "completed": 1, "done": 1,
	"length": 2, "max_tokens": 2, "max_output_tokens": 2, "model_length": 2, "max_length": 2, "incomplete": 2,
	"model_context_window_exceeded": 2,
	"content_filter":                3, "content_filtered": 3, "safety": 3, "recitation": 3, "blocklist": 3, "prohibited_content": 3,
	"spii": 3, "refusal": 3, "image_safety": 3, "guardrail_intervened": 3, "language": 3,
	"tool_calls": 4, "tool_call": 4, "tool_use": 4, "function_call": 4,
	"error": 5, "malformed_function_call": 5, "unexpected_tool_call": 5, "abort": 5, "cancelled": 5,
	"other": 6,
}

// finishIndex returns the index in finishReasons for what a provider wrote.
func finishIndex(raw string) int {
	if i, ok := finishIndexes[raw]; ok { // the common case, without an allocation
		return i
	}
	s := strings.ToLower(raw)
	s = s[strings.LastIndexByte(s, '.')+1:]
	if i, ok := finishIndexes[s]; ok {
		return i
	}
	return finishOther
}

// ClassifyFinishReason returns the value that the finish_reason label has for what a provider wrote: stop, length,
// content_filter, tool_calls, error or other, and "" for not reported ("", "None").
func ClassifyFinishReason(raw string) string { return finishReasons[finishIndex(raw)] }

// operations maps operations, and what generators call them, to the closed set of the gen_ai_operation_name label:
// OpenTelemetry's GenAI operations and "other".
var operations = map[string]string{
	"": "chat", "chat": "chat", "generate": "chat", "generation": "chat", "completion": "chat", "chat_completion": "chat",
	"chat.completions": "chat", "messages": "chat", "responses": "chat",
	"generate_content": "generate_content",
	"text_completion":  "text_completion", "completions": "text_completion",
	"embeddings": "embeddings", "embedding": "embeddings", "embed": "embeddings",
	"create_agent": "create_agent", "invoke_agent": "invoke_agent", "execute_tool": "execute_tool",
	"retrieval": "retrieval",
	"rerank":    "retrieval",
}

// classifyOperation returns the value of the gen_ai_operation_name label.
func classifyOperation(raw string) string {
	if op, ok := operations[raw]; ok {
		return op
	}
	if op, ok := operations[strings.ToLower(raw)]; ok {
		return op
	}
	return labelOther
}
