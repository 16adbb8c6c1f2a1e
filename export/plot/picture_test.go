package plot

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/genmeter/genmeter/monitor"
)

// picture is an SVG taken apart: what a test can look at whatever the fonts are.
type picture struct {
	title, desc string
	texts       []written
	paths       []path
	width       float64
	bytes       int
}

type written struct {
	s          string
	x, y, size float64 // y grows upwards
	rotated    bool
}

type path struct {
	d, fill, stroke, dash string
	subpaths              int
}

func parse(t *testing.T, f Figure) picture {
	t.Helper()
	var out bytes.Buffer
	if err := Write(&out, f, SVG); err != nil {
		t.Fatal(err)
	}
	p := picture{bytes: out.Len()}
	d := xml.NewDecoder(&out)
	var into *string
	rotated := 0 // groups around this place, from the outermost that turns its content on
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return p
		}
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			attrs := make(map[string]string)
			for _, a := range tok.Attr {
				attrs[a.Name.Local] = a.Value
			}
			switch tok.Name.Local {
			case "svg":
				fmt.Sscanf(attrs["viewBox"], "0 0 %f", &p.width)
				if attrs["role"] != "img" {
					t.Errorf("%s has role %q; want img", f.Name, attrs["role"])
				}
			case "title":
				into = &p.title
			case "desc":
				into = &p.desc
			case "g":
				if rotated > 0 || strings.Contains(attrs["transform"], "rotate") {
					rotated++
				}
			case "text":
				x, _ := strconv.ParseFloat(attrs["x"], 64)
				y, _ := strconv.ParseFloat(attrs["y"], 64)
				_, px, _ := strings.Cut(attrs["style"], "font-size:")
				px, _, _ = strings.Cut(px, "px")
				size, _ := strconv.ParseFloat(px, 64)
				p.texts = append(p.texts, written{x: x, y: -y, size: size, rotated: rotated > 0})
				into = &p.texts[len(p.texts)-1].s
				if !strings.Contains(attrs["style"], "Liberation Sans,Arial") {
					t.Errorf("%s: a text of style %s", f.Name, attrs["style"])
				}
			case "path":
				p.paths = append(p.paths, newPath(attrs))
			case "image", "script", "use", "a":
				t.Errorf("%s has an element %s", f.Name, tok.Name.Local)
			}
		case xml.CharData:
			if into != nil {
				*into += string(tok)
			}
		case xml.EndElement:
			into = nil
			if tok.Name.Local == "g" && rotated > 0 {
				rotated--
			}
		}
	}
}

func newPath(attrs map[string]string) path {
	p := path{d: attrs["d"], subpaths: strings.Count(attrs["d"], "M")}
	for part := range strings.SplitSeq(attrs["style"], ";") {
		switch key, value, _ := strings.Cut(part, ":"); key {
		case "fill":
			p.fill = value
		case "stroke":
			p.stroke = value
		case "stroke-dasharray":
			p.dash = value
		}
	}
	return p
}

func (p picture) has(s string) bool { return p.at(s) != nil }

func (p picture) at(s string) *written {
	for i := range p.texts {
		if p.texts[i].s == s {
			return &p.texts[i]
		}
	}
	return nil
}

// stroked returns the lines of a colour that have more than one part of a grid or a legend.
func (p picture) stroked(ink string) (all []path) {
	for _, q := range p.paths {
		if q.stroke == ink && strings.Count(q.d, "L") > 1 {
			all = append(all, q)
		}
	}
	return all
}

// filled returns how many shapes there are of a colour, that of the legend included.
func (p picture) filled(ink string) (n int) {
	for _, q := range p.paths {
		if q.fill == ink {
			n += q.subpaths
		}
	}
	return n
}

// events is a source of them.
func events(list ...monitor.Event) monitor.Source {
	return func(yield func(monitor.Event, error) bool) {
		for _, ev := range list {
			if !yield(ev, nil) {
				return
			}
		}
	}
}

func figure(t *testing.T, src monitor.Source, name string) (Figure, picture) {
	t.Helper()
	f, err := FigureOf(src, name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return f, parse(t, f)
}

func metricPicture(t *testing.T, src monitor.Source, name string, o Options) picture {
	t.Helper()
	f, err := MetricFigure(src, name, o)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, f)
}

const (
	inkBlue, inkVermilion, inkSky = "#0072B2", "#D55E00", "#56B4E9"
)
