package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/internal/eventline"
	"github.com/genmeter/genmeter/monitor"
)

// TestDocsHTTP generates the examples of docs/http.md, whose names are what is asked: those that ask of a replay of the bundled
// run, those that post of a sidecar.
func TestDocsHTTP(t *testing.T) {
	run := filepath.Join(testdata, "afterimage-run")
	replay := startGenmeter(t, "replay", "--serve", "--timezone=UTC", "--web.listen-address=127.0.0.1:0", run)
	serve := startGenmeter(t, "serve", "--web.listen-address=127.0.0.1:0")
	replay.waitLog(t, `msg="replay finished"`)
	text := docsText(t, "http.md")
	parts := map[string]string{"keys of event lines": eventKeyTable(t)}
	for _, found := range docsPart.FindAllStringSubmatchIndex(text, -1) {
		name := text[found[4]:found[5]]
		method, path, ok := strings.Cut(name, " ")
		switch {
		case !ok || method != http.MethodGet && method != http.MethodPost:
		case method == http.MethodGet:
			parts[name] = replay.example(t, path, nil, "")
		default:
			kind, body := lastBlock(t, text[:found[0]])
			parts[name] = serve.example(t, path, body, kind)
		}
	}
	if len(parts) < 10 {
		t.Errorf("only %d examples were found", len(parts))
	}
	generateDocs(t, "http.md", parts)
	checkFields(t, parts)
}

var codeBlock = regexp.MustCompile("(?s)```json\n(.*?)```\n")

// lastBlock is the last block of JSON in a text: what the example behind it posts.
func lastBlock(t *testing.T, text string) (contentType string, body []byte) {
	t.Helper()
	blocks := codeBlock.FindAllStringSubmatch(text, -1)
	if len(blocks) == 0 {
		t.Fatal("there is nothing to post")
	}
	body = []byte(blocks[len(blocks)-1][1])
	if json.Valid(body) {
		return "application/json", body
	}
	return "application/x-ndjson", body
}

// example asks for a path, or posts a body to it, and writes down how and the answer.
func (g *genmeter) example(t *testing.T, path string, body []byte, contentType string) string {
	t.Helper()
	command, method := fmt.Sprintf("curl -s 'http://%s%s'", defaultAddress, path), http.MethodGet
	if body != nil {
		method = http.MethodPost
		file := map[string]string{"application/json": "body.json", "application/x-ndjson": "events.ndjson"}[contentType]
		command = fmt.Sprintf("curl -s -H 'Content-Type: %s' --data-binary @%s http://%s%s", contentType, file, defaultAddress, path)
	}
	req, err := http.NewRequest(method, "http://"+g.address+path, bytes.NewReader(body))
	must(t, err)
	if body != nil {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	answer, err := io.ReadAll(resp.Body)
	must(t, err, resp.Body.Close())
	b := "```sh\n" + command + "\n```\n\n"
	if resp.StatusCode != http.StatusOK {
		b += fmt.Sprintf("%s:\n\n", resp.Status)
	}
	if json.Valid(answer) {
		return b + "```json\n" + readable(t, answer) + "\n```\n"
	}
	return b + "```text\n" + firstLines(string(answer), 4) + "```\n"
}

// firstLines are so many lines of a text, and dots where it goes on.
func firstLines(text string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) > n+1 {
		return strings.Join(lines[:n], "") + "…\n"
	}
	return text
}

var (
	innermost = regexp.MustCompile(`(?s) *(?:"[^"\n]*": )?[{\[]\n(?:[^{}\[\]]|\[[^{}\[\]\n]*\])*\n *[}\]]`)
	longFloat = regexp.MustCompile(`-?\d+\.\d{10,}`)
)

// readable is JSON as people write it: what has nothing nested stands on as few lines as it needs. Numbers are rounded to ten
// digits, which every processor agrees on.
func readable(t *testing.T, text []byte) string {
	t.Helper()
	var b bytes.Buffer
	must(t, json.Indent(&b, bytes.TrimSpace(text), "", "  "))
	written := b.String()
	for range 2 { // lists of words, and what has them
		written = innermost.ReplaceAllStringFunc(written, filled)
	}
	return longFloat.ReplaceAllStringFunc(written, func(number string) string {
		v, err := strconv.ParseFloat(number, 64)
		must(t, err)
		return strconv.FormatFloat(v, 'g', 10, 64)
	})
}

