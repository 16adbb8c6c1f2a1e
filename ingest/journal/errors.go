package journal

import (
	"errors"
	"fmt"
)

// What Append's and Open's errors can be told apart by, with [errors.Is].
var (
	// ErrFull says that the disk, or the user's share of it, is full. Append works again when there is room.
	ErrFull = errors.New("the disk is full")

	// ErrClosed is Append's error after Close.
	ErrClosed = errors.New("the journal is closed")

	// ErrGone says that the folder or the segment in use was deleted or moved away, and with it perhaps events that were
	// acknowledged. The next Append makes them anew.
	ErrGone = errors.New("the journal's file is gone from its folder")

	// ErrNotEmpty is Open's error for a folder with events, without WithResume.
	ErrNotEmpty = errors.New("the folder has events of an earlier run")
)

// LockedError is Open's error when another journal is open in the same folder.
type LockedError struct {
	Dir string
	PID int // of the process that has it; 0 when unknown
}

// Error returns a sentence with the folder and who has it.
func (e *LockedError) Error() string {
	who := "another process"
	if e.PID > 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("%s: %s has its journal there", e.Dir, who)
}

// RefusedError is Append's error for an event whose line could not be read back. Nothing of its batch was taken. What a
// monitor has admitted is never refused, but for a begin without id.
type RefusedError struct {
	Index    int // in the batch
	Found    string
	Expected string
}

// Error returns a sentence with the event's place in the batch, what was found and what was expected.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("journal: event %d of the batch: found %s, expected %s; nothing of the batch was taken",
		e.Index+1, e.Found, e.Expected)
}

// DamageError is an error of [Journal.Events]: a line, or a value on it, that cannot be read. More events follow it.
type DamageError struct {
	File     string
	Line     int    // counted from 1
	Key      string // the key of the value; empty when it is about the line
	Found    string // what stands there, cut short and quoted
	Expected string
	Lost     bool // the line is skipped; otherwise the event was given, without the value
}

// Error returns a sentence with file, line, what was found and what was expected.
func (e *DamageError) Error() string {
	key, lost := "", "the value is left out"
	if e.Key != "" {
		key = e.Key + ": "
	}
	if e.Lost {
		lost = "the line is skipped"
	}
	return fmt.Sprintf("%s:%d: %sfound %s, expected %s; %s", e.File, e.Line, key, e.Found, e.Expected, lost)
}

// failed says what went wrong with which file, and whether it is for want of room.
func (j *Journal) failed(doing string, err error) error {
	if isFull(err) {
		return fmt.Errorf("%s: %s: %w (%w)", j.dir, doing, ErrFull, err)
	}
	return fmt.Errorf("%s: %s: %w", j.dir, doing, err)
}
