package export

import (
	"archive/zip"
	"context"
	"io"
)

// writeZip writes an archive of the files of all metrics, the index first. The same events give the same bytes.
func (ts *tables) writeZip(ctx context.Context, w io.Writer, all []*table, r *csvRecord) error {
	files, index := csvFiles("metrics", all)
	z := zip.NewWriter(w)
	entry := func(name string) (io.Writer, error) {

		return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipTime})
	}
	out, err := entry(index)
	if err != nil {
		return err
	}
	if err := writeIndex(out, files, r.raw); err != nil {
		return err
	}
	for _, f := range files {
		if out, err = entry(f.name); err != nil {
			return err
		}
		if err := ts.writeCSV(ctx, out, f.table, r); err != nil {
			return err
		}
	}
	return z.Close()
}