// filled puts the lines of an indented object on as few as have room for them.
func filled(object string) string {
	const room = 110
	lines := strings.Split(object, "\n")
	margin := lines[0][:len(lines[0])-len(strings.TrimLeft(lines[0], " "))]
	out, line := "", lines[0]
	for i, next := range lines[1:] {
		next = strings.TrimSpace(next)
		if i > 0 && i < len(lines)-2 {
			next = " " + next
		}
		if len(line)+len(next) > room {
			out += line + "\n"
			line, next = margin+"  ", strings.TrimSpace(next)
		}
		line += next
	}
	return out + line
}

// checkFields looks for the fields of each answer in its section of the page.
func checkFields(t *testing.T, parts map[string]string) {
	t.Helper()
	sections := docsSections(t)
	field := regexp.MustCompile(`"(\w+)": `)
	for name, part := range parts {
		_, path, _ := strings.Cut(name, " ")
		path, _, _ = strings.Cut(path, "?")
		section := docsPart.ReplaceAllString(sections[path], "")
		if _, answer, isJSON := strings.Cut(part, "```json\n"); isJSON {
			answer = regexp.MustCompile(`(?s)"(?:labels|data)": \{.*?\}`).ReplaceAllString(answer, "")
			for _, f := range field.FindAllStringSubmatch(answer, -1) {
				if !strings.Contains(section, code(f[1])) && f[1] != "error" {
					t.Errorf("docs/http.md does not explain the field %s of %s", f[1], path)
				}
			}
		}
	}
}

var sectionHead = regexp.MustCompile(`(?m)^## (GET|POST) (/\S*)$`)

// docsSections are the sections of docs/http.md by path.
func docsSections(t *testing.T) map[string]string {
	text := docsText(t, "http.md")
	sections := make(map[string]string)
	heads := sectionHead.FindAllStringSubmatchIndex(text, -1)
	for _, h := range heads {
		rest := text[h[1]:]
		if i := strings.Index(rest, "\n## "); i >= 0 {
			rest = rest[:i]
		}
		sections[text[h[4]:h[5]]] = rest
	}
	return sections
}

// TestDocsRoutes: docs/http.md has a section for each route of the handler, with its parameters, and the handler a route for each
// section, for its method only.
func TestDocsRoutes(t *testing.T) {
	sections := docsSections(t)
	source, err := os.ReadFile("../../web/handler.go")
	must(t, err)
	routes := []string{"/metrics"} // its path is a flag
	for _, found := range regexp.MustCompile(`\.Handle(?:Func)?\("([^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		if found[1] != "/" { // what is not there
			routes = append(routes, strings.TrimSuffix(found[1], "{$}"))
		}
	}
	for _, route := range routes {
		if sections[route] == "" {
			t.Errorf("docs/http.md has no section for %s", route)
		}
	}
	if len(routes) != len(sections) {
		t.Errorf("%d routes, %d sections", len(routes), len(sections))
	}
	g := startGenmeter(t, "serve", "--web.listen-address=127.0.0.1:0")
	g.postEverything(t)
	for _, head := range sectionHead.FindAllStringSubmatch(docsText(t, "http.md"), -1) {
		path := strings.Replace(head[2], "{file}", "page.css", 1)
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			req, err := http.NewRequest(method, "http://"+g.address+path, nil)
			must(t, err)
			resp, err := http.DefaultClient.Do(req)
			must(t, err)
			must(t, resp.Body.Close())
			if allowed := resp.StatusCode != http.StatusMethodNotAllowed; allowed != (method == head[1]) || resp.StatusCode == http.StatusNotFound {
				t.Errorf("%s %s: %s", method, path, resp.Status)
			}
		}
		if head[1] == http.MethodGet {
			g.checkParameters(t, path, sections[head[2]])
		}
	}
}

// checkParameters compares a section's table of parameters with what the handler says there are.
func (g *genmeter) checkParameters(t *testing.T, path, section string) {
	t.Helper()
	var written []string
	if _, rows, found := strings.Cut(section, "\n| parameter |"); found {
		rows, _, _ = strings.Cut(rows, "\n\n")
		for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(rows, -1) {
			written = append(written, row[1])
		}
	}
	status, body, err := fetch("http://"+g.address+path+"?nonesuch=1", "")
	must(t, err)
	var known []string
	if _, list, found := strings.Cut(body, "allowed are "); found {
		known = strings.Split(strings.TrimSuffix(strings.TrimSpace(list), `"}`), ", ")
	}
	slices.Sort(known)
	slices.Sort(written)
	if !slices.Equal(known, written) {
		t.Errorf("docs/http.md has the parameters %q of %s, there are %q (%d)", written, path, known, status)
	}
}

