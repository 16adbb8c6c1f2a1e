package plot

import (
	"regexp"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgpdf"
)

// pdfCanvas mends what vgpdf does with text: it takes any for Windows-1252, and does not find the bold fonts that it has put
// in. All text is in the regular font: that halves the file, and two fonts would stand in it in a random order.
type pdfCanvas struct{ *vgpdf.Canvas }

// FillString implements [vg.Canvas].
func (c pdfCanvas) FillString(face font.Face, at vg.Point, text string) {
	if face.Font.Weight == xfont.WeightBold {
		regular := face.Font
		regular.Weight = xfont.WeightNormal
		face = fonts.Lookup(regular, regular.Size)
	}
	c.Canvas.FillString(face, at, windows1252(text))
}

// above127 are the characters from 0x80 to 0x9f of Windows-1252; those from 0xa0 on are those of Unicode.
var above127 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

// windows1252 returns a text in the one encoding that the PDF's fonts have; "?" stands for what it has not.
func windows1252(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r < 0x80 || r >= 0xa0 && r <= 0xff:
			out.WriteByte(byte(r))
		case r == '−':
			out.WriteByte(0x96) // the dash that numbers below zero have in print
		default:
			b := byte('?')
			for i, known := range above127 {
				if r == known {
					b = byte(0x80 + i)
				}
			}
			out.WriteByte(b)
		}
	}
	return out.String()
}

var pdfDate = regexp.MustCompile(`/(CreationDate|ModDate) ?\(D:\d{14}`)

// timelessPDF puts the start of 1970 where the time of writing stands, so that the same picture gives the same bytes.
func timelessPDF(pdf []byte) []byte {
	return pdfDate.ReplaceAllFunc(pdf, func(date []byte) []byte {
		return append(date[:len(date)-14:len(date)-14], "19700101000000"...)
	})
}
