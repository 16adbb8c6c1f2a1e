package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/genmeter/genmeter/ingest"
)

// spare refuses an output that would cost a run that it is made from: one of the run's own files, which it would replace or,
// appended to, never come to the end of. Event lines must not come to lie in the run's directory either, where they
// would be read as a part of it.
func (f *runFlags) spare(stdout io.Writer, output string, eventLines bool) error {
	out, folder := placeOf(stdout, output)
	for _, input := range f.inputs {
		if input == "-" || isURL(input) {
			continue
		}
		files, _ := ingest.Files(input) // what cannot be read is told by reading it
		for _, file := range files {
			if info, err := os.Stat(file.Path); err == nil && info.Mode().IsRegular() && os.SameFile(info, out) {
				if output == "" || output == "-" {
					output = "-, standard output,"
				}
				return wrongUsage("-o %s is a file of the run %s, which would be lost: want another name", output, input)
			}
		}
		if info, err := os.Stat(input); err == nil && eventLines && info.IsDir() && os.SameFile(info, folder) {
			return wrongUsage("-o %s would be read as a part of the run %s: want a name outside of its directory", output, input)
		}
	}
	return nil
}

// placeOf looks at the file that an output goes to, and at the directory it is in. Each is nil when it is not there, the
// directory also when the output is standard output.
func placeOf(stdout io.Writer, output string) (file, folder os.FileInfo) {
	if output == "" || output == "-" {
		if f, ok := stdout.(interface{ Stat() (os.FileInfo, error) }); ok {
			file, _ = f.Stat()
		}
		return file, nil
	}
	file, _ = os.Stat(output)
	folder, _ = os.Stat(filepath.Dir(output))
	return file, folder
}
