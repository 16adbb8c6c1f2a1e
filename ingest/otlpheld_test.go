package ingest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// heldBody is a body of one span or log record of a trace that is ten seconds long, or a moment at which time is up.
type heldBody struct {
	what             string // "agent", "call", "plain" or "log"; "flush" for the moment
	id, parent       int
	from, to, tokens int // seconds of the trace
}

var heldNow = time.Now().Truncate(time.Second)

func (b heldBody) send(o *OTLPIntake) error {
	at := func(second int) int64 { return heldNow.Add(time.Duration(second-10) * time.Second).UnixNano() }
	attr := func(key, value string) string { return `{"key":"` + key + `","value":` + value + `}` }
	operation := map[string]string{"agent": "invoke_agent", "call": "chat", "log": "chat", "plain": "none"}[b.what]
	attrs := `"attributes":[` + attr("gen_ai.operation.name", `{"stringValue":"`+operation+`"}`)
	if b.tokens > 0 {
		attrs += "," + attr("gen_ai.usage.input_tokens", fmt.Sprintf(`{"intValue":%d}`, b.tokens))
	}
	attrs += "]"
	ids := fmt.Sprintf(`"traceId":"%032x","spanId":"%016x"`, 1, b.id)
	if b.parent > 0 {
		ids += fmt.Sprintf(`,"parentSpanId":"%016x"`, b.parent)
	}
	ctx := context.Background()
	var err error
	switch b.what {
	case "flush":
		return o.Flush(ctx, heldNow.Add(DefaultOTLPHold))
	case "log":
		_, _, err = o.Logs(ctx, heldNow, fmt.Appendf(nil, `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{%s,"timeUnixNano":%d,%s}]}]}]}`,
			ids, at(b.to), attrs), OTLPJSON)
	default:
		_, _, err = o.Traces(ctx, heldNow, fmt.Appendf(nil, `{"resourceSpans":[{"scopeSpans":[{"spans":[{%s,"startTimeUnixNano":%d,"endTimeUnixNano":%d,%s}]}]}]}`,
			ids, at(b.from), at(b.to), attrs), OTLPJSON)
	}
	return err
}

// heldDisk is what is on the disk of a process when it is killed: a journal, and what is held.
type heldDisk struct {
	t       *testing.T
	dir     string
	journal []monitor.Event
	deaths  []heldDeath // one for each moment that was looked at
	sent    int         // bodies that were answered
	fail    error
}

type heldDeath struct {
	sent    int
	journal []monitor.Event
	file    []byte
}

func (d *heldDisk) die() {
	now := heldDeath{d.sent, slices.Clone(d.journal), d.file()}
	if n := len(d.deaths); n > 0 && d.deaths[n-1].sent == now.sent && len(d.deaths[n-1].journal) == len(now.journal) &&
		bytes.Equal(d.deaths[n-1].file, now.file) {
		return
	}
	d.deaths = append(d.deaths, now)
}

func (d *heldDisk) file() []byte {
	text, err := os.ReadFile(filepath.Join(d.dir, otlpHeldFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.t.Fatal(err)
	}
	return text
}

// Append makes heldDisk a Journal.
func (d *heldDisk) Append(_ context.Context, events []monitor.Event) error {
	if d.fail != nil {
		return d.fail
	}
	d.die()
	d.journal = append(d.journal, slices.Clone(events)...)
	d.die()
	return nil
}

// start starts a process on the disk.
func (d *heldDisk) start() *OTLPIntake {
	d.t.Helper()
	held, err := OpenOTLPHeld(d.dir)
	if err != nil || len(held.Problems) > 0 {
		d.t.Fatal(err, held)
	}
	ids := NewIDWindow(0)
	for i := range d.journal {
		held.Seen(&d.journal[i])
		ids.Add(&d.journal[i])
	}
	mon, err := monitor.New(nil, monitor.WithRingSize(256)) // many are made
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = mon.Shutdown(context.Background()) })
	o := NewOTLPIntake(NewIntake(mon, d, ids), OTLPOptions{})
	o.KeepIn(held, heldNow)
	return o
}

// tokens returns what the run used.
func (d *heldDisk) tokens() (n int) {
	for i := range d.journal {
		n += int(d.journal[i].PromptTokens)
	}
	return n
}

