package plot

import (
	"image/color"

	"gonum.org/v1/plot/vg"
)

// Colours that people who see colours differently can tell apart: those of Okabe and Ito without the yellow, which is too
// pale for a line on white. Lines differ by their dashes too.
var (
	blue      = rgb(0x0072b2)
	vermilion = rgb(0xd55e00)
	green     = rgb(0x009e73)
	purple    = rgb(0xcc79a7)
	sky       = rgb(0x56b4e9)
	orange    = rgb(0xe69f00)
	grey      = rgb(0x8a8a8a)
	ink       = rgb(0x222222)
	faintInk  = rgb(0x5a5a5a)
	gridInk   = rgb(0xe4e4e4)

	palette = [...]color.NRGBA{blue, vermilion, green, purple, sky, orange}

	// heat goes from little to much, and gets darker all the way.
	heat = [...]color.NRGBA{
		rgb(0xd6e6f4), rgb(0xabd0e6), rgb(0x6aaed6), rgb(0x3787c0), rgb(0x105ba4), rgb(0x08306b),
	}
)

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

func faint(c color.NRGBA, alpha uint8) color.NRGBA {
	c.A = alpha
	return c
}

// dashes returns the pattern of the i-th line, in units of its width; the first is solid.
func dashes(i int, width vg.Length) []vg.Length {
	patterns := [...][]vg.Length{nil, {5, 2}, {1.5, 1.5}, {7, 2, 1.5, 2}, {3, 2}, {9, 2, 1.5, 2, 1.5, 2}}
	var lengths []vg.Length
	for _, l := range patterns[i%len(patterns)] {
		lengths = append(lengths, l*width)
	}
	return lengths
}
