package ingest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"

	"github.com/genmeter/genmeter/monitor"
)

// origin is the file that followed lines come from, as their ids name it. It depends on nothing that changes while the file
// grows or is renamed: where it is stored (device and inode), its first line, and how often it was begun anew or cut there.
// Lines from a cut on have another token than those that were there before it.
type origin struct{ parts []originPart }

type originPart struct {
	from  int64
	token string
}

// cutAt is where a file was cut, and the epoch of what was written there since.
type cutAt struct {
	At    int64 `json:"at"`
	Epoch int   `json:"epoch"`
}

func newOrigin(key fileKey, head mark, epoch int, cuts []cutAt) *origin {
	o := &origin{[]originPart{{0, originToken(key, head, epoch)}}}
	for _, c := range cuts {
		o.parts = append(o.parts, originPart{c.At, originToken(key, head, c.Epoch)})
	}
	return o
}

func originToken(key fileKey, head mark, epoch int) string {
	var b [36]byte
	binary.LittleEndian.PutUint64(b[0:], key.Dev)
	binary.LittleEndian.PutUint64(b[8:], key.Ino)
	binary.LittleEndian.PutUint64(b[16:], uint64(head.At))
	binary.LittleEndian.PutUint64(b[24:], head.Sum)
	binary.LittleEndian.PutUint32(b[32:], uint32(epoch))
	sum := sha256.Sum256(b[:])
	return "f-" + hex.EncodeToString(sum[:8]) + ":"
}

// name gives ev the id of the line that begins at that byte, unless it has one of its own. A nil origin leaves it alone.
func (o *origin) name(ev *monitor.Event, at int64) {
	if o == nil || ev.ID != "" {
		return
	}
	for i := len(o.parts) - 1; i >= 0; i-- {
		if p := o.parts[i]; at >= p.from {
			ev.ID = p.token + strconv.FormatInt(at, 10)
			return
		}
	}
}

// fileKey is where a file is stored. It outlives renaming, but not the file: the next one may get the same.
type fileKey struct{ Dev, Ino uint64 }
