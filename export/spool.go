package export

import (
	"bufio"
	"context"
	"fmt"
	"os"
)

// spoolBytes bounds what a spool keeps in memory before it uses its file.
const spoolBytes = 8 << 20

// spool keeps bytes by group while groups come interleaved, and gives them back group by group: in memory as long as they
// fit, else in one temporary file, whatever the number of groups. Its memory is about twice spoolBytes, and 16 bytes a chunk
// of the file. It is not safe for concurrent use; close it always.
type spool struct {
	limit    int // of buffered
	buffered int // bytes of all groups in memory
	groups   []*spoolGroup
	file     *os.File // nil until needed
	out      *bufio.Writer
	end      int64  // of the file
	remove   string // the file's name, where it could not go at once
}

// spoolGroup is what belongs together: the chunks in the file, then buf.
type spoolGroup struct {
	buf    []byte
	chunks []spoolChunk
}

type spoolChunk struct {
	offset int64
	length int
}

func newSpool() *spool { return &spool{limit: spoolBytes} }

// group begins a new group.
func (s *spool) group() *spoolGroup {
	g := new(spoolGroup)
	s.groups = append(s.groups, g)
	return g
}

// set makes buf, which is g.buf with one more record appended, g's. A record is never split: each chunk that read gives
// begins and ends with whole ones.
func (s *spool) set(g *spoolGroup, buf []byte) error {
	s.buffered += len(buf) - len(g.buf)
	g.buf = buf
	if s.buffered <= s.limit {
		return nil
	}
	return s.spill()
}

// spill moves the larger groups to the file: at least half of what is buffered, in pieces that are worth a read.
func (s *spool) spill() error {
	if s.file == nil {
		if err := s.open(); err != nil {
			return err
		}
	}
	least := s.buffered / len(s.groups) / 2
	for _, g := range s.groups {
		n := len(g.buf)
		if n == 0 || n < least {
			continue
		}
		if _, err := s.out.Write(g.buf); err != nil {
			return fmt.Errorf("keep samples in a temporary file: %w", err)
		}
		g.chunks = append(g.chunks, spoolChunk{s.end, n})
		s.end += int64(n)
		s.buffered -= n
		if cap(g.buf) > 2*n {
			g.buf = nil
		}
		g.buf = g.buf[:0]
	}
	if err := s.out.Flush(); err != nil {
		return fmt.Errorf("keep samples in a temporary file: %w", err)
	}
	return nil
}

// open makes the file. Where the system lets it the name goes at once, so that nothing is left behind even by a kill.
func (s *spool) open() error {
	f, err := os.CreateTemp("", "genmeter-export-*.spool")
	if err != nil {
		return fmt.Errorf("make a temporary file: %w", err)
	}
	if os.Remove(f.Name()) != nil {
		s.remove = f.Name()
	}
	s.file, s.out = f, bufio.NewWriterSize(f, 64<<10)
	return nil
}

// read calls f with the chunks of g, in the order in which they were given. The chunk is f's until it returns. Nothing may be
// added to the spool any more.
func (s *spool) read(ctx context.Context, g *spoolGroup, f func(chunk []byte) error) error {
	var chunk []byte
	for _, c := range g.chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		if cap(chunk) < c.length {
			chunk = make([]byte, c.length)
		}
		chunk = chunk[:c.length]
		if _, err := s.file.ReadAt(chunk, c.offset); err != nil {
			return fmt.Errorf("read samples back from a temporary file: %w", err)
		}
		if err := f(chunk); err != nil {
			return err
		}
	}
	if len(g.buf) == 0 {
		return ctx.Err()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return f(g.buf)
}

// close frees the file.
func (s *spool) close() {
	if s.file == nil {
		return
	}
	_ = s.file.Close()
	if s.remove != "" {
		_ = os.Remove(s.remove)
	}
	s.file = nil
}
