package plot

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/monitor"
	"gonum.org/v1/plot/vg"
)

// TestTextsFit: a viewer without our font draws each text as wide as there is room for; what our font cannot draw it measures
// by itself.
func TestTextsFit(t *testing.T) {
	f, err := FigureOf(events(
		call(0, monitor.Event{Model: "Ελληνικά", TotalTokens: 10}), call(0, monitor.Event{Model: "模型", TotalTokens: 5}),
	), "tokens_by_model", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Write(&out, f, SVG); err != nil {
		t.Fatal(err)
	}
	texts := regexp.MustCompile(`(?s)<text (textLength="([^"]*)" lengthAdjust="spacingAndGlyphs" )?x=[^>]*font-weight:(\w+)[^>]*font-size:([0-9.]+)px[^>]*>([^<]*)<`).
		FindAllStringSubmatch(out.String(), -1)
	if len(texts) != strings.Count(out.String(), "<text ") || len(texts) < 8 {
		t.Fatalf("%d texts told apart in %s", len(texts), out.String())
	}
	for _, m := range texts {
		size, _ := strconv.ParseFloat(m[4], 64)
		style := newChart(Options{}, "").text(1, ink, m[3] == "bold")
		style.Font.Size = vg.Length(size)
		want := strconv.FormatFloat(style.Width(m[5]).Points(), 'f', 1, 64)
		if m[5] == "模型" {
			want = ""
		}
		if m[2] != want {
			t.Errorf("%s is %q wide; want %q", m[5], m[2], want)
		}
	}
}
