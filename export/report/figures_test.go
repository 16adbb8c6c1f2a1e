package report

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestFigures: the page holds the pictures of package plot, each told in words too.
func TestFigures(t *testing.T) {
	r := made(t, demo(1), Options{Plots: true, Prices: testPrices})
	page := written(t, HTML, r)
	checkPage(t, page)
	titles := ""
	find(t, page, func(n *html.Node) {
		if n.Data != "img" {
			return
		}
		titles += attribute(n, "alt") + "\n"
		encoded, _ := strings.CutPrefix(attribute(n, "src"), "data:image/svg+xml;base64,")
		svg, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			t.Fatal(err)
		}
		checkXML(t, string(svg))
	})
	for _, want := range []string{"Progress", "succeeded", "Failed calls by class", "first token", "Tokens by model", "Cost", "scores"} {
		if !strings.Contains(titles, want) {
			t.Errorf("no figure tells of %q:\n%s", want, titles)
		}
	}
	for _, f := range []Format{Text, Markdown, JSON} {
		plain := made(t, demo(1), Options{Prices: testPrices})
		if written(t, f, r) != written(t, f, plain) {
			t.Errorf("figures change what is written as %s", f)
		}
	}
	if both := written(t, HTML, r, r); !strings.Contains(both, "Figures of run B") {
		t.Error("a comparison has no figures")
	}
}

func checkXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
