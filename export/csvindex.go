package export

import (
	"io"
	"strconv"
)

// csvFile is one file of an export to CSV.
type csvFile struct {
	name  string
	table *table
}

// csvFiles names the files of tables. The index is not among them.
func csvFiles(stem string, all []*table) (files []csvFile, index string) {
	names := newFileNames(stem+"_", ".csv")
	index = names.pick("index")
	for _, t := range all {
		files = append(files, csvFile{names.pick(t.name), t})
	}
	return files, index
}

// writeIndex writes which file has which metric: file, metric, rows, and the times of the first and the last sample.
func writeIndex(w io.Writer, files []csvFile, raw bool) error {
	b := []byte("file,metric,rows,first,last\n")
	for _, f := range files {
		b = append(appendCell(b, f.name, raw), ',')
		b = append(appendCell(b, f.table.name, raw), ',')
		b = append(strconv.AppendInt(b, f.table.rows, 10), ',')
		if printable(f.table.first) {
			b = appendTime(b, f.table.first)
		}
		if b = append(b, ','); printable(f.table.last) {
			b = appendTime(b, f.table.last)
		}
		b = append(b, '\n')
	}
	_, err := w.Write(b)
	return err
}
