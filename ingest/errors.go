package ingest

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// LineError tells of a line, or of a value on a line, that could not be taken. More events follow it.
type LineError struct {
	File   string // empty for the body of a request
	Line   int    // counted from 1
	Column int    // in bytes, counted from 1; 0 when it is about the whole line
	Key    string // the key of the value; empty when it is about the line
	Reason string // one of monitor's Reason… constants, for CountRejected

	Found    string // what stands there, cut short and quoted
	Expected string // what would have been taken

	Lost      bool // the whole line is skipped; otherwise the event was given, without the value
	Truncated bool // the line ends too early, as the last line of a program that was killed does
}

// Error returns one sentence with file, line, what was found and what was expected.
func (e *LineError) Error() string {
	var b strings.Builder
	if e.File == "" {
		b.WriteString("line ")
	} else {
		b.WriteString(visible(e.File) + ":")
	}
	b.WriteString(strconv.Itoa(e.Line))
	if e.Column > 0 {
		b.WriteString(":" + strconv.Itoa(e.Column))
	}
	b.WriteString(": ")
	if e.Key != "" {
		b.WriteString(visible(e.Key) + ": ")
	}
	b.WriteString("found " + e.Found + ", expected " + e.Expected)
	switch {
	case e.Truncated:
		b.WriteString("; the line is cut off and skipped")
	case e.Lost && e.Key == "value":
		b.WriteString("; the sample is left out")
	case e.Lost:
		b.WriteString("; the line is skipped")
	default:
		b.WriteString("; the value is left out")
	}
	return b.String()
}

// FileError tells of a whole file or folder that gave nothing, or no more: it is missing, empty, or not what is read
// here. What other files hold follows it.
type FileError struct {
	File     string
	Found    string // what it looks like; empty when Err says what is wrong
	Expected string
	Lines    int   // lines that were read and belong to no format, each a refused one
	Err      error // of the file system, such as fs.ErrNotExist
}

// Error returns one sentence with the file, what was found and what was expected.
func (e *FileError) Error() string {
	s := visible(e.File) + ": "
	if e.Err != nil {
		return s + e.Err.Error()
	}
	return s + "found " + e.Found + ", expected " + e.Expected
}

// visible is a name as it may be shown at a terminal: whoever makes a file chooses what stands there.
func visible(name string) string {
	if utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return name
	}
	quoted := strconv.Quote(name)
	return quoted[1 : len(quoted)-1]
}

// Unwrap returns Err.
func (e *FileError) Unwrap() error { return e.Err }
