package web

import (
	"bytes"
	"sync"
	"time"

	"github.com/genmeter/genmeter/export/plot"
	"github.com/genmeter/genmeter/monitor"
)

// figureSize is that of the page's pictures in inches; the style sheet knows their ratio.
var figureSize = plot.Options{Width: 8, Height: 4.5}

// Pictures are drawn anew when somebody looks, after minFigureAge at the earliest and maxFigureAge at the latest, and in between
// after figureShare times as long as it took to draw them: those of a full ring take longer than those of a short run.
const (
	minFigureAge = 5 * time.Second
	maxFigureAge = time.Minute
	figureShare  = 50
)

// figures are the pictures of the page, which are drawn all together: the ring is read once.
type figures struct {
	mu      sync.Mutex
	drawn   []picture
	version int       // how often they were drawn
	due     time.Time // when they are to be drawn anew
}

// picture is one of them.
type picture struct {
	Name, Title, Description string
	svg                      []byte
	err                      error // why there is none
}

// list returns what pictures there are, and the version of them that get will give. To tell, it draws only as long as there
// are none.
func (f *figures) list(mon *monitor.Monitor) ([]picture, int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.drawn) == 0 {
		f.redraw(mon)
	}
	if time.Now().Before(f.due) {
		return f.drawn, f.version
	}
	return f.drawn, f.version + 1
}

// get returns the picture of that name as SVG; none when there is no data for it.
func (f *figures) get(mon *monitor.Monitor, name string) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.redraw(mon)
	for _, p := range f.drawn {
		if p.Name == name {
			return p.svg, p.err
		}
	}
	return nil, nil
}

// redraw draws what is due. The caller holds f.mu.
func (f *figures) redraw(mon *monitor.Monitor) {
	begun := time.Now()
	if begun.Before(f.due) {
		return
	}
	all, _ := plot.All(mon.Snapshot(0), figureSize) // a snapshot has no errors
	f.drawn = nil
	for _, fig := range all {
		var svg bytes.Buffer
		err := plot.Write(&svg, fig, plot.SVG)
		f.drawn = append(f.drawn, picture{fig.Name, fig.Title, fig.Description, svg.Bytes(), err})
	}
	f.version++
	f.due = time.Now().Add(min(max(minFigureAge, figureShare*time.Since(begun)), maxFigureAge))
}
