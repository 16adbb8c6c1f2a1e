package eventline

import (
	"slices"

	"github.com/genmeter/genmeter/monitor"
)

// field is a key that means something to some kind of event.
type field uint8

const (
	fieldNone field = iota // an attribute
	fieldEvent
	fieldID
	fieldTime
	fieldDuration
	fieldSuccess
	fieldModel
	fieldProvider
	fieldOperation
	fieldStep
	fieldPromptTokens
	fieldCompletionTokens
	fieldTotalTokens
	fieldCachedTokens
	fieldCacheWriteTokens
	fieldReasoningTokens
	fieldFinishReason
	fieldTurns
	fieldError
	fieldErrorType
	fieldCost
	fieldCacheHit
	fieldBatch
	fieldFirstToken
	fieldAttempt
	fieldRecordID
	fieldEvaluator
	fieldScores
	fieldOutcome
	fieldReason
	fieldRecords
	fieldMetric
	fieldValue
	fieldMetadata
	fieldAttributes

	// Other names than Append's.
	fieldDurationMillis
	fieldUsage
	fieldReportedPrompt
	fieldReportedInput
	fieldReportedOutput
	fieldReportedTotal
	fieldReportedCached
	fieldReportedCacheRead
	fieldReportedCacheWrite
	fieldReportedReasoning
	fieldReportedDetails
)

// kinds is a set of event kinds.
type kinds uint8

const (
	generation kinds = 1 << monitor.KindGeneration
	evaluation kinds = 1 << monitor.KindEvaluation
	record     kinds = 1 << monitor.KindRecord
	metric     kinds = 1 << monitor.KindMetric
	begin      kinds = 1 << monitor.KindBegin
	target     kinds = 1 << monitor.KindTarget
	used       kinds = 1 << monitor.KindUsage
	calls            = generation | evaluation
	every            = calls | record | metric | begin | target | used
)

// fieldInfo says how a field is written and which kinds have it. To the others its key is an attribute like any other.
var fieldInfo = [...]struct {
	key   string
	kinds kinds
}{
	fieldEvent:            {"event", every},
	fieldID:               {"id", every},
	fieldTime:             {"timestamp", every},
	fieldDuration:         {"duration", calls},
	fieldSuccess:          {"success", calls},
	fieldModel:            {"model_name", calls | begin | used},
	fieldProvider:         {"provider", calls | begin | used},
	fieldOperation:        {"operation", calls | begin | used},
	fieldStep:             {"step", calls | begin | used},
	fieldPromptTokens:     {"prompt_token_count", calls | used},
	fieldCompletionTokens: {"completion_token_count", calls | used},
	fieldTotalTokens:      {"total_token_count", calls | used},
	fieldCachedTokens:     {"cached_token_count", calls | used},
	fieldCacheWriteTokens: {"cache_write_token_count", calls | used},
	fieldReasoningTokens:  {"reasoning_token_count", calls | used},
	fieldFinishReason:     {"finish_reason", calls},
	fieldTurns:            {"conversation_length", calls},
	fieldError:            {"error", calls},
	fieldErrorType:        {"error_type", calls},
	fieldCost:             {"cost_usd", calls | used},
	fieldCacheHit:         {"cache_hit", calls},
	fieldBatch:            {"batch", calls},
	fieldFirstToken:       {"time_to_first_token", calls},
	fieldAttempt:          {"attempt", calls | begin},
	fieldRecordID:         {"record_id", calls | begin | used},
	fieldEvaluator:        {"evaluator_type", evaluation},
	fieldScores:           {"scores", evaluation},
	fieldOutcome:          {"outcome", record},
	fieldReason:           {"reason", record},
	fieldRecords:          {"records", target},
	fieldMetric:           {"metric", metric},
	fieldValue:            {"value", metric},
	fieldMetadata:         {"metadata", every},
	fieldAttributes:       {"attributes", every},

	fieldDurationMillis:     {"", calls},
	fieldUsage:              {"", calls | used},
	fieldReportedPrompt:     {"", calls | used},
	fieldReportedInput:      {"", calls | used},
	fieldReportedOutput:     {"", calls | used},
	fieldReportedTotal:      {"", calls | used},
	fieldReportedCached:     {"", calls | used},
	fieldReportedCacheRead:  {"", calls | used},
	fieldReportedCacheWrite: {"", calls | used},
	fieldReportedReasoning:  {"", calls | used},
	fieldReportedDetails:    {"", calls | used},
}

