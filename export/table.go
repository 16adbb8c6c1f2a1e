package export

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/genmeter/genmeter/monitor"
)

// table is the samples of one metric.
type table struct {
	name        string
	rows        int64
	first, last time.Time // zero when no sample has a time
	whole, own  average   // of samples of calls, evaluations and records, and of the caller's own
	columns     columns
	group       *spoolGroup
}

// add takes s into account.
func (t *table) add(s *sample) {
	t.rows++
	if s.own {
		t.own.add(s.Value)
	} else {
		t.whole.add(s.Value)
	}
	if s.Time.IsZero() {
		return
	}
	if t.first.IsZero() || s.Time.Before(t.first) {
		t.first = s.Time
	}
	if s.Time.After(t.last) {
		t.last = s.Time
	}
}

// mean is that of the metric as a monitor has it: where calls, evaluations or records have such samples, the caller's own of
// that name do not count. It is false without finite values.
func (t *table) mean() (mean float64, ok bool) {
	a := &t.whole
	if a.n == 0 {
		a = &t.own
	}
	return a.mean(), a.n > 0
}

// tables are the samples of a source by metric.
type tables struct {
	spool  *spool
	byName map[string]*table // by the name as a sample has it; nil for those not wanted
	names  map[string]*table // by the name mended
	wanted []string          // empty for all
	record func(b []byte, t *table, s *sample) []byte
}

// tabulate reads src once. What record appends to its slice for each sample is kept by metric, and f gets the tables in the
// order of their names. They are gone when it returns.
func tabulate(ctx context.Context, src monitor.Source, c *config, record func([]byte, *table, *sample) []byte, f func(*tables, []*table) error) error {
	ts := &tables{
		spool: newSpool(), byName: make(map[string]*table), names: make(map[string]*table),
		wanted: c.metrics, record: record,
	}
	defer ts.close()
	if err := ts.fill(ctx, src); err != nil {
		return err
	}
	all, err := ts.sorted()
	if err != nil {
		return err
	}
	return f(ts, all)
}

func (ts *tables) fill(ctx context.Context, src monitor.Source) error {
	var s sample
	var first bool
	var err error
	each := func(m monitor.Metric) bool {
		s.set(m, first)
		first = false
		err = ts.add(&s)
		return err == nil
	}
	return eachEvent(ctx, src, func(ev *monitor.Event) error {
		first, s.own = true, ev.Kind == monitor.KindMetric
		ev.Metrics(each)
		return err
	})
}

func (ts *tables) add(s *sample) error {
	t, known := ts.byName[s.Name]
	if !known {
		t = ts.begin(s.Name)
	}
	if t == nil {
		return nil
	}
	t.add(s)
	buf := ts.record(t.group.buf, t, s)
	s.fresh = false
	return ts.spool.set(t.group, buf)
}

// begin returns the table for a name that comes for the first time. Names that differ in what is not UTF-8 have one.
func (ts *tables) begin(name string) *table {
	mended := strings.ToValidUTF8(name, "\uFFFD")
	if len(ts.wanted) > 0 && !slices.Contains(ts.wanted, mended) {
		ts.byName[strings.Clone(name)] = nil
		return nil
	}
	t := ts.names[mended]
	if t == nil {
		t = &table{name: strings.Clone(mended), group: ts.spool.group()}
		ts.names[t.name] = t
	}
	ts.byName[strings.Clone(name)] = t
	return t
}

// sorted returns the tables in the order of their names, or an error when there are none or not those wanted.
func (ts *tables) sorted() ([]*table, error) {
	for _, name := range ts.wanted {
		if ts.names[name] == nil {
			return nil, unknownMetric(name, ts.known())
		}
	}
	all := make([]*table, 0, len(ts.names))
	for _, t := range ts.names {
		all = append(all, t)
	}
	if len(all) == 0 {
		return nil, ErrNoEvents
	}
	slices.SortFunc(all, func(a, b *table) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

// known returns the names of all metrics of the source.
func (ts *tables) known() []string {
	names := make([]string, 0, len(ts.byName))
	for name := range ts.byName {
		names = append(names, strings.ToValidUTF8(name, "\uFFFD"))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// read calls f with the records of t, in order, in chunks of whole ones.
func (ts *tables) read(ctx context.Context, t *table, f func(chunk []byte) error) error {
	return ts.spool.read(ctx, t.group, f)
}

func (ts *tables) close() { ts.spool.close() }
