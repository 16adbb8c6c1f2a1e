package export

import (
	"fmt"
	"slices"
	"strings"
)

// Format is a way to write events down. Its zero value is none.
type Format uint8

// The formats. The first four have the layout of afterimage.monitoring, by sample: JSON is an object of metric to list, CSV a
// file a metric, Excel a sheet a metric, Parquet one table. Those named Wide have a row a call, evaluation or record.
const (
	JSON Format = iota + 1
	CSV
	Excel
	Parquet
	NDJSON      // the events themselves, as package ingest reads them
	OpenMetrics // the run as Prometheus would have scraped it, see below
	WideCSV
	WideParquet
	WideExcel
)

var formatNames = [...]string{"", "json", "csv", "excel", "parquet", "ndjson", "openmetrics", "wide-csv", "wide-parquet", "wide-excel"}

// String returns the name that [ParseFormat] takes.
func (f Format) String() string {
	if f == 0 || int(f) >= len(formatNames) {
		return fmt.Sprintf("format %d", uint8(f))
	}
	return formatNames[f]
}

// Formats returns all formats.
func Formats() []Format {
	all := make([]Format, 0, len(formatNames)-1)
	for f := JSON; int(f) < len(formatNames); f++ {
		all = append(all, f)
	}
	return all
}

// ParseFormat returns the format of that name. The error lists what there is.
func ParseFormat(name string) (Format, error) {
	if i := slices.Index(formatNames[1:], name); i >= 0 {
		return Format(i + 1), nil
	}
	return 0, fmt.Errorf("unknown format %q: want %s", name, strings.Join(formatNames[1:], ", "))
}

// Extension returns what file names of the format end with, such as ".parquet".
func (f Format) Extension() string {
	switch f {
	case JSON:
		return ".json"
	case CSV, WideCSV:
		return ".csv"
	case Excel, WideExcel:
		return ".xlsx"
	case Parquet, WideParquet:
		return ".parquet"
	case NDJSON:
		return ".ndjson"
	case OpenMetrics:
		return ".om"
	}
	return ""
}

// MediaType returns the format's media type, for HTTP.
func (f Format) MediaType() string {
	switch f {
	case JSON:
		return "application/json"
	case CSV:
		return "application/zip" // of a file a metric
	case WideCSV:
		return "text/csv; charset=utf-8"
	case Excel, WideExcel:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case Parquet, WideParquet:
		return "application/vnd.apache.parquet"
	case NDJSON:
		return "application/x-ndjson"
	case OpenMetrics:
		return "application/openmetrics-text; version=1.0.0; charset=utf-8"
	}
	return "application/octet-stream"
}
