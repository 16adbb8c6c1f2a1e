package journal

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// faultDisk is a real folder that fails when it is told to, and knows what would be left of it after a power failure.
type faultDisk struct {
	disk
	fail func(op string) error // nil for never
	gate chan struct{}         // when not nil, a sync waits for it

	mu      sync.Mutex
	rnd     *rand.Rand
	syncs   int
	durable map[string][]byte // contents of files whose name is durable, as last synced
	files   map[string]*faultFile
}

func newFaultDisk(fail func(op string) error) *faultDisk {
	return &faultDisk{fail: fail, rnd: rand.New(rand.NewPCG(1, 2)), durable: map[string][]byte{}, files: map[string]*faultFile{}}
}

func (d *faultDisk) option() Option {
	return func(c *config) {
		c.disk = func(real disk) disk { d.disk = real; return d }
	}
}

func (d *faultDisk) err(op string) error {
	if d.fail == nil {
		return nil
	}
	return d.fail(op)
}

func (d *faultDisk) create(name string) (file, error) {
	if err := d.err("create"); err != nil {
		return nil, err
	}
	f, err := d.disk.create(name)
	if err != nil {
		return nil, err
	}
	ff := &faultFile{file: f, d: d}
	d.files[name] = ff
	return ff, nil
}

func (d *faultDisk) remove(name string) error {
	if err := d.err("remove"); err != nil {
		return err
	}
	delete(d.files, name)
	delete(d.durable, name)
	return d.disk.remove(name)
}

func (d *faultDisk) replace(name string, data []byte) error {
	if err := d.err("replace"); err != nil {
		return err
	}
	return d.disk.replace(name, data)
}

func (d *faultDisk) syncDir() error {
	if err := d.err("syncdir"); err != nil {
		return err
	}
	for name, f := range d.files {
		if _, ok := d.durable[name]; !ok {
			d.durable[name] = bytes.Clone(f.synced)
		}
	}
	return d.disk.syncDir()
}

// crash writes to dir what a power failure may leave: what was synced, and of what was not, as much as happened to be written.
func (d *faultDisk) crash(t *testing.T, dir string) {
	for name := range d.durable {
		f := d.files[name]
		left := bytes.Clone(f.synced)
		reached := f.content
		if f.cut != nil && d.rnd.IntN(2) == 0 {
			reached = f.cut
		}
		if n := len(reached) - len(left); n > 0 && bytes.HasPrefix(reached, left) {
			left = append(left, reached[len(left):][:d.rnd.IntN(n+1)]...)
		}
		if err := os.WriteFile(filepath.Join(dir, name), left, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// faultFile is a segment on a faultDisk.
type faultFile struct {
	file
	d       *faultDisk
	content []byte // as written
	synced  []byte // as the disk has it for sure
	cut     []byte // as it was before a cut that is not synced: the disk may have it so
}

func (f *faultFile) WriteAt(b []byte, off int64) (int, error) {
	err := f.d.err("write")
	if err != nil { // a short write
		b = b[:f.d.rnd.IntN(len(b)+1)]
	}
	n, realErr := f.file.WriteAt(b, off)
	if realErr != nil {
		return n, realErr
	}
	f.content = append(f.content[:off:off], b...)
	return n, err
}

func (f *faultFile) Truncate(size int64) error {
	if err := f.d.err("truncate"); err != nil {
		return err
	}
	if f.cut == nil {
		f.cut = f.content
	}
	f.content = f.content[:size:size]
	return f.file.Truncate(size)
}

func (f *faultFile) Sync() error {
	if f.d.gate != nil {
		<-f.d.gate
	}
	f.d.mu.Lock()
	f.d.syncs++
	f.d.mu.Unlock()
	if err := f.d.err("sync"); err != nil {
		return err
	}
	f.synced, f.cut = bytes.Clone(f.content), nil
	return nil // the real one costs time, and no power fails here
}

// once fails the first call of op with err.
func once(op string, err error) func(string) error {
	return func(got string) error {
		if got != op || err == nil {
			return nil
		}
		e := err
		err = nil
		return e
	}
}

var errIO error = syscall.EIO
