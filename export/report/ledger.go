package report

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of the rows of one table, those that the monitor has for its labels. What is past them is in the row "other", so
// that sums stay exact. While a run is read more models are told apart: a report has the largest of them.
const (
	maxModels     = 200
	maxModelsRead = 10_000
	maxSteps      = 50
	maxEvaluators = 50
	maxScores     = 50
	maxMetrics    = 50
	maxReasons    = 50
)

const (
	nameUnknown = "unknown"
	nameOther   = "other"
)

// ledger keeps a row for each of the first names that occur, and one for all others.
type ledger[T any] struct {
	empty string // the name of ""
	limit int    // of rows, beside those of empty and "other"
	used  int
	rows  map[string]*T

	last    string // events come in runs of one name: a comparison spares a look-up
	lastRow *T
}

func newLedger[T any](empty string, limit int) *ledger[T] {
	return &ledger[T]{empty: empty, limit: limit, rows: make(map[string]*T)}
}

// of returns the row of a name, making it when needed.
func (l *ledger[T]) of(name string) *T {
	if name == l.last && l.lastRow != nil {
		return l.lastRow
	}
	key := cmp.Or(name, l.empty)
	row := l.rows[key]
	if row == nil {
		if !utf8.ValidString(key) {
			return l.of(strings.ToValidUTF8(key, "\uFFFD"))
		}
		if free := key == l.empty || key == nameOther; !free {
			if l.used == l.limit {
				return l.of(nameOther)
			}
			l.used++
		}
		row = new(T)
		l.rows[strings.Clone(key)] = row // a name may be a slice of something big
	}
	l.last, l.lastRow = name, row
	return row
}

// names returns the names of the rows, sorted.
func (l *ledger[T]) names() []string {
	names := make([]string, 0, len(l.rows))
	for name := range l.rows {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
