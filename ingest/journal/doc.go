// Package journal keeps events on disk and reads them back, so that what was acknowledged to whoever sent it survives a
// killed process and a power failure.
//
//	j, err := journal.Open("data", journal.WithResume())
//	if err != nil {
//		return err // data: another process, 4711, keeps its journal there; …
//	}
//	defer j.Close()
//	for ev, err := range j.Events() { … }        // what earlier runs wrote
//	err = j.Append(ctx, events)                  // durable when nil
//
// A program that embeds a monitor journals what that records, after the fact, with [Follow]:
//
//	go journal.Follow(ctx, mon.Follow("journal"), j)
//
// # What is promised
//
// [Journal.Append] takes a batch whole or not at all. When it returns nil, the batch has been written and synced
// (fdatasync; F_FULLFSYNC on macOS), and so has the folder's entry for the file. When it returns an error, the batch has been
// cut off the file again, and the cut synced, before anything else is written; a journal whose disk refuses even that
// refuses everything until it does not. After a process was killed, the next [Open] finds each batch whole or not at all.
// One that nobody was told of may be there, because it was on disk before its answer was on its way: give events ids, and to
// send them again is harmless.
//
// Two things are not promised. A disk that reports data as synced that is not can lose it. And when a sync fails, the
// cut behind it fails too, and the machine then loses power, the batch may be back.
//
// # Group commit
//
// A sync takes a millisecond or so however much it writes. Whoever calls Append while one is under way shares the next one
// with all others who do. There is no goroutine in the background: one of the callers writes for all.
//
// # Files
//
//	data/
//	  events-00000001.ndjson   segments of 64 MiB (see WithSegmentSize), the last one in use
//	  events-00000002.ndjson
//	  dropped.json             what retention has deleted, if it has
//	  journal.lock             the lock, and the number of the process that holds it
//
// A segment is event lines and nothing else, and any reader of NDJSON reads it; genmeter's own commands take the folder. A
// line followed by a space and the newline is not the last one of its batch: the rest must follow. So a lone event is
// a plain line, and a file that lost its trailing spaces to an editor is still read whole. A batch is never split between
// segments: one that is larger makes a larger segment. Each Open begins a segment of its own with its first batch.
// Files with other names are left alone; the sidecar keeps its own state in some.
//
// Folders are made for their owner only (0700, files 0600): error texts may hold what prompts held.
//
// # What Open mends
//
// A half-written batch at the end of the last segment is cut off, logged, and told by [Journal.Recovery]. A segment without
// events is removed. Damage elsewhere, which only a faulty disk or another program can have made, stays as it is: [Journal.Events]
// gives an error for each line that it cannot read, and goes on.
//
// # Trouble
//
// Append's errors are [ErrFull] when there is no room, [ErrClosed], [ErrGone] when the folder or the segment was deleted,
// a [*RefusedError], and else the file system's. After all but ErrClosed the journal recovers by itself as soon as the
// cause is gone. After a sync that failed, what the system holds of the file in memory says nothing about the disk: the
// segment is cut back to what was synced before, and a new one begun.
//
// # Retention
//
// [WithMaxSize] and [WithMaxAge] delete the oldest segments, whole, never the one in use, and none before the first
// Append: a run that is resumed reads all that is there. It then knows less than what happened; how much less stands in
// dropped.json, written before each deletion and read by [Journal.Dropped], so that whoever resumes can say so.
package journal
