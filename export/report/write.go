package report

import (
	"errors"
	"fmt"
	"io"
)

// Write writes reports in a format. One report is written as such. Several are compared side by side: each with the first,
// the difference in words where it is clear which is better. The error is that of w, or tells that there is no report or no
// such format.
func Write(w io.Writer, format Format, reports ...*Report) error {
	if len(reports) == 0 {
		return errors.New("report: no report to write")
	}
	for i, r := range reports {
		if r == nil {
			return fmt.Errorf("report: report %d of %d is nil", i+1, len(reports))
		}
	}
	switch format {
	case Text:
		return writeText(w, view(reports, textRuns))
	case Markdown:
		return writeMarkdown(w, view(reports, 0))
	case JSON:
		return writeJSON(w, reports)
	case HTML:
		return writeHTML(w, view(reports, 0))
	}
	_, err := ParseFormat(format.String())
	return err
}

// view returns what a person is shown. Of a comparison one table has so many runs at most; 0 is any number.
func view(reports []*Report, runs int) *document {
	if len(reports) == 1 {
		return reports[0].view()
	}
	return compareView(reports, runs)
}
