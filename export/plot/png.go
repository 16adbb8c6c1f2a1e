package plot

import (
	"strings"

	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// pngCanvas shows that there is something where the font has no character; by itself the font leaves it blank. It keeps the
// ones of 11 apart: the font has them so close that they touch when they are pixels.
type pngCanvas struct{ vgimg.PngCanvas }

// FillString implements [vg.Canvas].
func (c pngCanvas) FillString(face font.Face, at vg.Point, text string) {
	if i := strings.Index(text, "11"); i >= 0 {
		c.FillString(face, at, text[:i+1])
		c.FillString(face, vg.Point{X: at.X + face.Width(text[:i+1]), Y: at.Y}, text[i+1:])
		return
	}
	var buf sfnt.Buffer
	c.PngCanvas.FillString(face, at, strings.Map(func(r rune) rune {
		if glyph, err := face.Face.GlyphIndex(&buf, r); err != nil || glyph == 0 {
			return '□'
		}
		return r
	}, text))
}
