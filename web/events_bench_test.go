package web_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

// BenchmarkPostEvents is what a batch costs from its body to its answer, by event.
func BenchmarkPostEvents(b *testing.B) {
	for _, size := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			mon, err := monitor.New(nil)
			if err != nil {
				b.Fatal(err)
			}
			defer mon.Shutdown(b.Context())
			h := web.Handler(mon, web.WithIntake(ingest.NewIntake(mon, nil, nil), time.UTC))
			var body []byte
			for range size {
				body = fmt.Appendf(body, `{"event":"generation","timestamp":%q,"duration":1.857,"success":true,"model_name":"gpt-4o-mini",`+
					`"provider":"openai","prompt_token_count":4808,"completion_token_count":10,"finish_reason":"stop","conversation_length":3}`+"\n",
					time.Now().UTC().Format(time.RFC3339Nano))
			}
			b.ResetTimer()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPost, eventsPath, bytes.NewReader(body))
				r.Header.Set("Content-Type", "application/x-ndjson")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*size), "ns/event")
		})
	}
}
