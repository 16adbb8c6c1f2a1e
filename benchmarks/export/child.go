package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/genmeter/genmeter/export"
	"github.com/genmeter/genmeter/ingest"
	"github.com/genmeter/genmeter/monitor"
)

// measureHere makes one measurement and prints it as JSON. A contestant is "genmeter" or "duckdb", its format, and "file" or
// "memory", with colons between.
func measureHere(contestant, dir string) error {
	m, path, err := measure(contestant, dir)
	if err != nil {
		return err
	}
	if m.Peak, err = peak(); err != nil {
		return err
	}
	if m.Bytes, err = sizeOf(path); err != nil {
		return err
	}
	if err := removeAll(path); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(m)
}

func measure(contestant, dir string) (m measurement, path string, err error) {
	part := strings.Split(contestant, ":")
	if len(part) != 3 {
		return m, "", fmt.Errorf("no contestant %q: want such as genmeter:wide-csv:file", contestant)
	}
	memory := part[2] == "memory"
	if part[0] == "duckdb" {
		m.Seconds, path, err = duckDB(part[1], dir, memory)
		return m, path, err
	}
	m.Seconds, path, err = genmeter(part[1], dir, memory)
	return m, path, err
}

// genmeter has package export write the run, and returns how long that took and the file.
func genmeter(name, dir string, memory bool) (seconds float64, path string, err error) {
	format, err := export.ParseFormat(name)
	if err != nil {
		return 0, "", err
	}
	src, err := ingest.Open(filepath.Join(dir, eventsFile))
	if err != nil {
		return 0, "", err
	}
	if memory {
		if src, err = load(src); err != nil {
			return 0, "", err
		}
	}
	path = filepath.Join(dir, "genmeter-"+name+format.Extension())
	start := time.Now()
	err = export.Write(context.Background(), path, format, src)
	return time.Since(start).Seconds(), path, err
}

func load(src monitor.Source) (monitor.Source, error) {
	var list []monitor.Event
	for ev, err := range src {
		if err != nil {
			return nil, err
		}
		list = append(list, ev)
	}
	runtime.GC()
	return func(yield func(monitor.Event, error) bool) {
		for _, ev := range list {
			if !yield(ev, nil) {
				return
			}
		}
	}, nil
}

// peak is the most memory that this process has had, in MB.
func peak() (float64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kB float64
	if _, err := fmt.Sscanf(strings.TrimSpace(rest), "%f", &kB); err != nil {
		return 0, fmt.Errorf("no VmHWM in /proc/self/status: %w", err)
	}
	return kB * 1024 / 1e6, nil
}

// files are what was written for path: of csv a file a metric beside it.
func files(path string) ([]string, error) {
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	more, err := filepath.Glob(stem + "_*")
	if _, e := os.Stat(path); e == nil {
		more = append(more, path)
	}
	return more, err
}

func sizeOf(path string) (n int64, err error) {
	list, err := files(path)
	for _, file := range list {
		info, err := os.Stat(file)
		if err != nil {
			return 0, err
		}
		n += info.Size()
	}
	return n, err
}

func removeAll(path string) error {
	list, err := files(path)
	for _, file := range list {
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return err
}
