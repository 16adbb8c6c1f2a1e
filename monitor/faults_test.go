package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// Tests named TestSeedFault… hold the faults of afterimage.monitoring that must not be inherited, by their numbers in
// the list of them.

func timeout(t testing.TB, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.Context(), d)
}

// small is an event of three samples.
func small(i int) Generation {
	return Generation{Duration: time.Second, RecordID: fmt.Sprint(i)}
}

// TestSeedFault1ShutdownDeliversEverything: the seed's shutdown lost 77,826 of 100,000 queued samples.
func TestSeedFault1ShutdownDeliversEverything(t *testing.T) {
	const n = 100_000
	dir := t.TempDir()
	r := newRig(t, WithRingSize(1<<17), WithLogDir(dir))
	for i := range n {
		r.TrackGeneration(t.Context(), Generation{Duration: time.Second, Turns: i + 1})
	}
	r.stop()
	if got := countLines(t, metricsPath(dir), `"metric": "generation_time"`); got != n {
		t.Errorf("metrics.jsonl has %d events, want %d", got, n)
	}
	if got := countLines(t, logPath(dir), `"msg":"generation metrics"`); got != n {
		t.Errorf("genmeter.log has %d events, want %d", got, n)
	}
	if got := countLines(t, metricsPath(dir), fmt.Sprintf(`"metric": "conversation_length", "value": %d,`, n)); got != 1 {
		t.Error("the last event is not there")
	}
	if got := r.sum("genmeter.generations"); got != n {
		t.Errorf("a last collect has %d calls, want %d", got, n)
	}
	if got := r.sum("genmeter.events_dropped"); got != 0 {
		t.Errorf("%d events counted as dropped", got)
	}
}

// TestSeedFault2MemoryIsBounded: the seed kept 4.5 kB an event for ever, which would be 450 MB here.
func TestSeedFault2MemoryIsBounded(t *testing.T) {
	release := make(chan struct{})
	stuck := &sink{name: "stuck", do: func(Metric) error { <-release; return nil }}
	r := newRig(t, WithRingSize(1024), WithMetricHandlers(stuck), WithLogHandlers())
	text := strings.Repeat("x", 4<<10)
	heap := func() int64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return int64(s.HeapAlloc)
	}
	before := heap()
	for i := range 100_000 {
		r.TrackGeneration(t.Context(), Generation{Model: "m", Error: text, Attrs: []Attr{Int("i", i)}})
	}
	if grown := heap() - before; grown > 8<<20 {
		t.Errorf("100,000 events left %d bytes behind", grown)
	}
	close(release)
	r.stop()
}

// TestSeedFault6MetadataIsKept: an event's attributes are flat in every line of it.
func TestSeedFault6MetadataIsKept(t *testing.T) {
	dir := t.TempDir()
	r := newRig(t, WithLogDir(dir))
	r.TrackGeneration(t.Context(), Generation{
		Duration: time.Second, Step: "answer", Attrs: []Attr{String("dataset", "squad"), Int("shard", 7)},
	})
	r.stop()
	n := 0
	for line := range strings.Lines(read(t, metricsPath(dir))) {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil {
			t.Fatal(err)
		}
		if got["dataset"] != "squad" || got["shard"] != 7.0 || got["step"] != "answer" {
			t.Errorf("the line is %s", line)
		}
		n++
	}
	if n != 3 {
		t.Errorf("%d lines, want 3", n)
	}
	if log := read(t, logPath(dir)); !strings.Contains(log, `"dataset":"squad","shard":7`) {
		t.Errorf("the log is %s", log)
	}
}

// TestSeedFault9FilesAreWrittenThroughABuffer: the seed opened, wrote and closed the file for every sample.
func TestSeedFault9FilesAreWrittenThroughABuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &countingDisk{path: t.TempDir()}
		r := newRig(t, fileHandlers(d)...)
		const n = 10_000
		for i := range n {
			r.TrackGeneration(t.Context(), small(i))
		}
		time.Sleep(pumpDelay) // the bound on the delay
		synctest.Wait()
		if got := len(countEvents(t, metricsPath(d.path), 3)); got != n {
			t.Errorf("after %v the file has %d events, want %d", pumpDelay, got, n)
		}
		size := len(read(t, metricsPath(d.path))) + len(read(t, logPath(d.path)))
		if limit := size/fileBuffer + 20; d.writes > limit || d.opens != 2 {
			t.Errorf("%d writes for %d bytes, %d opens; want at most %d, 2", d.writes, size, d.opens, limit)
		}
		r.stop()
	})
}

