package ingest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"io"
)

// markSize is how many bytes before its offset a mark stands for.
const markSize = 1024

// mark is a fingerprint of what a file holds just before an offset.
type mark struct {
	At  int64  `json:"at"`
	Sum uint64 `json:"sum"`
}

// newMark marks an offset; before is what the file holds before it, or the last of that.
func newMark(at int64, before []byte) mark {
	before = before[max(0, len(before)-markSize):]
	sum := sha256.Sum256(before)
	return mark{at, binary.LittleEndian.Uint64(sum[:])}
}

// in reports whether the file still holds what was marked.
func (m mark) in(r io.ReaderAt) bool {
	var b [markSize]byte
	before := b[:min(m.At, markSize)]
	if _, err := r.ReadAt(before, m.At-int64(len(before))); err != nil {
		return false
	}
	return newMark(m.At, before) == m
}

// marks are fingerprints along what was read of a file, in the order of the file; the last is where reading is, the first
// where its first line ends. They become sparser backwards, so that there are few, and of whatever is left of a file that
// was cut about half is known.
type marks []mark

func (m marks) last() mark { return m[len(m)-1] }

// lastMarks is how many lines at the end have a mark each.
const lastMarks = 4

// add enters the end of what was read, chunk, which begins at offset at; window is what stands before it.
func (m *marks) add(window, chunk []byte, at int64) {
	before := func(n int) []byte {
		if n >= markSize || len(window) == 0 {
			return chunk[:n]
		}
		return append(bytes.Clone(window), chunk[:n]...)
	}
	enter := func(n int) {
		if len(*m) == 0 || (*m)[len(*m)-1].At < at+int64(n) {
			*m = append(*m, newMark(at+int64(n), before(n)))
		}
	}
	if len(*m) == 0 {
		head := min(len(chunk), markSize)
		if i := bytes.IndexByte(chunk[:head], '\n'); i >= 0 {
			head = i + 1
		}
		enter(head)
	}
	for _, n := range lineEnds(chunk) {
		enter(n)
	}
	m.thin()
}

// lineEnds returns the ends of the last lines of chunk, and of fewer and fewer before them, ascending. Its own end is one.
func lineEnds(chunk []byte) []int {
	ends := []int{len(chunk)}
	for n := len(chunk); len(ends) < 64; {
		if len(ends) >= lastMarks {
			n = min(n, len(chunk)-2*(len(chunk)-ends[0]))
		}
		if n <= 0 {
			break
		}
		if n = bytes.LastIndexByte(chunk[:n-1], '\n') + 1; n <= 0 {
			break
		}
		ends = append([]int{n}, ends...)
	}
	return ends
}

// thin leaves out marks that stand close together far from the end.
func (m *marks) thin() {
	all := *m
	if len(all) <= lastMarks+1 {
		return
	}
	end := all[len(all)-1].At
	kept := append(marks(nil), all[len(all)-lastMarks:]...)
	for i := len(all) - lastMarks - 1; i >= 0; i-- {
		if i == 0 || end-all[i].At >= 2*(end-kept[0].At) {
			kept = append(marks{all[i]}, kept...)
		}
	}
	*m = kept
}

// left returns how much of what was read a file of that size still holds: all of it, to the last mark, when nothing
// happened to it; less when it was cut; 0 when it is another file, or begun anew.
func (m marks) left(r io.ReaderAt, size int64) int64 {
	for i := len(m) - 1; i >= 0; i-- {
		switch k := m[i]; {
		case k.At > size || !k.in(r):
			continue
		case i == len(m)-1:
			return k.At
		case size >= m[len(m)-1].At: // cut, and written to since
			if i == 0 {
				return 0
			}
			return k.At
		case i > 0 || k.At == size:
			return size
		default: // a first line alone may be the same in a file that is begun anew
			return 0
		}
	}
	return 0
}

// cut forgets what lies behind an offset.
func (m *marks) cut(r io.ReaderAt, at int64) {
	all := *m
	for len(all) > 0 && all[len(all)-1].At > at {
		all = all[:len(all)-1]
	}
	if b, err := windowBefore(r, at); err == nil && (len(all) == 0 || all[len(all)-1].At < at) {
		all = append(all, newMark(at, b))
	}
	*m = all
}

// windowBefore reads what a mark at an offset stands for.
func windowBefore(r io.ReaderAt, at int64) ([]byte, error) {
	b := make([]byte, min(at, markSize))
	if _, err := r.ReadAt(b, at-int64(len(b))); err != nil {
		return nil, err
	}
	return b, nil
}
