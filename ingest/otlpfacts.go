package ingest

import (
	"strings"

	"github.com/genmeter/genmeter/internal/otlp"
)

// otlpFacts is what the attributes of one span or log record say.
type otlpFacts struct {
	values    [otlpFields]otlp.Value
	ranks     [otlpFields]uint8 // of the values, 0 where there is none
	exception bool              // an event says so
}

// take takes an attribute, if it is one that is read.
func (f *otlpFacts) take(key []byte, v otlp.Value) {
	k, ok := otlpKeys[string(key)]
	if !ok || v.None() {
		return
	}
	if rank := f.ranks[k.field]; rank == 0 || k.rank < rank {
		f.values[k.field], f.ranks[k.field] = v, k.rank
	}
}

// takeException takes an attribute of an event. Other events than exceptions hold prompts and answers.
func (f *otlpFacts) takeException(key []byte, v otlp.Value) {
	switch string(key) {
	case "exception.type", "exception.message":
		f.exception = true
		f.take(key, v)
	}
}

func (f *otlpFacts) has(field otlpField) bool { return f.ranks[field] != 0 }

// lower returns a name in lower case: instrumentations do not agree on "OpenAI", and it is one provider.
func (f *otlpFacts) lower(field otlpField) string { return strings.ToLower(f.values[field].Text()) }

// uses reports whether any tokens or cost are reported.
func (f *otlpFacts) uses() bool {
	for _, field := range [...]otlpField{otlpInput, otlpOutput, otlpTotal} {
		if n, ok := f.values[field].Int(); ok && n > 0 {
			return true
		}
	}
	cost, ok := f.values[otlpCost].Float()
	return ok && cost > 0
}

// role returns what the record is, and the operation of a call. A call is what says so; and what has a model, and either
// tokens or the provider or a reason to have finished, and does not say what it is: older instrumentations did not. Tokens
// without a model are an agent's.
func (f *otlpFacts) role() (otlpRole, string) {
	if f.has(otlpVercelOperation) {
		return vercelRole(f.values[otlpVercelOperation].Text())
	}
	model := f.has(otlpRequestModel) || f.has(otlpResponseModel)
	if operation := f.lower(otlpOperation); operation != "" {
		if role, ok := otlpOperations[operation]; ok {
			return role, operation
		}
		if model && f.uses() {
			return otlpCall, operation // a custom one
		}
		return otlpAgent, ""
	}
	agent := false
	for _, field := range [...]otlpField{otlpRequestType, otlpObservation, otlpSpanKind} {
		operation, ok := otlpKinds[f.lower(field)]
		if operation != "" {
			return otlpCall, operation
		}
		agent = agent || ok
	}
	switch {
	case agent:
		return otlpAgent, ""
	case model && (f.has(otlpProvider) || f.has(otlpFinish) || f.uses()):
		return otlpCall, "chat"
	case f.uses():
		return otlpAgent, ""
	}
	return otlpOther, ""
}

// vercelRole returns what a span of the Vercel AI SDK is: ai.generateText and the like are around one or more
// ai.generateText.doGenerate, ai.streamText.doStream, ai.embed.doEmbed, which are the calls and repeat in the outer one.
func vercelRole(operation string) (otlpRole, string) {
	_, inner, _ := strings.Cut(strings.TrimPrefix(operation, "ai."), ".")
	switch inner {
	case "doGenerate", "doStream":
		return otlpCall, "chat"
	case "doEmbed":
		return otlpCall, "embeddings"
	}
	return otlpAgent, ""
}