// countingDisk counts what is asked of it.
type countingDisk struct {
	path          string
	mu            sync.Mutex
	opens, writes int
}

func (d *countingDisk) dir() string { return d.path }
func (d *countingDisk) fill()       {}
func (d *countingDisk) free()       {}

func (d *countingDisk) adopt(a *appendFile) {
	a.openFile = func(path string) (file, error) {
		d.opens++
		f, err := openFile(path)
		return &countingFile{f, d}, err
	}
}

type countingFile struct {
	file
	disk *countingDisk
}

func (f *countingFile) Write(b []byte) (int, error) {
	f.disk.mu.Lock()
	f.disk.writes++
	f.disk.mu.Unlock()
	return f.file.Write(b)
}

// TestSeedFault11TimesAreUTC: the seed wrote local time without zone.
func TestSeedFault11TimesAreUTC(t *testing.T) {
	local := time.Local
	time.Local = time.FixedZone("IST", 5*3600+1800)
	defer func() { time.Local = local }()
	dir := t.TempDir()
	at := time.Date(2026, 11, 24, 19, 57, 10, 810207000, time.FixedZone("CET", 3600))
	r := newRig(t, WithLogDir(dir))
	r.TrackGeneration(t.Context(), Generation{Duration: time.Second, Time: at})
	r.RecordMetric(t.Context(), "x", 1, slog.Time("seen", at))
	r.Logger().Info("hello")
	r.stop()
	metrics, log := read(t, metricsPath(dir)), read(t, logPath(dir))
	if !strings.HasPrefix(metrics,
		`{"metric": "generation_time", "value": 1, "timestamp": "2026-11-24T18:57:10.810207Z"}`+"\n") {
		t.Errorf("metrics.jsonl is %s", metrics)
	}
	if !strings.HasPrefix(log, `{"time":"2026-11-24T18:57:10.810207Z","level":"INFO","msg":"generation metrics",`+
		`"data":{"event":"generation","timestamp":"2026-11-24T18:57:10.810207Z","duration":1,"success":false}}`+"\n") {
		t.Errorf("genmeter.log is %s", log)
	}
	// The caller's own attribute keeps its zone.
	all := strings.ReplaceAll(metrics+log, "2026-11-24T19:57:10.810207+01:00", "")
	if strings.Contains(all, "+0") || strings.Count(all, `Z"`) != 4+2+2+1 {
		t.Errorf("a time is not UTC:\n%s", all)
	}
}

// TestMillionEvents is the seed's flood: totals and instruments are exact, and so are the losses of a slower file.
func TestMillionEvents(t *testing.T) {
	const workers = 4
	each := 250_000
	if raceEnabled {
		each = 50_000
	}
	dir := t.TempDir()
	r := newRig(t, WithMetricHandlers(FileMetricHandler(dir)))
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				r.TrackGeneration(t.Context(), Generation{
					Duration: time.Second, Success: true, PromptTokens: 2, Model: "m",
				})
			}
		})
	}
	wg.Wait()
	r.stop()
	n := int64(workers * each)
	if s := r.Aggregate("generation_time", 0); s.Count != uint64(n) || s.Sum != float64(n) {
		t.Errorf("the aggregate has %d calls of %v s, want %d", s.Count, s.Sum, n)
	}
	if u := r.TokenUsage(0); u.TotalPromptTokens != 2*n || u.TotalTokens != 2*n {
		t.Errorf("%d prompt tokens, want %d", u.TotalPromptTokens, 2*n)
	}
	for name, want := range map[string]int64{
		"genmeter.generations": n, "genmeter.tokens": 2 * n, "genmeter.events": n, "genmeter.handler_errors": 0,
	} {
		if got := r.sum(name); got != want {
			t.Errorf("%s is %d, want %d", name, got, want)
		}
	}
	delivered, lost := countLines(t, metricsPath(dir), `"metric": "generation_time"`), r.dropped("metrics.jsonl")
	if delivered+lost != n {
		t.Errorf("%d delivered and %d dropped, want %d in all", delivered, lost, n)
	}
	t.Logf("%d delivered, %d dropped", delivered, lost)
}

// TestPacedEventsAreNotDropped records 100,000 a second, in ticks of 10 ms, of fake time.
func TestPacedEventsAreNotDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each = 1000
		ticks := 200
		if raceEnabled {
			ticks = 50
		}
		dir := t.TempDir()
		r := newRig(t, WithRingSize(8192), WithLogDir(dir))
		for range ticks {
			for range each {
				r.TrackGeneration(t.Context(), Generation{Duration: time.Second})
			}
			time.Sleep(10 * time.Millisecond)
		}
		if got := r.sum("genmeter.events_dropped"); got != 0 {
			t.Errorf("%d dropped", got)
		}
		r.stop()
		if got := countLines(t, metricsPath(dir), `"metric": "generation_time"`); got != int64(ticks*each) {
			t.Errorf("metrics.jsonl has %d events, want %d", got, ticks*each)
		}
		if got := countLines(t, logPath(dir), `"msg":"generation metrics"`); got != int64(ticks*each) {
			t.Errorf("genmeter.log has %d events, want %d", got, ticks*each)
		}
	})
}

