package report

import (
	"encoding/json"
	"io"
)

// Comparison is what the JSON format holds of several reports; of one it holds the [Report] itself.
type Comparison struct {
	Reports []*Report `json:"reports"` // the first is what the others are compared with

	Measures []Measure `json:"comparison"`
}

func writeJSON(w io.Writer, reports []*Report) error {
	var v any = reports[0]
	if len(reports) > 1 {
		v = &Comparison{Reports: reports, Measures: Compare(reports...)}
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
