//go:build race

package monitor

// raceEnabled: the race detector makes everything ten times slower; floods are smaller under it.
const raceEnabled = true
