//go:build race

package exporter

// raceEnabled: the race detector makes everything ten times slower; the tests do less under it.
const raceEnabled = true
