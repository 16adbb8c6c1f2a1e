//go:build unix

package journal

import (
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"
)

// BenchmarkAppend says events/s, the processor time of an event, and how many batches share a sync.
func BenchmarkAppend(b *testing.B) {
	for _, sync := range []bool{true, false} {
		for _, callers := range []int{1, 8} {
			for _, size := range []int{1, 100, 10_000} {
				b.Run(fmt.Sprintf("sync=%v/callers=%d/batch=%d", sync, callers, size), func(b *testing.B) {
					benchAppend(b, sync, callers, size)
				})
			}
		}
	}
}

func benchAppend(b *testing.B, withSync bool, callers, size int) {
	opts := []Option{WithMaxSize(512 << 20)}
	if !withSync {
		opts = append(opts, WithoutSync())
	}
	syncs := 0
	opts = append(opts, func(c *config) { c.disk = func(d disk) disk { return countingDisk{d, &syncs} } })
	j := open(b, b.TempDir(), opts...)
	events := calls("a", size)
	mustAppend(b, j, events...)
	syncs = 0
	cpu := processorTime()
	b.ResetTimer()
	var wg sync.WaitGroup
	for c := range callers {
		n := b.N / callers
		if c < b.N%callers {
			n++
		}
		wg.Go(func() {
			for range n {
				if err := j.Append(b.Context(), events); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	total := float64(b.N) * float64(size)
	b.ReportMetric(total/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(processorTime()-cpu)/total, "cpu-ns/event")
	if syncs > 0 {
		b.ReportMetric(float64(b.N)/float64(syncs), "batches/sync")
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(syncs), "µs/sync")
	}
}

// processorTime is what the process has used, system calls included.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

type countingDisk struct {
	disk
	syncs *int
}

func (d countingDisk) create(name string) (file, error) {
	f, err := d.disk.create(name)
	return countingFile{f, d.syncs}, err
}

type countingFile struct {
	file
	syncs *int
}

func (f countingFile) Sync() error {
	*f.syncs++
	return f.file.Sync()
}

// BenchmarkEncode is what an entry for raw lines would save.
func BenchmarkEncode(b *testing.B) {
	events, bt := calls("a", 100), &batch{}
	b.ReportAllocs()
	for b.Loop() {
		if err := bt.encode(events); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/event")
	b.ReportMetric(float64(len(bt.buf))/100, "bytes/event")
}

// BenchmarkEvents is the speed of a resume.
func BenchmarkEvents(b *testing.B) {
	j := open(b, b.TempDir(), WithoutSync())
	events := calls("a", 10_000)
	mustAppend(b, j, events...)
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range j.Events() {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != len(events) {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(len(events))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
