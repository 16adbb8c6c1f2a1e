package journal

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

// TestTruncatedAnywhere: whatever a power failure leaves of the last segment, each batch is there whole or not at all.
func TestTruncatedAnywhere(t *testing.T) {
	row := func(id string) monitor.Event { return monitor.Event{Kind: monitor.KindRecord, ID: id} } // short
	first := lineOf(t, row("a"))
	second := lineOf(t, row("b-0"), row("b-1"), row("b-2"))
	third := lineOf(t, row("c"))
	all := slices.Concat(first, second, third)
	for n := range len(all) + 1 {
		dir := t.TempDir()
		write(t, dir, segmentName(1), lineOf(t, call("before")))
		write(t, dir, segmentName(2), all[:n])
		var log strings.Builder
		j := open(t, dir, WithResume(), WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		want, end := []string{"before"}, 0
		for _, batch := range []struct {
			bytes []byte
			ids   []string
		}{{first, []string{"a"}}, {second, []string{"b-0", "b-1", "b-2"}}, {third, []string{"c"}}} {
			if end+len(batch.bytes) > n {
				break
			}
			end += len(batch.bytes)
			want = append(want, batch.ids...)
		}
		wantIDs(t, j, want...)
		r := j.Recovery()
		if n == end && (r.CutFile != "" || r.CutBytes != 0) {
			t.Errorf("%d bytes: %+v", n, r)
		}
		if n > end && (r.CutFile != filepath.Join(dir, segmentName(2)) || r.CutOffset != int64(end) || r.CutBytes != int64(n-end)) {
			t.Errorf("%d bytes: %+v", n, r)
		}
		if n > end != strings.Contains(log.String(), fmt.Sprint("bytes=", n-end)) {
			t.Errorf("%d bytes: logged %s", n, &log)
		}
		mustAppend(t, j, call("behind"))
		mustClose(t, j)
		wantIDs(t, open(t, dir, WithResume()), append(want, "behind")...)
	}
}

// TestCommitted looks for the end across the blocks that are read.
func TestCommitted(t *testing.T) {
	const block = 64 << 10
	for _, size := range []int{1, block - 1, block, block + 1, 2*block - 1, 2 * block, 2*block + 1, 5 * block} {
		for _, tail := range []string{"x", " \n", "x \nx \n"} {
			text := "kept\n" + strings.Repeat("x", size) + tail
			if end, err := committed(strings.NewReader(text), int64(len(text))); end != 5 || err != nil {
				t.Errorf("%d %q: %d %v", size, tail, end, err)
			}
		}
		text := strings.Repeat("x", size) + "\n"
		if end, err := committed(strings.NewReader(text), int64(len(text))); end != int64(len(text)) || err != nil {
			t.Errorf("%d: %d %v", size, end, err)
		}
	}
	text := "kept\nx \n" + strings.Repeat("x", block-1) // the space is in another block than its newline
	if end, err := committed(strings.NewReader(text), int64(len(text))); end != 5 || err != nil {
		t.Error(end, err)
	}
	if end, _ := committed(strings.NewReader("\n  "), 3); end != 1 {
		t.Error(end)
	}
}

// TestDamageIsKeptAndTold: only the end of the last segment is cut.
func TestDamageIsKeptAndTold(t *testing.T) {
	dir := t.TempDir()
	long := append(bytes.Repeat([]byte("x"), maxLine+100), '\n')
	bad := []byte(`{"event":"generation","prompt_token_count":-1,"id":"v","success":true}` + "\n")
	first := slices.Concat(lineOf(t, call("a")), []byte("\x00\x00\n\n"), lineOf(t, call("b")), long, bad, []byte(`{"event":"gen`))
	write(t, dir, segmentName(3), first)
	write(t, dir, segmentName(7), lineOf(t, call("c")))
	j := open(t, dir, WithResume())
	mustAppend(t, j, call("d"))
	var got []string
	for ev, err := range j.Events() {
		var damage *DamageError
		switch {
		case err == nil:
			got = append(got, ev.ID)
		case errors.As(err, &damage) && damage.File == filepath.Join(dir, segmentName(3)) && damage.Found != "" && damage.Expected != "":
			got = append(got, fmt.Sprint(damage.Line, damage.Key, damage.Lost))
		default:
			t.Error(err)
		}
	}
	want := []string{"a", "2true", "b", "5true", "v", "6prompt_token_countfalse", "7true", "c", "d"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	if !bytes.Equal(contents(t, dir, segmentName(3)), first) {
		t.Error("it was changed")
	}
	for range j.Events() {
		break // and to stop is fine
	}
}

// TestLongLinesAreReadBack: those that do not fit into the reader's buffer.
func TestLongLinesAreReadBack(t *testing.T) {
	j := open(t, t.TempDir())
	var want []string
	for i, n := range []int{64<<10 - 200, 64 << 10, 300_000, maxLine - 400} {
		ev := monitor.Event{Kind: monitor.KindMetric, ID: fmt.Sprint(i), Name: "m", Attrs: []monitor.Attr{slog.String("a", strings.Repeat("x", n))}}
		mustAppend(t, j, ev)
		want = append(want, ev.ID)
	}
	wantIDs(t, j, want...)
}

// FuzzRecovery: whatever stands behind them, earlier batches are read back, and Open takes the folder.
func FuzzRecovery(f *testing.F) {
	f.Add([]byte(`{"event":"gen`), 1)
	f.Add([]byte("x \ny \n\n z\n \n"), 3)
	f.Add(bytes.Repeat([]byte{0}, 70_000), 2)
	f.Fuzz(func(t *testing.T, tail []byte, n int) {
		dir := t.TempDir()
		events := calls("a", 1+int(uint(n)%5))
		write(t, dir, segmentName(1), lineOf(t, call("before")))
		write(t, dir, segmentName(2), slices.Concat(lineOf(t, events...), tail))
		j := open(t, dir, WithResume(), WithoutSync())
		mustAppend(t, j, call("behind"))
		var got []string
		for ev, err := range j.Events() {
			if err == nil {
				got = append(got, ev.ID)
			}
		}
		if len(got) < len(events)+2 || got[0] != "before" || got[len(got)-1] != "behind" {
			t.Fatalf("%q", got)
		}
		for i := range events {
			if got[i+1] != events[i].ID {
				t.Fatalf("%q", got)
			}
		}
		if r := j.Recovery(); r.CutBytes < 0 || r.CutBytes > int64(len(tail)) {
			t.Fatalf("%d of %d bytes were cut", r.CutBytes, len(tail))
		}
	})
}
