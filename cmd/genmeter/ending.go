package main

import (
	"path/filepath"
	"strings"
)

// ending is what the name of a file ends with, in small letters, such as ".html"; empty when it has none, as .profile has,
// and for a path that ends as those of directories do.
func ending(path string) string {
	ext := filepath.Ext(path)
	if len(ext) < 2 || ext == filepath.Base(path) {
		return ""
	}
	return strings.ToLower(ext)
}

// unknownEnding is the error for a flag's path whose ending tells no format.
func unknownEnding(flag, path, want string) error {
	return wrongUsage("%s %s: nothing is written with the ending %q: want %s", flag, path, ending(path), want)
}
