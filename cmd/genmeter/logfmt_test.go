package main

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/prometheus/common/promslog"
)

// timeAndSource is what differs from run to run.
var timeAndSource = regexp.MustCompile(`time=\S+ |source=\S+ |"time":"[^"]*",|"source":"[^"]*",`)

func TestMessagesAreQuoted(t *testing.T) {
	for format, want := range map[string]string{
		"logfmt": `level=INFO msg="listening" address="a msg=b"` + "\n" + `level=INFO msg="two words"` + "\n",
		"json":   `{"level":"INFO","msg":"listening","address":"a msg=b"}` + "\n" + `{"level":"INFO","msg":"two words"}` + "\n",
	} {
		var out bytes.Buffer
		logs := promslog.Config{Format: promslog.NewFormat()}
		if err := logs.Format.Set(format); err != nil {
			t.Fatal(err)
		}
		logs.Writer = quoteMsg{&out, &logs}
		logger := promslog.New(&logs)
		logger.Info("listening", "address", "a msg=b")
		logger.Info("two words")
		if got := timeAndSource.ReplaceAllString(out.String(), ""); got != want {
			t.Errorf("%s: got\n%swant\n%s", format, got, want)
		}
	}
}
