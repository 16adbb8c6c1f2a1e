package main

import (
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/genmeter/genmeter/ingest"
	"github.com/schollz/progressbar/v3"
)

// progressBar shows on a terminal how much of a recorded run has been read, and how long the rest will take. Some formats
// read a run twice: then it begins again.
type progressBar struct {
	to    io.Writer // nil shows nothing
	input string
	total int64 // bytes, from the beginning of the first pass; 0 when not known
	read  int64 // in this pass
	bar   *progressbar.ProgressBar
}

func newProgressBar(w io.Writer, input string) *progressBar {
	if !isTerminal(w) {
		w = nil
	}
	return &progressBar{to: w, input: input}
}

// add is told of bytes that were read.
func (b *progressBar) add(n int) {
	if b.to == nil {
		return
	}
	if b.bar == nil || b.total > 0 && b.read+int64(n) > b.total {
		b.close()
		b.bar, b.read = b.begin(), 0
	}
	b.read += int64(n)
	_ = b.bar.Add(n) // a terminal that is gone needs no bar
}

func (b *progressBar) begin() *progressbar.ProgressBar {
	if b.bar == nil && b.read == 0 {
		b.total = sizeOf(b.input)
	}
	total := b.total
	if total == 0 {
		total = -1
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(b.to),
		progressbar.OptionSetDescription("reading "+printable(filepath.Base(b.input))),
		progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionClearOnFinish(),
	)
}

// close takes the bar off the terminal.
func (b *progressBar) close() {
	if b.bar != nil {
		_ = b.bar.Clear()
		b.bar = nil
	}
}

// sizeOf is how many bytes of events there are at path; 0 when that is not known.
func sizeOf(path string) (total int64) {
	files, err := ingest.Files(path)
	if err != nil {
		return 0
	}
	for _, f := range files {
		if info, err := os.Stat(f.Path); err == nil && (f.Skipped == "" || f.MetricsOnly) {
			total += info.Size()
		}
	}
	return total
}
