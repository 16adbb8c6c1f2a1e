package export

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// TestSpool: whatever the groups' number and sizes, each gives back what it was given, in order, and memory stays bounded.
func TestSpool(t *testing.T) {
	for _, groups := range []int{1, 3, 2000} {
		for _, limit := range []int{1, 1000, 1 << 20} {
			t.Run(fmt.Sprintf("groups=%d,limit=%d", groups, limit), func(t *testing.T) {
				testSpool(t, groups, limit)
			})
		}
	}
}

func testSpool(t *testing.T, groups, limit int) {
	t.Setenv("TMPDIR", t.TempDir())
	s := newSpool()
	s.limit = limit
	defer s.close()
	all := make([]*spoolGroup, groups)
	for i := range all {
		all[i] = s.group()
	}
	r := rand.New(rand.NewPCG(1, 2))
	count := make([]uint32, groups)
	const records = 20_000
	for range records {
		i := int(float64(groups) * r.Float64() * r.Float64()) // some have many
		buf := binary.LittleEndian.AppendUint32(all[i].buf, count[i])
		buf = append(buf, make([]byte, i%13)...)
		if err := s.set(all[i], buf); err != nil {
			t.Fatal(err)
		}
		count[i]++
		if s.buffered > limit {
			t.Fatalf("%d bytes are buffered", s.buffered)
		}
	}
	if (s.file != nil) != (limit < 1<<20) {
		t.Errorf("a file: %v", s.file != nil)
	}
	for i, g := range all {
		var n uint32
		err := s.read(t.Context(), g, func(chunk []byte) error {
			for ; len(chunk) > 0; chunk = chunk[4+i%13:] {
				if got := binary.LittleEndian.Uint32(chunk); got != n {
					return fmt.Errorf("group %d: record %d, want %d", i, got, n)
				}
				n++
			}
			return nil
		})
		if err != nil || n != count[i] {
			t.Fatalf("group %d: %d records of %d, %v", i, n, count[i], err)
		}
	}
	s.close()
	noFiles(t, os.Getenv("TMPDIR"))
}

// noFiles checks that nothing was left behind.
func noFiles(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Errorf("%s is left behind", e.Name())
	}
}

func TestSpoolWithoutRoom(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/none")
	s := newSpool()
	s.limit = 10
	defer s.close()
	if err := s.set(s.group(), make([]byte, 11)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestSpoolReadIsCancelled(t *testing.T) {
	s := newSpool()
	s.limit = 1
	defer s.close()
	g := s.group()
	for range 3 {
		if err := s.set(g, append(g.buf, "some"...)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	var got bytes.Buffer
	err := s.read(ctx, g, func(chunk []byte) error {
		got.Write(chunk)
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || got.String() != "some" {
		t.Errorf("got %q, %v", got.String(), err)
	}
}
