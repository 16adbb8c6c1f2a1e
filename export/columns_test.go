package export

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

// TestAttributesPastTheColumns: of more keys than a file has columns for, and of one named like the last column, each value is
// in the object of other_attributes.
func TestAttributesPastTheColumns(t *testing.T) {
	const n = maxDynamicColumns + 50
	src := func(yield func(monitor.Event, error) bool) {
		for i := range n {
			ev := metricAt("m", float64(i), monitor.String(fmt.Sprint("k", i), fmt.Sprint("=", i)), monitor.Int(fmt.Sprint("n", i%3), i),
				monitor.String("model_name", "a"), monitor.String(otherAttributes, "mine"))
			if !yield(ev, nil) {
				return
			}
		}
	}
	text := exported(t, CSV, src, WithMetrics("m"), WithRawText())
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for name, rows := range map[string][][]string{"csv": rows, "excel": sheetRows(t, workbook(t, Excel, src), "m")} {
		header := rows[0]
		if len(header) != 2+1+maxDynamicColumns || slices.Index(header, otherAttributes) < 0 {
			t.Fatalf("%s: %d columns, %q …", name, len(header), header[:8])
		}
		for i, row := range rows[1:] {
			got := make(map[string]string)
			for col, cell := range row {
				if header[col] == otherAttributes {
					var rest map[string]any
					if err := json.Unmarshal([]byte(cell), &rest); err != nil {
						t.Fatalf("%s: %q: %v", name, cell, err)
					}
					for key, v := range rest {
						got[key] = fmt.Sprint(v)
					}
				} else if cell != "" {
					got[header[col]] = cell
				}
			}
			if got[fmt.Sprint("k", i)] != fmt.Sprint("=", i) || got[fmt.Sprint("n", i%3)] != fmt.Sprint(i) || got["model_name"] != "a" ||
				got[otherAttributes] != "mine" || got["value"] != fmt.Sprint(i) || len(got) != 6 {
				t.Fatalf("%s: row %d has %q", name, i, got)
			}
		}
		if len(rows) != n+1 {
			t.Errorf("%s: %d rows", name, len(rows))
		}
	}
}

// TestKeysAreBounded: past so many, all keys share one number.
func TestKeysAreBounded(t *testing.T) {
	k := newKeys()
	for i := range 2 * maxKeys {
		k.id(fmt.Sprint(i))
	}
	if len(k.names) != maxKeys || k.id("0") == keyOther || k.id("new") != keyOther || k.id(columnModel) != keyModel {
		t.Errorf("%d keys, the first is %d", len(k.names), k.id("0"))
	}
}
