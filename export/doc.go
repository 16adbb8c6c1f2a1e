// Package export writes what a monitor recorded, or a recorded run holds, into files that other programs open.
//
//	err := export.Write(ctx, "out.parquet", export.Parquet, mon.Snapshot(time.Hour))
//
// [Write] makes files, each whole or not at all; [Encode] takes any io.Writer. Their source is events: a monitor's Snapshot, or
// a recorded run of any size, opened by package ingest. [Window] and [OfModels] make it smaller. The memory that an export
// takes does not grow with the number of its rows; what must be sorted by metric waits in one temporary file.
//
// # Formats by sample
//
// A row or element is one sample: a metric's name, a timestamp in UTC, a value, and the attributes of its event, flat. A
// file of CSV, a sheet and a table of Parquet have a column for each of the first 200 attributes; what is beyond them is in the
// column other_attributes, as a JSON object.
//
//   - [JSON]: an object of metric to list of {"timestamp", "value", attributes…}.
//   - [CSV]: a file a metric with the columns timestamp, value, model_name where there is one, and the other attributes in the
//     order in which they first appear; and an index. Lines end with a line feed. By Encode a zip archive, or the one file of
//     the metric that [WithMetrics] names.
//   - [Excel]: a sheet a metric with the same columns, typed, and a sheet "index".
//   - [Parquet]: one table with the columns metric_name, timestamp, value, and the attributes.
//   - [OpenMetrics]: what Prometheus would have scraped during the run, for promtool tsdb create-blocks-from openmetrics.
//
// # Formats by event
//
//   - [NDJSON]: the events themselves, which package ingest reads back.
//   - [WideCSV], [WideParquet], [WideExcel]: a row a call, evaluation, finished record or usage report, every field a typed column with its
//     unit in its name, a column a score and attribute. The workbook has a sheet a kind.
//
// No text becomes a formula in a spreadsheet: see [WithRawText].
package export
