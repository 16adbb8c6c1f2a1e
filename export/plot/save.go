package plot

import (
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/genmeter/genmeter/internal/wholefile"
)

// Save writes each figure to a file of its own in dir, which is made when it is not there: Name, with the format as ending.
// What file names cannot have, such as the slash of a model's name, becomes "_", and a sum is added that tells such names
// apart. A file is there whole or not at all; one of that name is replaced. It returns the paths that were written, which
// in the case of an error are those before it.
func Save(dir string, format Format, figures ...Figure) (paths []string, err error) {
	if format < PNG || format > PDF {
		return nil, unknownFormat(format.String())
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	for _, f := range figures {
		picture, err := encode(f, format)
		if err != nil {
			return paths, err
		}
		path := filepath.Join(dir, fileName(f.Name)+"."+format.String())
		err = wholefile.Write(path, func(w io.Writer) error {
			_, err := w.Write(picture)
			return err
		})
		if err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// fileName returns a name that every file system takes, and a different one for each name.
func fileName(name string) string {
	const most = 100
	safe := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-', r == '.':
			return r
		}
		return '_'
	}, name)
	if safe == name && name != "" && name[0] != '.' && len(name) <= most {
		return name
	}
	sum := fnv.New32a()
	sum.Write([]byte(name))
	return fmt.Sprintf("%s-%08x", strings.TrimLeft(safe[:min(len(safe), most)], "."), sum.Sum32())
}
