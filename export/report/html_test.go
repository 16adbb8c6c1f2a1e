package report

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// voidElements have no end tag.
var voidElements = map[string]bool{"meta": true, "img": true, "br": true, "link": true}

// checkPage checks that a page is well formed, runs nothing and fetches nothing.
func checkPage(t *testing.T, page string) {
	t.Helper()
	var open []string
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			break
		}
		token := tokens.Token()
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			checkElement(t, &token)
			if kind == html.StartTagToken && !voidElements[token.Data] {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("</%s> ends %v", token.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%v do not end", open)
	}
	for _, word := range []string{"url(", "@import", "<script"} {
		if strings.Contains(page, word) {
			t.Errorf("%q is in the page", word)
		}
	}
}

func checkElement(t *testing.T, token *html.Token) {
	t.Helper()
	switch token.Data {
	case "script", "iframe", "object", "embed", "link", "base", "form", "foreignobject":
		t.Errorf("<%s> is in the page", token.Data)
	}
	for _, a := range token.Attr {
		switch {
		case strings.HasPrefix(a.Key, "on"):
			t.Errorf("<%s %s=%q>", token.Data, a.Key, a.Val)
		case a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/svg+xml;base64,"):
			t.Errorf("<%s> fetches %q", token.Data, a.Val)
		case a.Key == "href" && !strings.HasPrefix(a.Val, "#part-"):
			t.Errorf("<%s> leads to %q", token.Data, a.Val)
		}
	}
}

// find calls f with each element of a page.
func find(t *testing.T, page string, f func(*html.Node)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			f(n)
		}
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// TestPageStructure: a screen reader finds its way: one first heading, named parts, headed tables.
func TestPageStructure(t *testing.T) {
	before, after := demos(t)
	for _, page := range []string{written(t, HTML, before), written(t, HTML, before, after)} {
		checkPage(t, page)
		count := map[string]int{}
		ids := map[string]bool{}
		find(t, page, func(n *html.Node) {
			count[n.Data]++
			if id := attribute(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("two elements have the id %s", id)
				}
				ids[id] = true
			}
			switch n.Data {
			case "th":
				if s := attribute(n, "scope"); s != "col" && s != "row" {
					t.Errorf("a heading of scope %q", s)
				}
			case "a":
				if count["h2"] == 0 && !strings.HasPrefix(attribute(n, "href"), "#") {
					t.Errorf("a link to %q", attribute(n, "href"))
				}
			case "section":
				if attribute(n, "aria-labelledby") == "" {
					t.Error("a part without a name")
				}
			}
		})
		if count["h1"] != 1 || count["h2"] != count["section"] || count["section"] < 2 || count["table"] == 0 ||
			count["main"] != 1 || count["title"] < 1 {
			t.Errorf("elements: %v", count)
		}
	}
}
