package export

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// openpyxl prints what the reader of Python finds in a workbook: metrics by the index, each sample with its type, and whatever
// it takes for a formula.
const openpyxl = `
import json, sys, datetime
import openpyxl
book = openpyxl.load_workbook(sys.argv[1])
index = list(book["index"].iter_rows(values_only=True))
out = {"samples": [], "formulas": []}
for sheet, metric, count, first, last, mean in index[1:]:
    rows = list(book[sheet].iter_rows())
    assert len(rows) - 1 == count, (sheet, len(rows), count)
    assert rows[0][0].font.bold and book[sheet].freeze_panes == "A2" and book[sheet].auto_filter.ref, sheet
    names = [c.value for c in rows[0]]
    for row in rows[1:]:
        assert isinstance(row[0].value, datetime.datetime) and isinstance(row[1].value, (int, float)), row
        assert first - datetime.timedelta(milliseconds=1) <= row[0].value <= last + datetime.timedelta(milliseconds=1), (first, row[0].value, last)
        out["formulas"] += [c.coordinate for c in row if c.data_type == "f"]
        attrs = {n: str(c.value) for n, c in zip(names[2:], row[2:]) if c.value is not None}
        at = (row[0].value.replace(tzinfo=datetime.timezone.utc) - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) / datetime.timedelta(milliseconds=1)
        out["samples"].append({"metric": metric, "value": row[1].value, "at": at, "attrs": attrs})
json.dump(out, sys.stdout)
`

// openpyxlPython returns a Python that has openpyxl; the test is skipped where there is none, but in make test.
func openpyxlPython(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if exec.Command(python, "-c", "import openpyxl").Run() == nil {
			return python
		}
	}
	const install = "no Python with openpyxl: apt-get install --no-install-recommends python3-openpyxl"
	if os.Getenv("CI") == "true" || os.Getenv("GENMETER_E2E") == "1" {
		t.Fatal(install)
	}
	t.Skip(install)
	return ""
}

type foundSamples struct {
	Samples []struct {
		Metric string
		Value  float64
		At     float64 // ms since 1970
		Attrs  map[string]string
	}
	Formulas []string
}

func readWithOpenpyxl(t *testing.T, python string, src monitor.Source) (found foundSamples, samples []readSample) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.xlsx")
	if err := Write(t.Context(), path, Excel, src); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "-c", openpyxl, path)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err, said.String())
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatal(err)
	}
	for _, s := range found.Samples {
		samples = append(samples, readSample{s.Metric, s.Value, s.Attrs})
	}
	return found, samples
}

func TestOpenpyxlReadsRecordedRuns(t *testing.T) {
	python := openpyxlPython(t)
	for _, name := range runNames {
		t.Run(name, func(t *testing.T) {
			_, samples := readWithOpenpyxl(t, python, recorded(t, name))
			same(t, total(samples), tracked(t, name))
		})
	}
}

func TestOpenpyxlReadsHardTexts(t *testing.T) {
	python := openpyxlPython(t)
	texts := []string{"=1+1", "+1", "-1+1", "@SUM(1)", `=HYPERLINK("http://x","y")`, "=cmd|'/c calc'!A1", "Zürich 日本 😀", `"quoted"`, "two\nlines", " spaces ", "<&>"}
	var list []monitor.Event
	for i, text := range texts {
		list = append(list, metricAt("evaluation_score:[a]/"+strings.Repeat("x", 30), -float64(i), monitor.String("text", text)))
	}
	found, _ := readWithOpenpyxl(t, python, sourceOf(list...))
	if len(found.Formulas) > 0 || len(found.Samples) != len(texts) {
		t.Fatalf("formulas in %v, %d samples", found.Formulas, len(found.Samples))
	}
	for i, s := range found.Samples {
		if got := s.Attrs["text"]; got != texts[i] {
			t.Errorf("%q is read as %q", texts[i], got)
		}
		if d := time.Duration((s.At - float64(at.UnixMicro())/1000) * 1e6).Abs(); d > time.Millisecond || s.Value != -float64(i) {
			t.Errorf("sample %v, %v off", s, d)
		}
	}
}
