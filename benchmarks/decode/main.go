// Command decode compares ways to read event lines: genmeter's own codec, which the sidecar uses, and well-kept JSON decoders
// that fill a struct of the same fields. Theirs is a lower bound: they would need a second pass for keys that they do not know, which
// genmeter keeps as attributes, refuse a line of which one value cannot be, and Python's NaN, and tell less of where a fault is.
//
//	go run ./decode              a minute
//	go run ./decode -markdown    as a table
package main

import (
	"bytes"
	stdjson "encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/bytedance/sonic"
	gojson "github.com/goccy/go-json"

	"github.com/genmeter/genmeter/benchmarks/internal/bench"
	"github.com/genmeter/genmeter/ingest"
)

// lines is how many event lines a body has.
const lines = 1000

func main() {
	markdown := flag.Bool("markdown", false, "print a table in Markdown")
	rounds := flag.Int("rounds", 5, "how often each decoder has its turn; the median counts")
	flag.Parse()
	if err := run(*rounds, *markdown); err != nil {
		fmt.Fprintln(os.Stderr, "decode:", err)
		os.Exit(1)
	}
}

// decoder reads all lines of a body and returns the sum of their tokens.
type decoder struct {
	name string
	read func(body []byte) (tokens int64, err error)
}

func decoders() []decoder {
	own := ingest.NewBody(time.UTC)
	return []decoder{
		{"genmeter", func(body []byte) (tokens int64, err error) {
			if err := own.Read(body, lines); err != nil {
				return 0, err
			}
			if len(own.Problems) > 0 {
				return 0, own.Problems[0]
			}
			for i := range own.Events {
				tokens += int64(own.Events[i].PromptTokens + own.Events[i].CompletionTokens)
			}
			return tokens, nil
		}},
		{"sonic", by(sonic.Config{CopyString: true}.Froze().Unmarshal)},
		{"goccy/go-json", by(gojson.Unmarshal)},
		{"encoding/json", by(stdjson.Unmarshal)},
	}
}

// event has the keys of the lines, and what a sender may leave out as pointers.
type event struct {
	Event            string    `json:"event"`
	ID               string    `json:"id"`
	Timestamp        time.Time `json:"timestamp"`
	Duration         float64   `json:"duration"`
	Success          *bool     `json:"success"`
	ModelName        string    `json:"model_name"`
	Provider         string    `json:"provider"`
	PromptTokens     int64     `json:"prompt_token_count"`
	CompletionTokens int64     `json:"completion_token_count"`
	FinishReason     string    `json:"finish_reason"`
	RecordID         string    `json:"record_id"`
}

// by reads each line with a decoder of JSON.
func by(unmarshal func([]byte, any) error) func([]byte) (int64, error) {
	events := make([]event, 0, lines)
	return func(body []byte) (tokens int64, err error) {
		events = events[:0]
		for line := range bytes.Lines(body) {
			events = append(events, event{})
			if err := unmarshal(line, &events[len(events)-1]); err != nil {
				return 0, err
			}
		}
		for i := range events {
			tokens += events[i].PromptTokens + events[i].CompletionTokens
		}
		return tokens, nil
	}
}

func body() (data []byte, tokens int64) {
	now := time.Now().UTC().Format(time.RFC3339Nano)
	for i := range lines {
		data = fmt.Appendf(data, `{"event":"generation","id":"%016x","timestamp":%q,"duration":%.3f,"success":true,"model_name":"gpt-4o-mini","provider":"openai",`+
			`"prompt_token_count":%d,"completion_token_count":%d,"finish_reason":"stop","record_id":"row-%d"}`+"\n", i, now, 0.5+float64(i%100)/10, 100+i%4000, 1+i%500, i)
		tokens += int64(100 + i%4000 + 1 + i%500)
	}
	return data, tokens
}

// figures are medians.
type figures struct{ ns, bytes, allocs float64 }

func run(rounds int, markdown bool) error {
	all := decoders()
	results, err := measure(all, rounds)
	if err != nil {
		return err
	}
	data, _ := body()
	fmt.Printf("%s; event lines of %d bytes\n\n", bench.Machine(), len(data)/lines)
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	row := "%v\t%v\t%v\t%v\t%v\n"
	if markdown {
		row = "| %v | %v | %v | %v | %v |\n"
	}
	_, _ = fmt.Fprintf(out, row, "decoder", "ns/event", "times genmeter's", "bytes/event", "allocations/event")
	if markdown {
		_, _ = fmt.Fprintf(out, row, "---", "---:", "---:", "---:", "---:")
	}
	for i, f := range results {
		_, _ = fmt.Fprintf(out, row, all[i].name, int(f.ns), fmt.Sprintf("%.2f", f.ns/results[0].ns), int(f.bytes), fmt.Sprintf("%.1f", f.allocs))
	}
	return out.Flush()
}

// measure gives all decoders a turn in each round, so that a slow moment of the machine is everybody's.
func measure(all []decoder, rounds int) ([]figures, error) {
	data, want := body()
	samples := make([][3][]float64, len(all))
	for range rounds {
		for i, d := range all {
			if got, err := d.read(data); err != nil || got != want {
				return nil, fmt.Errorf("%s reads %d tokens of %d: %w", d.name, got, want, err)
			}
			r := testing.Benchmark(func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					_, _ = d.read(data) // as it did before
				}
			})
			for j, v := range []int64{r.NsPerOp(), r.AllocedBytesPerOp(), r.AllocsPerOp()} {
				samples[i][j] = append(samples[i][j], float64(v)/lines)
			}
		}
	}
	results := make([]figures, len(all))
	for i, s := range samples {
		results[i] = figures{bench.Median(s[0]), bench.Median(s[1]), bench.Median(s[2])}
	}
	return results, nil
}
