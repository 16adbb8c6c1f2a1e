package plot

import (
	"bytes"
	"errors"
	"image/png"
	"io"
	"strings"
	"testing"
	"time"
)

func TestFormats(t *testing.T) {
	for i, name := range []string{"png", "svg", "pdf"} {
		f, err := ParseFormat(name)
		if err != nil || f != Format(i+1) || f.String() != name {
			t.Errorf("ParseFormat(%q) = %v, %v", name, f, err)
		}
	}
	for _, name := range []string{"", "jpg", "PNG"} {
		if f, err := ParseFormat(name); err == nil || !strings.HasSuffix(err.Error(), "want png, svg, pdf") || f != 0 {
			t.Errorf("ParseFormat(%q) = %v, %v", name, f, err)
		}
	}
	if err := Write(io.Discard, Figure{Plot: newChart(Options{}, "").plot}, 9); err == nil || err.Error() != `unknown format "format 9": want png, svg, pdf` {
		t.Errorf("%v", err)
	}
	if err := Write(io.Discard, Figure{}, PNG); err == nil {
		t.Error("a figure without a plot is written")
	}
}

// TestWriteIsTheSameEachTime: a picture in each format begins as it should, and two of the same events are the same bytes.
func TestWriteIsTheSameEachTime(t *testing.T) {
	for format, begins := range map[Format]string{PNG: "\x89PNG\r\n\x1a\n", SVG: "<?xml", PDF: "%PDF-1."} {
		for i := range len(Names()) {
			var out [2]bytes.Buffer
			for j := range out {
				figures, err := All(synthetic(300, 12, time.Hour, time.Hour, 0), Options{Width: 6, Height: 4})
				if err != nil {
					t.Fatal(err)
				}
				if err := Write(&out[j], figures[i], format); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.HasPrefix(out[0].Bytes(), []byte(begins)) {
				t.Errorf("%v begins with %q; want %q", format, out[0].Bytes()[:8], begins)
			}
			if !bytes.Equal(out[0].Bytes(), out[1].Bytes()) {
				t.Errorf("%v of %s differs from one time to the next", format, Names()[i])
			}
			if format != SVG {
				break // one is enough: they take long
			}
		}
	}
}

func TestPixels(t *testing.T) {
	for _, test := range []struct {
		o             Options
		width, height int
	}{
		{Options{}, 1200, 800}, {Options{Width: 6, Height: 4}, 600, 400}, {Options{DPI: 50}, 600, 400},
		{Options{Width: -3, Height: 1000, DPI: 1}, 20, 1000},
	} {
		f, err := MetricFigure(timed(1, 2), "generation_time", test.o)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := Write(&out, f, PNG); err != nil {
			t.Fatal(err)
		}
		c, err := png.DecodeConfig(&out)
		if err != nil || c.Width != test.width || c.Height != test.height {
			t.Errorf("%+v: %d × %d, %v; want %d × %d", test.o, c.Width, c.Height, err, test.width, test.height)
		}
	}
}

// TestSmallSVG: pictures of many events are small, those with most dots too.
func TestSmallSVG(t *testing.T) {
	for _, n := range []int{2000, 100_000} {
		src := synthetic(n, 12, 9*time.Hour, 5*time.Hour, 40*time.Minute)
		figures, err := All(src, Options{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := MetricFigure(src, "generation_time", Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range append(figures, f) {
			if p := parse(t, f); p.bytes > 300_000 {
				t.Errorf("%s of %d events has %d bytes", f.Name, n, p.bytes)
			}
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestWriteTellsOfFailure(t *testing.T) {
	f, err := MetricFigure(timed(1, 2), "generation_time", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(failing{}, f, SVG); err == nil || err.Error() != "no room" {
		t.Errorf("%v; want the writer's", err)
	}
}
