package plot

import (
	"fmt"
	"slices"
	"strings"
)

// Format is a format of pictures. Its zero value is none.
type Format uint8

// The formats.
const (
	PNG Format = iota + 1 // pixels: Options.DPI an inch
	SVG                   // for web pages: small, text stays text
	PDF                   // for papers
)

var formatNames = [...]string{"", "png", "svg", "pdf"}

// String returns the name that [ParseFormat] takes, which is also the ending of files.
func (f Format) String() string {
	if f == 0 || int(f) >= len(formatNames) {
		return fmt.Sprintf("format %d", uint8(f))
	}
	return formatNames[f]
}

// ParseFormat returns the format of that name, which is png, svg or pdf.
func ParseFormat(name string) (Format, error) {
	if i := slices.Index(formatNames[1:], name); i >= 0 {
		return Format(i + 1), nil
	}
	return 0, unknownFormat(name)
}

func unknownFormat(name string) error {
	return fmt.Errorf("unknown format %q: want %s", name, strings.Join(formatNames[1:], ", "))
}
