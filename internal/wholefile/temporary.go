package wholefile

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// temporaryName returns a name beside path that says what it is.
func temporaryName(path string) string {
	dir, base := filepath.Split(path)
	return fmt.Sprintf("%s.%s.%016x.genmeter-part", dir, strings.ToValidUTF8(base[:min(len(base), 200)], ""), rand.Uint64())
}

var temporaryNames = regexp.MustCompile(`^\..+\.[0-9a-f]{16}\.genmeter-part$`)

// staleAge is how long nobody has written to a temporary file before it counts as left behind. Neither a process id nor a
// lock tells that as surely: the directory may be shared with other containers and hosts.
const staleAge = 24 * time.Hour

// clearStale removes from dir what writers that were killed have left: temporary files that nobody has written to for
// staleAge. Was one of them still wanted, by a [Set] that takes days, then its Commit fails, and nothing half appears. It is no
// failure when it cannot remove them.
func clearStale(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !temporaryNames.MatchString(e.Name()) {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > staleAge {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
