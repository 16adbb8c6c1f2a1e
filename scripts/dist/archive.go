package main

import (
	"archive/tar"
	"archive/zip"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"
)

// file is one of an archive.
type file struct {
	name string // in it
	path string // here
	mode fs.FileMode
}

// write makes the archive at path, of files in a folder, and returns its checksum. Nothing in it tells of this machine or of now.
func write(path, folder string, date time.Time, files []file, pack func(io.Writer, string, time.Time, []file) error) (sum string, err error) {
	out, err := os.Create(path)
	if err != nil {
		return "", err
	}
	slices.SortFunc(files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	hash := sha256.New()
	err = pack(io.MultiWriter(out, hash), folder+"/", date.UTC(), files)
	return hex.EncodeToString(hash.Sum(nil)), errors.Join(err, out.Close())
}

func tarball(w io.Writer, folder string, date time.Time, files []file) error {
	packed, _ := gzip.NewWriterLevel(w, gzip.BestCompression)
	archive := tar.NewWriter(packed)
	for _, f := range files {
		text, err := os.ReadFile(f.path)
		if err != nil {
			return err
		}
		err = archive.WriteHeader(&tar.Header{
			Name: folder + f.name, Mode: int64(f.mode), Size: int64(len(text)), ModTime: date, Format: tar.FormatUSTAR,
		})
		if err != nil {
			return err
		}
		if _, err := archive.Write(text); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), packed.Close())
}

func zipped(w io.Writer, folder string, date time.Time, files []file) error {
	archive := zip.NewWriter(w)
	for _, f := range files {
		text, err := os.ReadFile(f.path)
		if err != nil {
			return err
		}
		header := &zip.FileHeader{Name: folder + f.name, Method: zip.Deflate, Modified: date}
		header.SetMode(f.mode)
		to, err := archive.CreateHeader(header)
		if err != nil {
			return err
		}
		if _, err := to.Write(text); err != nil {
			return err
		}
	}
	return archive.Close()
}
