package export

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

// TestSpreadsheetFiles writes the files that scripts/spreadsheet-e2e opens with a real spreadsheet, into the directory that it
// names.
func TestSpreadsheetFiles(t *testing.T) {
	dir := os.Getenv("GENMETER_SPREADSHEET_DIR")
	if dir == "" {
		dir = t.TempDir()
	}
	src := sourceOf(
		metricAt("m", -1.5, text("=1+1")), metricAt("m", 1e-7, text("+1")), metricAt("m", 12345678901, text("-1+1")),
		metricAt("m", 0, text("@SUM(1)")), metricAt("m", 1, text(`=HYPERLINK("http://127.0.0.1/","y")`)),
		metricAt("m", 2, text("=cmd|'/c calc'!A1")), metricAt("m", 3, text("\t=1+1")), metricAt("m", 4, text("Zürich, \"日本\"")),
	)
	for name, format := range map[string]Format{"csv.csv": CSV, "excel.xlsx": Excel} {
		if err := Write(t.Context(), filepath.Join(dir, name), format, src); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"csv_m.csv", "csv_index.csv", "excel.xlsx"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func text(s string) monitor.Attr { return monitor.String("text", s) }
