// Package wholefile writes files that appear whole or not at all: beside their place under another name, brought to the disk,
// and then renamed. After an error nothing is left behind, and a file that was there is as it was. What a killed writer leaves,
// .NAME.HEX.genmeter-part, is removed by the first writer in that directory a day later.
package wholefile

import (
	"bufio"
	"context"
	"io"
	"os"
)

// Write writes the file at path with what f writes. A new file has the mode 0644 less the umask, one that replaces another
// has that one's. A symbolic link stays, its target is replaced. What is no regular file, such as a named pipe or
// /dev/stdout, is written straight. The directory must be there. An error of f is returned as it is; others name path.
func Write(path string, f func(io.Writer) error) error {
	return WriteContext(context.Background(), path, f)
}

// WriteContext is Write that lets nothing appear when ctx has ended.
func WriteContext(ctx context.Context, path string, f func(io.Writer) error) error {
	return write(ctx, nil, path, f)
}

func write(ctx context.Context, d disk, path string, f func(io.Writer) error) error {
	target, device, err := Resolve(path)
	if err != nil {
		return err
	}
	if device {
		return writeDevice(path, f)
	}
	set := Set{disk: d}
	defer set.Discard()
	if err := set.write(target, f); err != nil {
		return err
	}
	return set.Commit(ctx)
}

// writeDevice writes to what is no regular file, or has a name of its own in /dev.
func writeDevice(path string, f func(io.Writer) error) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0) // behind what a shell's redirection has already
	if err != nil {
		return err
	}
	err = buffered(file, f)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// buffered calls f with a buffer before w, and writes out what is left in it when f succeeds.
func buffered(w io.Writer, f func(io.Writer) error) error {
	b := bufio.NewWriterSize(w, 64<<10)
	if err := f(b); err != nil {
		return err
	}
	return b.Flush()
}
