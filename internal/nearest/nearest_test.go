package nearest

import (
	"slices"
	"strings"
	"testing"
)

func TestOf(t *testing.T) {
	names := []string{"id", "step", "batch", "model_name", "prompt_token_count", "generation_time", "evaluation_time"}
	for name, want := range map[string]string{
		"promt_token_count": "prompt_token_count", "promptTokenCount": "prompt_token_count", "prompt_tokens_count": "prompt_token_count",
		"Model-Name": "model_name", "model_nane": "model_name", "match": "batch",
		"generation_tmie": "generation_time", "generation_times": "generation_time",
		"ids": "", "stop": "", "steps": "", "shop": "", "batch_id": "", "tenant": "", "latency": "", "": "", "mdoel_naem": "",
		"prompt_token": "", "generation": "",
	} {
		if got := strings.Join(Of(name, names), ","); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := Of("abcdefghi2", []string{"abcdefghijk", "abcdefghi1", "abcdefghi3", "abcdefghi2"}); !slices.Equal(got,
		[]string{"abcdefghi2", "abcdefghi1", "abcdefghi3", "abcdefghijk"}) {
		t.Errorf("order %q", got)
	}
}