// TestDocsMetricNames: docs/http.md lists what can be asked for as a metric.
func TestDocsMetricNames(t *testing.T) {
	g := startGenmeter(t, "serve", "--web.listen-address=127.0.0.1:0")
	g.postEverything(t)
	_, body, err := fetch("http://"+g.address+"/api/v1/aggregate", "")
	must(t, err)
	_, list, found := strings.Cut(strings.TrimSuffix(strings.TrimSpace(body), `"}`), "known by now are ")
	if !found {
		t.Fatal(body)
	}
	text := docsText(t, "http.md")
	names := strings.Split(list, ", ")
	for _, name := range names {
		if kind, _, ofMany := strings.Cut(name, ":"); ofMany {
			name = kind + ":NAME"
		}
		name = strings.Replace(name, "score_coherence", "score_NAME", 1)
		if name != "queue_depth" && !strings.Contains(text, code(name)) {
			t.Errorf("docs/http.md does not list the metric %s", name)
		}
	}
	if len(names) < 15 {
		t.Errorf("there are %q only", names)
	}
}

// keyMeanings say what the keys of event lines are for.
var keyMeanings = map[string]string{
	"event":                   "what it is; required",
	"id":                      "makes it count once, however often it is sent; of a record its own name; a begin needs it",
	"timestamp":               "when it happened, RFC 3339, or seconds since 1970; the time of arrival without it",
	"duration":                "seconds",
	"success":                 "true or false; without it what has no `error` succeeded",
	"model_name":              "such as `gpt-4o-mini`; `unknown` without it",
	"provider":                "such as `openai`",
	"operation":               "`chat` (the default), `text_completion`, `embeddings` …",
	"step":                    "step of the pipeline; a label, so keep to few",
	"prompt_token_count":      "cached ones included",
	"completion_token_count":  "reasoning included",
	"total_token_count":       "prompt and completion without it",
	"cached_token_count":      "part of the prompt's",
	"cache_write_token_count": "part of the prompt's",
	"reasoning_token_count":   "part of the completion's",
	"finish_reason":           "as the provider says it",
	"conversation_length":     "turns",
	"error":                   "text; kept in memory and files, never a label",
	"error_type":              "one of the [classes](metrics.md#labels); derived from `error` without it",
	"cost_usd":                "known cost; priced by `--prices` without it",
	"cache_hit":               "true for an answer from a local cache: no tokens, cost or latency",
	"batch":                   "true for a provider's batch: no latency, prices of batches",
	"time_to_first_token":     "seconds",
	"attempt":                 "1 is the first try",
	"record_id":               "the record that it worked for",
	"evaluator_type":          "kind of evaluation; a label, so keep to few",
	"scores":                  "an object of numbers, or of objects with `score` and `feedback`",
	"outcome":                 "`accepted` (the default), `rejected` or `failed`",
	"reason":                  "why; a label, so keep to few",
	"records":                 "how many records are wanted; required",
	"metric":                  "its name; required",
	"value":                   "a number; required",
	"metadata":                "an object, whose keys count as if they stood beside it",
	"attributes":              "an object, whose keys are kept as attributes whatever their names",
}

// eventKeyTable has the keys of event lines, and on which of them they mean something.
func eventKeyTable(t *testing.T) string {
	var order []string
	kinds := make(map[string][]string)
	for kind := monitor.KindGeneration; kind <= monitor.KindUsage; kind++ {
		for _, key := range eventline.Keys(kind) {
			if kinds[key] == nil {
				order = append(order, key)
			}
			kinds[key] = append(kinds[key], kind.String())
		}
	}
	rows := [][]string{{"key", "of", "meaning"}}
	for _, key := range order {
		meaning, known := keyMeanings[key]
		if !known {
			t.Errorf("nothing says what the key %s is for", key)
		}
		of := strings.Join(kinds[key], ", ")
		if len(kinds[key]) == int(monitor.KindUsage) {
			of = "all"
		}
		rows = append(rows, []string{code(key), of, meaning})
	}
	return table(rows)
}
