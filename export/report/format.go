package report

import (
	"fmt"
	"slices"
	"strings"
)

// Format is a way to write reports down. Its zero value is none.
type Format uint8

// The formats.
const (
	Text     Format = iota + 1 // plain text of 80 columns
	Markdown                   // with the tables of GitHub
	JSON                       // for programs; see [Report]
	HTML                       // one page that needs nothing else, with the figures
)

var formatNames = [...]string{"", "text", "md", "json", "html"}

// formatAliases are other names that people try.
var formatAliases = map[string]Format{"txt": Text, "markdown": Markdown, "htm": HTML}

// String returns the name that [ParseFormat] takes.
func (f Format) String() string {
	if f == 0 || int(f) >= len(formatNames) {
		return fmt.Sprintf("format %d", uint8(f))
	}
	return formatNames[f]
}

// Formats returns all formats.
func Formats() []Format { return []Format{Text, Markdown, JSON, HTML} }

// ParseFormat returns the format of that name; "markdown", "txt" and "htm" are taken too. The error lists what there is.
func ParseFormat(name string) (Format, error) {
	if i := slices.Index(formatNames[1:], name); i >= 0 {
		return Format(i + 1), nil
	}
	if f, ok := formatAliases[name]; ok {
		return f, nil
	}
	return 0, fmt.Errorf("unknown format %q: want %s", name, strings.Join(formatNames[1:], ", "))
}

// Extension returns what file names of the format end with, such as ".html".
func (f Format) Extension() string {
	return map[Format]string{Text: ".txt", Markdown: ".md", JSON: ".json", HTML: ".html"}[f]
}

// MediaType returns the format's media type, for HTTP.
func (f Format) MediaType() string {
	switch f {
	case Text:
		return "text/plain; charset=utf-8"
	case Markdown:
		return "text/markdown; charset=utf-8"
	case JSON:
		return "application/json"
	case HTML:
		return "text/html; charset=utf-8"
	}
	return "application/octet-stream"
}
