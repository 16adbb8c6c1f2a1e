package eventline

import (
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

// BenchmarkDecode is the road of every event into a sidecar.
func BenchmarkDecode(b *testing.B) {
	for name, line := range map[string]string{
		"generation": typical,
		"late_event": `{"duration":1.857,"success":true,"model_name":"gpt-4o-mini","prompt_token_count":4808,"completion_token_count":10,"event":"generation"}`,
		"evaluation": `{"event":"evaluation","timestamp":"2026-11-24T19:57:10.810207","duration":0.5,"success":true,"evaluator_type":"judge","scores":{"coherence":{"score":0.866,"feedback":"ok, \"quoted\"\nsecond line"},"factuality":0.658}}`,
		"metric":     `{"event":"metric","metric":"queue_depth","value":7,"worker":"a"}`,
		"metadata":   `{"event":"generation","duration":0.57527999827825623,"success":true,"metadata":{"operation":"generate","component":"respondent","lang":"tr"}}`,
	} {
		b.Run(name, func(b *testing.B) {
			d, line := NewDecoder(nil), []byte(line)
			var ev monitor.Event
			b.SetBytes(int64(len(line)))
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Decode(line, &ev); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	var ev monitor.Event
	if err := NewDecoder(nil).Decode([]byte(typical), &ev); err != nil {
		b.Fatal(err)
	}
	var line []byte
	b.ReportAllocs()
	for b.Loop() {
		line = Append(line[:0], &ev)
	}
}