// after returns the disk of a process that died so.
func (d heldDeath) after(t *testing.T) *heldDisk {
	disk := &heldDisk{t: t, dir: t.TempDir(), journal: slices.Clone(d.journal), sent: d.sent}
	if d.file != nil {
		if err := os.WriteFile(filepath.Join(disk.dir, otlpHeldFile), d.file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return disk
}

// finish sends bodies, ends the process, and returns what the run used.
func (d *heldDisk) finish(o *OTLPIntake, bodies ...heldBody) int {
	d.t.Helper()
	for _, b := range bodies {
		if err := b.send(o); err != nil {
			d.t.Fatal(err)
		}
	}
	if err := o.Drain(d.t.Context()); err != nil {
		d.t.Error(err)
	}
	if f := d.file(); f != nil {
		d.t.Errorf("left at the end: %s", f)
	}
	return d.tokens()
}

// TestOTLPHeldKilled: whenever a process is killed, the next one counts what was acknowledged, once: whether the sender sends
// again what was not, goes on with the rest, or is gone.
func TestOTLPHeldKilled(t *testing.T) {
	agent := heldBody{"agent", 1, 0, 0, 10, 30}
	flush := heldBody{what: "flush"}
	for name, test := range map[string]struct {
		bodies []heldBody
		want   []int // tokens after so many bodies
	}{
		"an agent alone":        {[]heldBody{agent, flush, agent}, []int{0, 30, 30, 30}},
		"its call comes":        {[]heldBody{agent, {"call", 2, 1, 1, 2, 10}, flush}, []int{0, 30, 10, 10}},
		"two calls":             {[]heldBody{agent, {"call", 2, 1, 1, 2, 10}, {"call", 3, 1, 2, 3, 5}}, []int{0, 30, 10, 15}},
		"a call without usage":  {[]heldBody{agent, {"call", 2, 1, 1, 2, 0}, flush}, []int{0, 30, 30, 30}},
		"its call came":         {[]heldBody{{"call", 2, 1, 1, 2, 10}, agent, flush}, []int{0, 10, 10, 10}},
		"a span between":        {[]heldBody{agent, {"plain", 2, 1, 1, 9, 0}, {"call", 3, 2, 1, 2, 10}}, []int{0, 30, 30, 10}},
		"the way up is broken":  {[]heldBody{{"call", 3, 2, 1, 2, 10}, agent, agent}, []int{0, 10, 10, 10}},
		"agents in agents":      {[]heldBody{agent, {"agent", 2, 1, 1, 9, 20}, {"agent", 3, 2, 2, 8, 7}, {"call", 4, 3, 3, 4, 6}}, []int{0, 30, 20, 7, 6}},
		"agents around agents":  {[]heldBody{{"agent", 3, 2, 2, 8, 7}, {"agent", 2, 1, 1, 9, 20}, agent, {"call", 4, 3, 3, 4, 6}}, []int{0, 7, 7, 7, 6}},
		"a log, then its span":  {[]heldBody{{"log", 2, 1, 0, 2, 10}, {"call", 2, 1, 1, 2, 10}, flush}, []int{0, 10, 10, 10}},
		"logs, then their span": {[]heldBody{{"log", 2, 1, 0, 2, 4}, {"log", 2, 1, 0, 3, 6}, {"call", 2, 1, 1, 4, 12}}, []int{0, 4, 10, 12}},
		"logs alone":            {[]heldBody{{"log", 2, 1, 0, 2, 4}, {"log", 2, 1, 0, 3, 6}, flush}, []int{0, 4, 10, 10}},
		"a log in an agent":     {[]heldBody{agent, {"log", 2, 1, 0, 3, 6}, flush}, []int{0, 30, 6, 6}},
		"around a call":         {[]heldBody{{"call", 3, 2, 1, 2, 0}, {"call", 2, 0, 0, 3, 9}, flush}, []int{0, 0, 9, 9}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk := &heldDisk{t: t, dir: t.TempDir()}
			o := disk.start()
			for _, b := range test.bodies {
				disk.die()
				if err := b.send(o); err != nil {
					t.Fatal(err)
				}
				disk.sent++
				disk.die()
			}
			if got := disk.finish(o); got != test.want[len(test.bodies)] {
				t.Errorf("nobody died: %d tokens, want %d", got, test.want[len(test.bodies)])
			}
			for i, death := range disk.deaths {
				k := death.sent
				d := death.after(t)
				if got := d.finish(d.start()); got != test.want[k] && got != test.want[min(k+1, len(test.bodies))] {
					t.Errorf("death %d, after body %d: %d tokens, want %d", i, k, got, test.want[k])
				}
				for end := min(k+1, len(test.bodies)); end <= len(test.bodies); end++ {
					d := death.after(t)
					if got := d.finish(d.start(), test.bodies[k:end]...); got != test.want[end] {
						t.Errorf("death %d, bodies %d to %d sent to the next: %d tokens, want %d", i, k, end, got, test.want[end])
					}
				}
			}
		})
	}
}

// TestOTLPHeldBesideACall: what is held goes on to count beside the call of another agent of its time, whose place a new process
// does not know.
func TestOTLPHeldBesideACall(t *testing.T) {
	disk := &heldDisk{t: t, dir: t.TempDir()}
	o := disk.start()
	for _, b := range []heldBody{{"plain", 9, 0, 0, 10, 0}, {"agent", 3, 9, 0, 10, 5}, {"agent", 1, 9, 0, 10, 30}, {"plain", 9, 0, 0, 10, 0}, {"call", 4, 3, 1, 2, 5}} {
		if err := b.send(o); err != nil {
			t.Fatal(err)
		}
	}
	disk.die()
	if got := disk.finish(o); got != 35 {
		t.Errorf("nobody died: %d tokens", got)
	}
	d := disk.deaths[len(disk.deaths)-2].after(t)
	if got := d.finish(d.start()); got != 35 {
		t.Errorf("killed: %d tokens", got)
	}
}

// TestOTLPHeldDisk: a body whose usage the disk does not take is refused, and counts once when it is sent again; one that
// changes nothing of what is held does not touch the file. What is on disk is its owner's alone.
func TestOTLPHeldDisk(t *testing.T) {
	disk := &heldDisk{t: t, dir: t.TempDir()}
	name := filepath.Join(disk.dir, otlpHeldFile)
	o := disk.start()
	agent, other := heldBody{"agent", 1, 0, 0, 10, 30}, heldBody{"call", 7, 0, 0, 1, 1}
	if err := other.send(o); err != nil || disk.file() != nil {
		t.Errorf("a call alone: %v, %s", err, disk.file())
	}
	if err := os.Mkdir(name+".tmp", 0o700); err != nil { // no file can be written
		t.Fatal(err)
	}
	for range 2 {
		if err := agent.send(o); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error %v", err)
		}
	}
	if len(disk.journal) != 1 {
		t.Errorf("%+v", disk.journal)
	}
	if err := os.Remove(name + ".tmp"); err != nil {
		t.Fatal(err)
	}
	if err := agent.send(o); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
		t.Errorf("%v, %v", info, err)
	}
	disk.fail = errors.New("disk full")
	if err := (heldBody{what: "flush"}).send(o); err != disk.fail {
		t.Errorf("error %v", err)
	}
	disk.fail = nil
	killed := &heldDisk{t: t, dir: disk.dir, journal: slices.Clone(disk.journal)}
	if got := killed.finish(killed.start()); got != 31 {
		t.Errorf("%d tokens", got)
	}
	if got := disk.finish(o); got != 31 {
		t.Errorf("%d tokens without a kill", got)
	}
}

// TestOTLPHeldDamaged: a line that is damaged is told of, and costs itself.
func TestOTLPHeldDamaged(t *testing.T) {
	disk := &heldDisk{t: t, dir: t.TempDir()}
	if err := (heldBody{"agent", 1, 0, 0, 10, 30}).send(disk.start()); err != nil {
		t.Fatal(err)
	}
	good := disk.file()
	for _, bad := range []string{
		"\x00\x00", "{", "[]", "{}", `{"event":{"event":"usage","id":"x","prompt_tokens":1}}`, `{"event":{"event":"usage","prompt_tokens":1}}`,
		strings.Replace(string(good[:len(good)-1]), `"start"`, `"parent":"xy","start"`, 1), string(good[:len(good)/2]),
	} {
		name := filepath.Join(disk.dir, otlpHeldFile)
		if err := os.WriteFile(name, append([]byte(bad+"\n"), good...), 0o600); err != nil {
			t.Fatal(err)
		}
		held, err := OpenOTLPHeld(disk.dir)
		if err != nil || held.Len() != 1 || len(held.Problems) != 1 || !strings.HasPrefix(held.Problems[0].Error(), name+":1: found ") {
			t.Errorf("%s: %v, %+v", bad, err, held)
		}
	}
}
