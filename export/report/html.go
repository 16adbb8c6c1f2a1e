package report

import (
	"bufio"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html.tmpl
var pageText string

//go:embed page.css
var pageStyle string

// page makes the HTML. The package html/template escapes all that comes from the run.
var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(pageStyle) },
	"join":  func(s []string) string { return strings.ReplaceAll(strings.Join(s, " "), " %", "\u00a0%") },
}).Parse(pageText))

// writeHTML writes one page without scripts, and with nothing from elsewhere.
func writeHTML(w io.Writer, d *document) error {
	out := bufio.NewWriter(w)
	if err := page.Execute(out, d.page()); err != nil {
		return err
	}
	return out.Flush()
}

// alt says in words what a figure shows.
func (f *figure) alt() string {
	if f.words == "" {
		return f.title
	}
	return f.title + ": " + f.words
}

// picture returns a figure as an address that holds it: what a picture has inside stays apart from the page.
func picture(f figure) template.URL {
	return template.URL("data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(f.svg))
}
