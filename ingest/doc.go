// Package ingest brings other programs' events in: genmeter's own event lines (NDJSON), its genmeter.log, the files of
// Python's afterimage.monitoring, afterimage.log and metrics.jsonl, and OpenTelemetry's traces and logs (OTLP).
//
// [Open] gives the events of a file or of a run's folder, whatever its size, as a [monitor.Source]; [Read] those of a
// stream as they arrive; [Follow] those of files that are still written to; [Feed] hands them to a monitor:
//
//	src, err := ingest.Open("runs/today")
//	if err != nil {
//		return err // runs/today: no such file or directory
//	}
//	report, err := ingest.Feed(ctx, mon, src, ingest.FeedOptions{Source: "replay"})
//	if err != nil {
//		return err
//	}
//	if report.Events == 0 {
//		return errors.Join(report.Files...) // runs/today/x.csv: found something like CSV, …
//	}
//
// # What is read
//
// Formats are recognised by what files hold, not by their names. One file has one format: a line of another is an error
// there, so that a log and the metrics.jsonl of the same run, one behind the other, do not count twice. In a folder,
// likewise, one account of the run is read; [Files] says which.
//
// Prefer a log to metrics.jsonl. The latter has samples instead of events, which must be put together again by their
// timestamps, and cannot tell a finished conversation from a call, nor one class of failure from another.
//
// # What cannot be read
//
// A bad line costs that line, a bad value (NaN, a negative count, text for a number) that value. Each is given as a
// [*LineError] among the events, behind the event that lost a value; it names the file, the line, what was found
// and what was expected; its Reason is for [monitor.Monitor.CountRejected], which Feed calls. A file that is empty,
// compressed, or of another kind is one [*FileError]. Reading goes on behind either.
//
// Lines are bounded (1 MiB, see [WithMaxLine]), and with them memory: a file of any size, or of garbage, is read with
// about 1 MB. Times without a zone are local unless [WithLocation] says otherwise.
//
// # OTLP
//
// [OTLP] makes events of the bodies of OTLP/HTTP requests, traces and logs, protobuf and JSON; [AppendOTLPTraces] and its
// siblings write what is answered:
//
//	received, err := otlp.Traces(time.Now(), body, ingest.OTLPProtobuf)
//	if err != nil {
//		answer(400, ingest.AppendOTLPError(nil, ingest.OTLPProtobuf, ingest.OTLPInvalid, err.Error()))
//	}
//	taken, err := intake.Take(ctx, "otlp", received.Events)
//
// Spans of calls to models become generations, whichever of the many spellings of the GenAI conventions their attributes
// have. What agents report of their calls counts when the calls report nothing, as tokens only, and only after a while:
// [OTLP.Flush] gives it. [OTLPIntake] does all of this, and keeps on disk what waits. No prompt and no answer is kept.
//
// # Following
//
// [Follow] reads files while they are written. It looks at them every 250 ms (thousands of files every second), which works on every file system. Only whole
// lines are read; half a line waits. Once its file was rotated or removed and has been still for 10 s, and at the end, a line
// that lacks only its end is read too, and any other is a truncated line. In
// a folder the choice among accounts of a run is made once, 5 s after the first of them was found (at once for event lines),
// and stands. The samples of an event wait 2 s for more of them, over a rotation and over a restart.
//
// A file is known by device and inode, as long as it still holds what was read of it, and by what was read of it when it
// is a copy that takes the place of one that is gone. So nothing is lost or repeated when a file is
//   - renamed, under its name with a number or date behind it, or in the folder that is followed; several times, too, while
//     nobody looks, unless that was before it was ever seen or its last name is gone;
//   - copied and truncated, but for what the one that copies loses itself;
//   - replaced by a file that begins with all that was read, or by quite another;
//   - cut at its end: what is written there afterwards is new (but cut to its first line and written to between two looks, it
//     counts as begun anew, and that line twice);
//   - removed, or renamed to another folder, and open: it is read for 10 s more.
//
// What is lost: bytes written since the last look to a file that is then truncated, removed while it is not open (of more
// than 64, those that were written to last are), or compressed while nobody follows; it is told of when it can be noticed,
// with the number of bytes that were seen. What cannot be told apart: a file that is begun anew with exactly the bytes that
// it had, up to its old length or to a whole line before, is taken for the old one.
//
// Without the data directory's state the ids of what was counted are the same, but those of files that were begun anew with
// the same first line, cut, or copied.
package ingest
