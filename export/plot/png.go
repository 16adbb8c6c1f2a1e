package plot

import (
	"strings"

	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// pngCanvas shows that there is something where the font has no character; by itself the font leaves it blank.
type pngCanvas struct{ vgimg.PngCanvas }

// FillString implements [vg.Canvas].
func (c pngCanvas) FillString(face font.Face, at vg.Point, text string) {
	var buf sfnt.Buffer
	c.PngCanvas.FillString(face, at, strings.Map(func(r rune) rune {
		if glyph, err := face.Face.GlyphIndex(&buf, r); err != nil || glyph == 0 {
			return '□'
		}
		return r
	}, text))
}
