package export

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fileNames gives metrics names of files that are safe on Linux, macOS and Windows, and different on each. The same names in
// the same order give the same files.
type fileNames struct {
	prefix, suffix string
	taken          taken
}

// maxFileName is the length in bytes that every usual file system has room for.
const maxFileName = 255

func newFileNames(prefix, suffix string) *fileNames {
	return &fileNames{prefix, suffix, make(taken)}
}

// pick returns prefix + a readable form of name + suffix.
func (f *fileNames) pick(name string) string {
	room := max(maxFileName-len(f.prefix)-len(f.suffix), 32)
	base := safeName(name)
	if len(base) > room {
		sum := sha256.Sum256([]byte(name))
		mark := "~" + hex.EncodeToString(sum[:6]) // the same whatever else there is
		base = cutBytes(base, room-len(mark)) + mark
	}
	return f.prefix + f.taken.pick(base, func(mark string) string { return cutBytes(base, room-len(mark)) + mark }) + f.suffix
}

// taken counts the names in use, folded, by how many have asked for each.
type taken map[string]int

// pick returns name, or numbered with a mark ~2, ~3, … when it is in use.
func (t taken) pick(name string, numbered func(mark string) string) string {
	key := folded(name)
	free := name
	for n := t[key] + 1; t[folded(free)] > 0; n++ {
		free = numbered("~" + strconv.Itoa(n))
		t[key] = n
	}
	t[folded(free)] = max(t[folded(free)], 1)
	return free
}

// safeName replaces what some file system or shell would trip over: separators, what Windows forbids, controls, and marks
// that cannot be seen. It is never empty and never a device of Windows.
func safeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*`, r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(name, "\uFFFD")))
	if trimmed := strings.TrimRight(name, ". "); len(trimmed) < len(name) {
		name = trimmed + strings.Repeat("_", len(name)-len(trimmed))
	}
	if trimmed := strings.TrimLeft(name, " "); len(trimmed) < len(name) {
		name = strings.Repeat("_", len(name)-len(trimmed)) + trimmed
	}
	if name == "" || device(name) {
		name += "_"
	}
	return name
}

// device reports whether Windows would take a file of this name, whatever its extension, for a device.
func device(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	switch base = strings.ToUpper(strings.TrimRight(base, " ")); base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	digit, ok := strings.CutPrefix(base, "COM")
	if !ok {
		digit, ok = strings.CutPrefix(base, "LPT")
	}
	return ok && utf8.RuneCountInString(digit) == 1 && strings.ContainsAny(digit, "0123456789¹²³")
}

// folded is the same for names that a file system may take for one: it knows no case, and no way to compose characters.
func folded(name string) string { return norm.NFD.String(fold(norm.NFD.String(name))) }

// cutBytes returns at most n bytes of s, whole characters.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// sheetNames gives metrics names of sheets by Excel's rules.
type sheetNames struct{ taken taken }

// maxSheetName is in units of UTF-16.
const maxSheetName = 31

func newSheetNames() *sheetNames {
	return &sheetNames{taken{folded("History"): 1}} // Excel's own
}

// pick returns a readable form of name that no other sheet has.
func (s *sheetNames) pick(name string) string {
	base := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || !unicode.IsPrint(r) {
			return '_'
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(name, "\uFFFD")))
	if base == "" {
		base = "_"
	}
	return s.taken.pick(cutUnits(base, maxSheetName), func(mark string) string {
		return cutUnits(base, maxSheetName-len(mark)) + mark
	})
}

// cutUnits returns at most n units of UTF-16 of s, whole characters.
func cutUnits(s string, n int) string {
	for i, r := range s {
		if n -= utf16.RuneLen(r); n < 0 {
			return s[:i]
		}
	}
	return s
}