func TestFullQuota(t *testing.T) {
	testFullDisk(t, func(t *testing.T) disk { return newQuotaDisk(t) })
}

// testFullDisk fills the disk under both files, and looks at what they have lost: nothing that the ring can hold.
func testFullDisk(t *testing.T, makeDisk func(*testing.T) disk) {
	// In a bubble's own goroutine, Cleanup would run too late for the disk; so it is made outside.
	t.Run("short", func(t *testing.T) {
		d := makeDisk(t)
		synctest.Test(t, func(t *testing.T) { testShortlyFullDisk(t, d) })
	})
	t.Run("long", func(t *testing.T) {
		d := makeDisk(t)
		synctest.Test(t, func(t *testing.T) { testLongFullDisk(t, d) })
	})
	t.Run("shutdown", func(t *testing.T) {
		d := makeDisk(t)
		synctest.Test(t, func(t *testing.T) { testShutdownOnAFullDisk(t, d) })
	})
}

func testShortlyFullDisk(t *testing.T, d disk) {
	r := newRig(t, append(fileHandlers(d), WithRingSize(256))...)
	id := 0
	record := func(n int) {
		for range n {
			r.TrackGeneration(t.Context(), small(id))
			id++
			time.Sleep(time.Millisecond)
		}
	}
	record(50)
	d.fill()
	record(100)
	ctx, cancel := timeout(t, 5*time.Second)
	defer cancel()
	err := r.Flush(ctx)
	for _, want := range []string{`"metrics.jsonl"`, `"genmeter.log"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Flush on a full disk: %v, want %s named", err, want)
		}
	}
	if got := r.sum("genmeter.handler_errors", "handler", "metrics.jsonl"); got < 4 || got > 10 {
		t.Errorf("%d errors, want one a second", got)
	}
	for _, handler := range []string{"metrics.jsonl", "genmeter.log"} {
		if got := r.log.has("level=ERROR", "handler="+handler, "no space left on device"); got != 1 {
			t.Errorf("%s: logged %d times, want once", handler, got)
		}
	}
	countEvents(t, metricsPath(d.dir()), 3) // nothing is torn while it lasts

	d.free()
	time.Sleep(retryDelay) // no event need come
	synctest.Wait()
	checkAll(t, id, countEvents(t, metricsPath(d.dir()), 3))
	checkAll(t, id, countLogged(t, logPath(d.dir())))
	record(10)
	r.stop()
	checkAll(t, id, countEvents(t, metricsPath(d.dir()), 3))
	checkAll(t, id, countLogged(t, logPath(d.dir())))
	if got := r.sum("genmeter.events_dropped"); got != 0 {
		t.Errorf("%d events counted as dropped", got)
	}
}

// checkAll fails when not each of the events 0 to n-1 is there once.
func checkAll(t *testing.T, n int, events map[string]int) {
	t.Helper()
	for i := range n {
		if got := events[fmt.Sprint(i)]; got != 1 {
			t.Fatalf("event %d is there %d times", i, got)
		}
	}
	if len(events) != n {
		t.Errorf("%d events, want %d", len(events), n)
	}
}

func testLongFullDisk(t *testing.T, d disk) {
	r := newRig(t, append(fileHandlers(d), WithRingSize(256))...)
	d.fill()
	const n = 2000
	for i := range n {
		r.TrackGeneration(t.Context(), small(i))
		time.Sleep(10 * time.Millisecond)
	}
	if r.dropped("metrics.jsonl") == 0 || r.dropped("genmeter.log") == 0 {
		t.Error("nothing was lapped: the test is too short")
	}
	d.free()
	r.stop()
	for handler, events := range map[string]map[string]int{
		"metrics.jsonl": countEvents(t, metricsPath(d.dir()), 3),
		"genmeter.log":  countLogged(t, logPath(d.dir())),
	} {
		lost := r.sum("genmeter.events_dropped", "handler", handler, "reason", "lapped")
		if got := int64(len(events)); got+lost != n || lost != r.dropped(handler) {
			t.Errorf("%s: %d delivered and %d lapped of %d", handler, got, lost, n)
		}
		if events[fmt.Sprint(n-1)] != 1 {
			t.Errorf("%s: the last event is not there", handler)
		}
		if got := r.log.has("handler="+handler, "reason=lapped"); got != 1 {
			t.Errorf("%s: logged %d times, want once", handler, got)
		}
	}
}

func testShutdownOnAFullDisk(t *testing.T, d disk) {
	r := newRig(t, fileHandlers(d)...)
	d.fill()
	const n = 1000
	for i := range n {
		r.TrackGeneration(t.Context(), small(i))
	}
	start := time.Now()
	ctx, cancel := timeout(t, 5*time.Second)
	defer cancel()
	err := r.Shutdown(ctx)
	if took := time.Since(start); took != 5*time.Second || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("after %v: %v, want no space left after 5 s", took, err)
	}
	for handler, events := range map[string]map[string]int{
		"metrics.jsonl": countEvents(t, metricsPath(d.dir()), 3),
		"genmeter.log":  countLogged(t, logPath(d.dir())),
	} {
		lost := r.sum("genmeter.events_dropped", "handler", handler, "reason", "shutdown")
		if got := int64(len(events)); lost == 0 || got+lost != n || lost != r.dropped(handler) {
			t.Errorf("%s: %d delivered and %d counted of %d", handler, got, lost, n)
		}
		want := fmt.Sprintf("handler %q: %d events not delivered: write ", handler, lost)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if again := r.Shutdown(context.Background()); again != err {
		t.Errorf("a second Shutdown says %v", again)
	}
}

// TestFileRemovedOrRenamed while it is written: the next flush makes it anew, and nothing but what was removed is lost.
func TestFileRemovedOrRenamed(t *testing.T) {
	dir := t.TempDir() + "/runs/today"
	r := newRig(t, WithLogDir(dir))
	flush := func() {
		t.Helper()
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.TrackGeneration(t.Context(), small(0))
	flush()
	if err := os.Rename(metricsPath(dir), metricsPath(dir)+".old"); err != nil {
		t.Fatal(err)
	}
	r.TrackGeneration(t.Context(), small(1))
	flush()
	if got := countEvents(t, metricsPath(dir)+".old", 3); len(got) != 1 || got["0"] != 1 {
		t.Errorf("the renamed file has %v", got)
	}
	if got := countEvents(t, metricsPath(dir), 3); len(got) != 1 || got["1"] != 1 {
		t.Errorf("the new file has %v", got)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	r.TrackGeneration(t.Context(), small(2))
	r.stop()
	for _, got := range []map[string]int{countEvents(t, metricsPath(dir), 3), countLogged(t, logPath(dir))} {
		if len(got) != 1 || got["2"] != 1 {
			t.Errorf("a file made again has %v", got)
		}
	}
}

// TestUnusableFolder: New says which one, and leaves nothing open.
func TestUnusableFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/plain", "a file, not a folder")
	if err := os.Mkdir(logPath(dir), 0o755); err != nil { // a folder, not a file
		t.Fatal(err)
	}
	open := func() int {
		fds, _ := os.ReadDir("/proc/self/fd") // none where there is no /proc
		return len(fds)
	}
	before := open()
	for _, test := range []struct {
		dir   string
		names []string
	}{
		{dir + "/plain", []string{dir + "/plain"}},
		{dir + "/plain/x", []string{dir + "/plain"}},
		{dir, []string{logPath(dir)}},
	} {
		m, err := New(nil, WithLogDir(test.dir))
		if m != nil || err == nil || !slices.ContainsFunc(test.names, func(s string) bool {
			return strings.Contains(err.Error(), s)
		}) {
			t.Errorf("WithLogDir(%q): %v, want %q named", test.dir, err, test.names)
		}
	}
	if after := open(); after != before {
		t.Errorf("%d files are open, %d were", after, before)
	}
}

// TestNoFolderUnlessAsked: the seed made one in the working directory. With one and no handlers named, both file
// handlers are on, as in the seed.
func TestNoFolderUnlessAsked(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	newRig(t).stop()
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("New made %v", list)
	}
	newRig(t, WithLogDir("a/b")).stop()
	list, _ := os.ReadDir("a/b")
	if len(list) != 2 || list[0].Name() != "genmeter.log" || list[1].Name() != "metrics.jsonl" {
		t.Errorf("WithLogDir made %v", list)
	}
	newRig(t, WithLogDir("c"), WithMetricHandlers(), WithLogHandlers()).stop()
	if _, err := os.Stat("c"); !os.IsNotExist(err) {
		t.Errorf("a folder without any use was made: %v", err)
	}
}
