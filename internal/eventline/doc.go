// Package eventline reads and writes genmeter's event lines: one [monitor.Event] as one JSON object on one line, with
// the keyword arguments of afterimage.monitoring as its keys.
//
//	{"event":"generation","timestamp":"2026-11-24T19:57:10.810207Z","duration":1.857,"success":true,
//	 "model_name":"gpt-4o-mini","prompt_token_count":4808,"completion_token_count":10,"finish_reason":"stop"}
//
// [Append] prints and [Decoder.Decode] parses; one undoes the other, to the nanosecond. Ingest, its journal and export
// share this package, so that a line that one of them wrote is a line that the others read.
//
// # What a line may hold
//
// The keys of each kind are in [Keys]. Any other key is kept as an attribute: strings, integers, floats and booleans as
// such, null, arrays and objects as their JSON text. Two keys hold objects: those of "metadata" are lifted (operation,
// component, error_type, provider and model_name into their fields, the rest into attributes), those of "attributes"
// are attributes whatever their names, which is how Append writes an attribute named like a key.
//
// # Other names
//
// Some keys have other names, which are taken for the same, on generations, evaluations and usage:
//
//	model                                       model_name
//	evaluator                                   evaluator_type
//	turns                                       conversation_length
//	duration_seconds                            duration
//	duration_ms                                 duration, in milliseconds
//	prompt_tokens, input_tokens                 prompt_token_count
//	completion_tokens, output_tokens            completion_token_count
//	total_tokens                                total_token_count
//	cached_tokens, cache_read_input_tokens      cached_token_count
//	cache_creation_input_tokens                 cache_write_token_count
//	reasoning_tokens                            reasoning_token_count
//
// The names of tokens are those of the usage objects that OpenAI (Chat Completions: prompt_tokens, completion_tokens; Responses:
// input_tokens, output_tokens; the …_tokens_details with cached_tokens and reasoning_tokens in both) and Anthropic (Messages:
// input_tokens, output_tokens, cache_read_input_tokens, cache_creation_input_tokens) answer with. Such an object can be given whole
// as "usage", and what else it holds is passed over. A key of [Keys] goes before another name, wherever it stands.
//
// Anthropic's input_tokens leave out what was read from the cache or written to it, OpenAI's do not, and prompt_token_count
// must not. So what cache_read_input_tokens and cache_creation_input_tokens say is added to input_tokens, unless the total
// shows that it is in it already (ingest reads OTLP likewise, where the names do not tell).
//
// Names that do not say their unit or what they count, such as latency or tokens, stay attributes; [Decoder.Hints] tells of
// them, and of keys that look misspelt.
//
// The decoder is more lenient than JSON in one thing: it takes Python's NaN, Infinity and -Infinity, which cost the
// value that they stand for and not the line. It is stricter in two: nesting is bounded at [MaxDepth], and each key
// has a type. A value of another type costs that value. Everything lost is told, in [Decoder.Problems] or as the error.
//
// It is written by hand because a sidecar has 3 µs of processor time for an event, all in, and encoding/json takes more
// than that to find the keys.
package eventline
