package plot

import (
	"bytes"
	"errors"
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Write writes a picture to w: nothing of it when it cannot be drawn. The same picture gives the same bytes.
func Write(w io.Writer, f Figure, format Format) error {
	picture, err := encode(f, format)
	if err != nil {
		return err
	}
	_, err = w.Write(picture)
	return err
}

func encode(f Figure, format Format) ([]byte, error) {
	if f.Plot == nil {
		return nil, errors.New("a figure without a plot: want one of plot.All, plot.MetricFigure or a plot of your own")
	}
	size := Options{Width: f.Width, Height: f.Height, DPI: f.DPI}.withDefaults(setHeight)
	width, height := vg.Length(size.Width)*vg.Inch, vg.Length(size.Height)*vg.Inch
	var out bytes.Buffer
	var err error
	switch format {
	case PNG:
		c := pngCanvas{vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(size.DPI))}}
		f.draw(c, size)
		_, err = c.WriteTo(&out)
	case SVG:
		c := &svgCanvas{Canvas: vgsvg.New(width, height)}
		f.draw(c, size)
		if _, err = c.WriteTo(&out); err == nil {
			return describeSVG(fitTexts(out.Bytes(), c.widths), f), nil
		}
	case PDF:
		c := pdfCanvas{vgpdf.New(width, height)}
		f.draw(c, size)
		if _, err = c.WriteTo(&out); err == nil {
			return timelessPDF(out.Bytes()), nil
		}
	default:
		return nil, unknownFormat(format.String())
	}
	if err != nil {
		return nil, fmt.Errorf("%s as %s: %w", f.Name, format, err)
	}
	return out.Bytes(), nil
}

// draw draws the figure on white with a margin around it.
func (f Figure) draw(canvas vg.CanvasSizer, size Options) {
	c := draw.New(canvas)
	c.SetColor(color.White)
	c.Fill(c.Path())
	m := margin(size)
	f.Plot.Draw(draw.Crop(c, m, -m, m, -m))
}