// Keys returns the keys that mean something on a line of kind, in the order in which Append writes them. The decoder
// takes other names for some of them, too: the package's comment has them.
func Keys(kind monitor.Kind) []string {
	var keys []string
	for _, f := range fieldInfo {
		if f.kinds&(1<<kind) != 0 && f.key != "" {
			keys = append(keys, f.key)
		}
	}
	return slices.Clip(keys)
}

// otherNames are the names that the decoder takes for one of Keys.
var otherNames = []string{
	"model", "evaluator", "turns", "duration_seconds", "duration_ms", "usage", "prompt_tokens", "input_tokens", "completion_tokens",
	"output_tokens", "total_tokens", "cached_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "reasoning_tokens",
	"prompt_tokens_details", "completion_tokens_details", "input_tokens_details", "output_tokens_details",
}

// allKeys returns Keys and their other names.
func allKeys(kind monitor.Kind) []string {
	keys := Keys(kind)
	for _, name := range otherNames {
		if fieldOf([]byte(name), kind) != fieldNone {
			keys = append(keys, name)
		}
	}
	return keys
}

// fieldOf returns the field of a key on a line of kind. It is a switch because the compiler makes a binary search of
// it, which takes a third of a map's time.
func fieldOf(key []byte, kind monitor.Kind) field {
	f := fieldNone
	switch string(key) {
	case "event":
		f = fieldEvent
	case "id":
		f = fieldID
	case "timestamp":
		f = fieldTime
	case "duration", "duration_seconds":
		f = fieldDuration
	case "duration_ms":
		f = fieldDurationMillis
	case "success":
		f = fieldSuccess
	case "model_name", "model":
		f = fieldModel
	case "provider":
		f = fieldProvider
	case "operation":
		f = fieldOperation
	case "step":
		f = fieldStep
	case "prompt_token_count":
		f = fieldPromptTokens
	case "completion_token_count":
		f = fieldCompletionTokens
	case "total_token_count":
		f = fieldTotalTokens
	case "cached_token_count":
		f = fieldCachedTokens
	case "cache_write_token_count":
		f = fieldCacheWriteTokens
	case "reasoning_token_count":
		f = fieldReasoningTokens
	case "finish_reason":
		f = fieldFinishReason
	case "conversation_length", "turns":
		f = fieldTurns
	case "error":
		f = fieldError
	case "error_type":
		f = fieldErrorType
	case "cost_usd":
		f = fieldCost
	case "cache_hit":
		f = fieldCacheHit
	case "batch":
		f = fieldBatch
	case "time_to_first_token":
		f = fieldFirstToken
	case "attempt":
		f = fieldAttempt
	case "record_id":
		f = fieldRecordID
	case "evaluator_type", "evaluator":
		f = fieldEvaluator
	case "scores":
		f = fieldScores
	case "outcome":
		f = fieldOutcome
	case "reason":
		f = fieldReason
	case "records":
		f = fieldRecords
	case "metric":
		f = fieldMetric
	case "value":
		f = fieldValue
	case "usage":
		f = fieldUsage
	case "prompt_tokens":
		f = fieldReportedPrompt
	case "input_tokens":
		f = fieldReportedInput
	case "completion_tokens", "output_tokens":
		f = fieldReportedOutput
	case "total_tokens":
		f = fieldReportedTotal
	case "cached_tokens":
		f = fieldReportedCached
	case "cache_read_input_tokens":
		f = fieldReportedCacheRead
	case "cache_creation_input_tokens":
		f = fieldReportedCacheWrite
	case "reasoning_tokens":
		f = fieldReportedReasoning
	case "prompt_tokens_details", "completion_tokens_details", "input_tokens_details", "output_tokens_details":
		f = fieldReportedDetails
	case "metadata":
		f = fieldMetadata
	case "attributes":
		f = fieldAttributes
	}
	if fieldInfo[f].kinds&(1<<kind) == 0 {
		return fieldNone
	}
	return f
}

// kindOf returns the kind that an "event" names, 0 when there is none of that name.
func kindOf(name []byte) monitor.Kind {
	switch string(name) {
	case "generation":
		return monitor.KindGeneration
	case "evaluation":
		return monitor.KindEvaluation
	case "record":
		return monitor.KindRecord
	case "metric":
		return monitor.KindMetric
	case "begin":
		return monitor.KindBegin
	case "target":
		return monitor.KindTarget
	case "usage":
		return monitor.KindUsage
	}
	return 0
}
