package eventline_test

import (
	"fmt"
	"time"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

func ExampleAppend() {
	line := eventline.Append(nil, &monitor.Event{
		Kind: monitor.KindGeneration, Success: true, Duration: 1857 * time.Millisecond,
		Model: "gpt-4o-mini", PromptTokens: 512, CompletionTokens: 128,
		Attrs: []monitor.Attr{monitor.String("worker", "a")},
	})
	fmt.Printf("%s", line)
	// Output:
	// {"event":"generation","duration":1.857,"success":true,"model_name":"gpt-4o-mini","prompt_token_count":512,"completion_token_count":128,"worker":"a"}
}

func ExampleDecoder_Decode() {
	d := eventline.NewDecoder(time.UTC)
	var ev monitor.Event
	err := d.Decode([]byte(`{"event":"generation","duration":NaN,"success":true,"prompt_token_count":512}`), &ev)
	fmt.Println(err, ev.Kind, ev.PromptTokens)
	for _, p := range d.Problems() {
		fmt.Println(p.Reason, p.Error())
	}
	// Output:
	// <nil> generation 512
	// not_finite duration: found NaN, expected a number of seconds
}
