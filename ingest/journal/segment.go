package journal

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// segment is one file of events.
type segment struct {
	number  int
	size    int64 // bytes of whole batches
	events  int64 // lines; unknown when it is of an earlier run
	written time.Time
}

const unknown = -1

func (s *segment) name() string { return segmentName(s.number) }

func segmentName(number int) string { return fmt.Sprintf("events-%08d.ndjson", number) }

// segmentNumber undoes segmentName.
func segmentNumber(name string) (number int, ok bool) {
	digits, ok := strings.CutPrefix(name, "events-")
	if !ok {
		return 0, false
	}
	number, err := strconv.Atoi(strings.TrimSuffix(digits, ".ndjson"))
	return number, err == nil && number > 0 && segmentName(number) == name
}

// segmentsIn lists a folder's segments, oldest first.
func segmentsIn(dir string) ([]*segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var list []*segment
	for _, e := range entries {
		number, ok := segmentNumber(e.Name())
		if !ok {
			continue
		}
		info, err := os.Stat(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if info.Mode().IsRegular() {
			list = append(list, &segment{number: number, size: info.Size(), events: unknown, written: info.ModTime()})
		}
	}
	slices.SortFunc(list, func(a, b *segment) int { return a.number - b.number })
	return list, nil
}
