package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// All contestants expose the same samples, in every format that they are measured in, before and after changes.
func TestContestantsExposeTheSame(t *testing.T) {
	const n = 20
	for _, f := range formats {
		var first map[string]float64
		for _, e := range entries {
			if !f.serves(e) {
				continue
			}
			t.Run(f.name+"/"+e.key, func(t *testing.T) {
				s, err := newScraper(e, trial{f, n})
				if err != nil {
					t.Fatal(err)
				}
				for range 3 {
					if err := check(s.contents, f); err != nil {
						t.Fatal(err)
					}
					s.scrape()
				}
				got := exposed(t, s.contents.into.handler)
				if first == nil {
					first = got
				}
				if len(got) != n*(1+len(bounds)+3) || !maps.EqualFunc(got, first, near) {
					t.Errorf("%d samples differ from the first contestant's %d", len(got), len(first))
				}
			})
		}
	}
}

// near allows for sums that were added up in another order.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*math.Abs(b) }

// exposed returns the samples by name, bound and labels, without those labels that only some contestants have.
func exposed(t *testing.T, h http.Handler) map[string]float64 {
	body, err := fetch(h, text)
	if err != nil {
		t.Fatal(err)
	}
	samples := map[string]float64{}
	if err := parse(bytes.NewReader(body), func(s sample) {
		var pairs []string
		for _, l := range s.labels {
			if !strings.HasPrefix(l.GetName(), "otel_scope_") {
				pairs = append(pairs, l.GetName()+"="+l.GetValue())
			}
		}
		slices.Sort(pairs)
		samples[s.name+"{"+strings.Join(pairs, ",")+"}"+s.bound] = s.value
	}); err != nil {
		t.Fatal(err)
	}
	return samples
}

// A contestant that serves an old answer, leaves series out or answers in another format does not pass.
func TestCheckNoticesWhatIsWrong(t *testing.T) {
	s, err := newScraper(entries[0], trial{text, 20})
	if err != nil {
		t.Fatal(err)
	}
	right := s.contents.into.handler
	body, err := fetch(right, text)
	if err != nil {
		t.Fatal(err)
	}
	answer := func(contentType, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write([]byte(body))
		})
	}
	cached := answer(typeText, string(body))
	s.contents.into.handler = cached
	if err := check(s.contents, text); err != nil {
		t.Fatalf("the right answer: %v", err)
	}
	for name, h := range map[string]http.Handler{
		"a series less":  answer(typeText, dropLine(string(body), counterName+"{")),
		"a bucket less":  answer(typeText, dropLine(string(body), histogramName+"_bucket{")),
		"another format": answer(typeOpenMetrics, string(body)),
		"a failure":      http.NotFoundHandler(),
		"nothing":        answer(typeText, ""),
	} {
		s.contents.into.handler = h
		if check(s.contents, text) == nil {
			t.Errorf("%s passes", name)
		}
	}
	s.contents.into.handler = cached
	s.change()
	if check(s.contents, text) == nil {
		t.Error("an old answer passes")
	}
}

// A contestant's process is ready, has its turns and ends with its input.
func TestSit(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var out bytes.Buffer
	if err := sit(entries[0], trial{text, 20}, strings.NewReader("go\ngo\n"), &out); err != nil {
		t.Fatal(err)
	}
	answers := json.NewDecoder(&out)
	var ready footprint
	var first, second float64
	for _, v := range []any{&ready, &first, &second} {
		if err := answers.Decode(v); err != nil {
			t.Fatal(err)
		}
	}
	if ready.Objects <= 0 || ready.Bytes <= 0 || ready.Body <= 0 || first <= 0 || second <= 0 || answers.More() {
		t.Errorf("answers %+v, %v, %v, more: %v", ready, first, second, answers.More())
	}
}

// dropLine leaves out the first line that starts so.
func dropLine(body, start string) string {
	i := strings.Index(body, "\n"+start) + 1
	return body[:i] + body[i+strings.IndexByte(body[i:], '\n')+1:]
}
