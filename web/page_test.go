package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/html"

	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/internal/quantity"
	"github.com/genmeter/genmeter/monitor"
	"github.com/genmeter/genmeter/web"
)

const recordedRun = "../ingest/testdata/afterimage-run"

// document is a page as a browser reads it.
type document struct {
	*html.Node
	t testing.TB
}

// page asks h for the page.
func page(t testing.TB, h http.Handler, path string) document {
	t.Helper()
	body := ask(t, h, path)
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return document{root, t}
}

// text returns the words of the element with that id, nothing when there is none.
func (d document) text(id string) string {
	for n := range d.Descendants() {
		if attribute(n, "id") == id {
			return words(n)
		}
	}
	return ""
}

// row returns the cells of the row in the element with that id whose heading is name.
func (d document) row(id, name string) []string {
	d.t.Helper()
	for n := range d.Descendants() {
		if n.Data != "tr" || !within(n, id) {
			continue
		}
		var cells []string
		for c := range n.ChildNodes() {
			if c.Type == html.ElementNode {
				cells = append(cells, words(c))
			}
		}
		if len(cells) > 0 && cells[0] == name {
			return cells
		}
	}
	d.t.Errorf("%s has no row %q", id, name)
	return make([]string, 20)
}

func within(n *html.Node, id string) bool {
	for ; n != nil; n = n.Parent {
		if attribute(n, "id") == id {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words returns the text of a node, its white space made single.
func words(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.Data == "dd" || c.Data == "li" || c.Data == "p" || c.Data == "span" || c.Data == "tr" || c.Data == "td":
			b.WriteString(" ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// play records the recorded run and returns the monitor, whose clock stands at the run's end.
func play(t testing.TB, opts ...monitor.Option) *monitor.Monitor {
	t.Helper()
	end := time.Date(2026, 11, 24, 20, 27, 10, 0, time.UTC)
	mon, err := monitor.New(nil, append(opts, monitor.WithClock(func() time.Time { return end }))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mon.Shutdown(t.Context()) })
	src, err := ingest.Open(recordedRun, ingest.WithLocation(time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range src {
		if err != nil {
			t.Fatal(err)
		}
		mon.Track(t.Context(), e)
	}
	return mon
}

// truth is what was tracked in the recorded run, by who made it.
type truth struct {
	Generations, Success, Failure, Evaluations uint64
	Duration                                   float64           `json:"duration_sum"`
	ErrorTypes                                 map[string]uint64 `json:"error_types"`
	Finish                                     map[string]uint64
	Prompt, Completion, Total                  map[string]int64
	Scores                                     map[string][2]float64
}

func readTruth(t *testing.T) truth {
	t.Helper()
	var want truth
	text, err := os.ReadFile(recordedRun + "/truth.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	return want
}

// TestPageTellsTheTruth: every number of the recorded run is on its page.
func TestPageTellsTheTruth(t *testing.T) {
	want := readTruth(t)
	d := page(t, web.Handler(play(t), web.WithRun("monday")), "/")
	has := func(where, got string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(got, part) {
				t.Errorf("%s is %q, want %q in it", where, got, part)
			}
		}
	}
	share := func(n uint64) string { return quantity.Share(float64(n) / float64(want.Generations)) }
	has("calls", d.text("fact-calls"), "Calls 1,500")
	has("success", d.text("fact-success"), "1,385 calls", share(want.Success))
	has("failed", d.text("fact-failed"), quantity.Grouped(want.Failure), share(want.Failure)+" of calls")
	has("tokens", d.text("fact-tokens"), "2,990,820")
	has("cost", d.text("fact-cost"), "not known", "2,990,820 tokens have no price")
	has("now", d.text("now"), "As of 2026-11-24 20:27:10 UTC, 29m 59s after the start at 19:57:10")
	has("last success", d.text("fact-last-success"), "0 s ago at 20:27:10")
	for class, n := range want.ErrorTypes {
		has(class, d.row("failures-table", class)[1], quantity.Grouped(n))
	}
	for reason, n := range want.Finish {
		row := d.row("finish-table", reason)
		has(reason, row[1], quantity.Grouped(n))
		has(reason, row[2], share(n))
	}
	for model, n := range want.Total {
		row := d.row("models-table", model)
		if got := []string{row[3], row[6], row[7]}; !slices.Equal(got, []string{quantity.Grouped(n), quantity.Grouped(want.Prompt[model]), quantity.Grouped(want.Completion[model])}) {
			t.Errorf("%s has tokens %q", model, got)
		}
	}
	has("all models", d.row("models-table", "All 4 models")[3], "2,990,820")
	has("latency", strings.Join(d.row("latency-table", "Whole call"), "|"), "Whole call|last 5 min|")
	has("latency", d.text("latency-table"), "Whole call whole run 891 ms 2.64 s 5.13 s "+quantity.Took(want.Duration/float64(want.Generations))+" 15.4 s 1,500")
	for score, s := range want.Scores {
		row := d.row("scores-table", score)
		has(score, row[1]+" "+row[2], quantity.Grouped(int(s[0]))+" "+quantity.Digits(s[1]/s[0]))
	}
	has("heading", d.text("verdict"), "No alert rules")
	if pictures := strings.Count(string(ask(t, web.Handler(play(t)), "/")), "<img "); pictures != 10 {
		t.Errorf("%d pictures, want 10", pictures)
	}
}

// TestPageStructure: what a screen reader goes by.
func TestPageStructure(t *testing.T) {
	d := page(t, web.Handler(play(t)), "/")
	count := make(map[string]int)
	ids := make(map[string]bool)
	for n := range d.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		if id := attribute(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("two elements have the id %s", id)
			}
			ids[id] = true
		}
	}
	for n := range d.Descendants() {
		switch n.Data {
		case "th":
			if s := attribute(n, "scope"); s != "col" && s != "row" {
				t.Errorf("heading %q has no scope", words(n))
			}
		case "table":
			if first := firstElement(n); first == nil || first.Data != "caption" || words(first) == "" {
				t.Error("a table has no caption")
			}
		case "img":
			if attribute(n, "alt") == "" || attribute(n, "width") == "" || attribute(n, "height") == "" {
				t.Errorf("picture %s lacks words or size", attribute(n, "src"))
			}
		case "section", "div", "progress":
			if by := attribute(n, "aria-labelledby"); by != "" && !ids[by] {
				t.Errorf("%s is labelled by %s, which there is not", n.Data, by)
			}
		}
	}
	for name, want := range map[string]int{"h1": 1, "main": 1, "header": 1, "footer": 1, "nav": 1, "h3": 0, "style": 0, "table": 5} {
		if count[name] != want {
			t.Errorf("%d <%s>, want %d", count[name], name, want)
		}
	}
	if count["h2"] != count["section"] {
		t.Errorf("%d headings for %d parts", count["h2"], count["section"])
	}
}

func firstElement(n *html.Node) *html.Node {
	for c := range n.ChildNodes() {
		if c.Type == html.ElementNode {
			return c
		}
	}
	return nil
}

// TestManyModels: two hundred are in the page, the largest first, most of them folded away.
func TestManyModels(t *testing.T) {
	mon := newMonitor(t)
	for i := range 200 {
		mon.TrackGeneration(t.Context(), monitor.Generation{Success: i%2 == 0, ErrorType: "timeout", Model: fmt.Sprintf("model-%03d", i), PromptTokens: int64(i + 1), CostUSD: 0.5})
	}
	d := page(t, web.Handler(mon), "/")
	var shown, folded []string
	for n := range d.Descendants() {
		if n.Data == "th" && attribute(n, "scope") == "row" && within(n, "models") {
			if within(n, "more-models") {
				folded = append(folded, words(n))
			} else {
				shown = append(shown, words(n))
			}
		}
	}
	if len(shown) != 21 || shown[0] != "model-199" || shown[19] != "model-180" || shown[20] != "All 200 models" {
		t.Errorf("shown are %q", shown)
	}
	if len(folded) != 180 || folded[0] != "model-179" || folded[179] != "model-000" {
		t.Errorf("%d are folded away, from %q", len(folded), folded[:1])
	}
	if got := d.row("models-table", "All 200 models"); !slices.Equal(got[1:5], []string{"200", "50.0 %", "20,100", "$100.00"}) {
		t.Errorf("in all %q", got)
	}
	if got := d.row("more-models", "model-001"); !slices.Equal(got[1:5], []string{"1", "100 %", "2", "$0.5000"}) {
		t.Errorf("model-001 has %q", got)
	}
}

// TestPageIsMadeOnce: within a second everybody gets the same page, and then a new one.
func TestPageIsMadeOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mon, err := monitor.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		defer mon.Shutdown(t.Context())
		h := web.Handler(mon)
		call := func() { mon.TrackGeneration(t.Context(), monitor.Generation{Success: true}) }
		call()
		calls := func() string { return strings.Fields(page(t, h, "/").text("fact-calls"))[1] }
		if got := calls(); got != "1" {
			t.Errorf("%s calls, want 1", got)
		}
		call()
		time.Sleep(999 * time.Millisecond) // of the bubble's clock
		if got := calls(); got != "1" {
			t.Errorf("%s calls before a second is over, want 1", got)
		}
		time.Sleep(time.Millisecond)
		if got := calls(); got != "2" {
			t.Errorf("%s calls after a second, want 2", got)
		}
	})
}

// TestPageRefused: a name that is not ours gets neither the page nor its parts.
func TestPageRefused(t *testing.T) {
	h := web.Handler(ringOf(t, 3))
	for _, path := range []string{"/", "/live/page.js", "/live/failures.svg"} {
		resp, body := download(t, h, path)
		if host := "evil.example"; resp.StatusCode != http.StatusOK && path != "/live/failures.svg" {
			t.Errorf("%s on loopback: %d %s %s", path, resp.StatusCode, host, body)
		}
		if got := statusFor(h, path, "evil.example"); got != http.StatusForbidden {
			t.Errorf("%s for another host: status %d", path, got)
		}
	}
	for path, want := range map[string]string{
		"/live/nothing.svg": "no picture", "/live/page.html.tmpl": "no file", "/live/..%2fpage.go": "no file", "/live/": "no page",
	} {
		resp, body := download(t, h, path)
		if resp.StatusCode != http.StatusNotFound || !strings.Contains(string(body), want) {
			t.Errorf("%s: %d %s, want 404 and %q", path, resp.StatusCode, body, want)
		}
	}
}
