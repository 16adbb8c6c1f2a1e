package ingest

import (
	"bytes"

	"github.com/genmeter/genmeter/internal/eventline"
)

// magics are the beginnings of files that people hand in by mistake.
var magics = []struct{ magic, name string }{
	{"\x1f\x8b", "a gzip file (decompress it first)"},
	{"\x28\xb5\x2f\xfd", "a zstd file (decompress it first)"},
	{"\xfd7zXZ\x00", "an xz file (decompress it first)"},
	{"BZh", "a bzip2 file (decompress it first)"},
	{"PK\x03\x04", "a zip file or an Excel workbook"},
	{"PAR1", "a Parquet file"},
	{"SQLite format 3\x00", "an SQLite database"},
	{"%PDF-", "a PDF file"},
	{"\x89PNG", "a PNG image"},
	{"\x7fELF", "a program"},
	{"\xff\xfe", "UTF-16 text (save it as UTF-8)"},
	{"\xfe\xff", "UTF-16 text (save it as UTF-8)"},
}

// foreign says what a file looks like whose beginning no text file has; it is empty for text.
func foreign(head []byte) string {
	head = head[:min(len(head), 512)]
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.name
		}
	}
	nul := bytes.IndexByte(head, 0)
	switch {
	case nul < 0:
		return ""
	case nul < 2 && len(head) > 4 && head[nul] == 0 && head[nul+1] != 0 && head[nul+2] == 0:
		return "UTF-16 text (save it as UTF-8)"
	case bytes.IndexByte(head[:nul], '\n') >= 0, head[0] == '{':
		return "" // text with zeros further on, as a power cut leaves it: that line alone is lost
	}
	return "binary data"
}

// looks says what a first line that belongs to no format looks like.
func looks(first []byte) string {
	quoted := "a first line of " + eventline.Quote(first)
	switch text := bytes.TrimSpace(first); {
	case len(text) == 0:
		return quoted
	case text[0] == '<':
		return "something like HTML or XML, with " + quoted
	case text[0] == '[':
		return "something like a JSON array, with " + quoted
	case string(text) == "{":
		return "something like JSON over several lines, with " + quoted
	case text[0] == '{':
		return "JSON of another kind, with " + quoted
	case bytes.Count(text, []byte{'\t'}) > 0:
		return "something like tab-separated values, with " + quoted
	case bytes.Count(text, []byte{','}) > 0 || bytes.Count(text, []byte{';'}) > 1:
		return "something like CSV, with " + quoted
	}
	return quoted
}
