# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
#
# Licensed under the Apache License, Version 2.0 (the "License"); you may not use this file except in compliance with
# the License. You may obtain a copy at http://www.apache.org/licenses/LICENSE-2.0. Distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the License for what it permits.
"""A client of the genmeter sidecar for generators in Python. Copy this file into your project; it needs nothing else.

    import genmeter_client

    meter = genmeter_client.Client()          # $GENMETER_URL, else http://127.0.0.1:9464
    meter.target(10_000)                      # records wanted
    with meter.generation(model_name="gpt-4o-mini", provider="openai") as call:
        answer = ask(...)                     # your call: its duration is measured, an exception is a failure
        call.update(prompt_token_count=512, completion_token_count=128, finish_reason="stop")
    meter.record("row-17")                    # a finished row, however many calls it took

It is never in the generator's way. A method of Client puts a line into a queue and returns: it raises nothing, does no
I/O and waits for nobody. A thread posts the queue in batches. Every event has an id, so that one that is sent twice, as
happens when an answer is lost, counts once. When the queue is full, events are dropped: counted in stats(), told once.

While the sidecar is away the thread tries again, ever more seldom, and keeps the events in memory; or, when it is given
a spool (a folder, or $GENMETER_SPOOL), on disk, where they outlive the process: the next one with that spool sends them
first. What is in the spool has been fsync'ed. What dies with a process that is killed (-9) is what was still in its
memory: the last half second, and the batch on its way. Without a spool, what the sidecar did not take by the end of the
process is lost, and told.

It flushes, for five seconds at most, at the end of the interpreter, of a multiprocessing child, and on SIGTERM (unless
you handle that yourself: then end by sys.exit, or call close). A Client may be used by any thread, and goes on working
in the child of a fork. Python 3.8 or later.
"""

import atexit
import base64
import collections
import datetime
import email.utils
import glob
import gzip
import http.client
import json
import logging
import os
import random
import signal
import socket
import sys
import threading
import time
import urllib.parse
import uuid
import weakref
from multiprocessing import util as _multiprocessing
from typing import Any, Callable, Deque, Dict, List, Mapping, NamedTuple, Optional, Type, Union

try:
    import fcntl
except ImportError:  # Windows has none: no spool there
    fcntl = None  # type: ignore[assignment]

# The first look-up of a host imports this codec. A fork while the sender does that would leave the child with a lock on the
# import that nobody gives back, and its own first look-up would wait for ever. So it is done now.
"localhost".encode("idna")

__all__ = ["Call", "Client"]

_log = logging.getLogger("genmeter")

_DEFAULT_URL = "http://127.0.0.1:9464"
_MAX_LINE = 256 << 10  # bytes of one event
_MAX_BATCH = 1 << 20  # bytes of a batch, unless one event is larger
_MAX_QUEUE = 32 << 20  # bytes waiting in memory
_MAX_ERROR = 1024  # characters of an error text: the sidecar keeps no more
_GZIP_FROM = 16 << 10  # bytes of a body that is worth compressing
_MAX_PAUSE = 30.0  # seconds between two tries, unless the sidecar asks for more
_MAX_RETRY_AFTER = 300.0

Score = Union[int, float, Mapping[str, Any]]  # a number, or {"score": number, "feedback": text}


class Client:
    """Meters a generator. Make one for the process and share it; all methods may be called from any thread.

    url:          where the sidecar is; "" or None is $GENMETER_URL, else http://127.0.0.1:9464. A user and a password
                  in it are sent as basic authentication.
    spool:        folder that keeps events on disk while the sidecar is away; None is $GENMETER_SPOOL, else none.
                  Several processes may share one.
    max_queue:    events in memory; further ones are dropped.
    max_spool:    bytes that this process may leave in the spool.
    batch, delay: a batch is posted when so many events wait, or the first has waited so many seconds.
    timeout:      seconds for one answer of the sidecar.
    exit_timeout: seconds that the end of the process may take.
    """

    def __init__(
        self,
        url: Optional[str] = None,
        *,
        spool: Optional[str] = None,
        max_queue: int = 10_000,
        max_spool: int = 64 << 20,
        batch: int = 500,
        delay: float = 0.5,
        timeout: float = 10.0,
        exit_timeout: float = 5.0,
        backoff: float = 0.5,
    ) -> None:
        self._url = url or os.environ.get("GENMETER_URL") or _DEFAULT_URL
        self._folder = spool if spool is not None else os.environ.get("GENMETER_SPOOL", "")
        self._max_queue, self._max_spool = max(1, max_queue), max_spool
        self._batch, self._delay = max(1, batch), delay
        self._timeout, self._exit_timeout, self._backoff = timeout, exit_timeout, backoff
        self._reset()
        _clients.add(self)
        atexit.register(self.close)
        _end_with_child(self)
        _multiprocessing.register_after_fork(self, _end_with_child)
        _flush_on_sigterm()
        if self._spool.enabled:
            self._start()  # an earlier process may have left events there

    def _reset(self) -> None:
        """Makes everything that belongs to one process: a child of a fork has its own."""
        self._cond = threading.Condition()  # over an RLock: a signal handler may interrupt its holder
        self._queue: Deque[bytes] = collections.deque()
        self._queued_bytes = 0
        self._first_at = 0.0  # when the queue's first event came
        self._thread: Optional[threading.Thread] = None
        self._road = _Road(self._url, self._timeout)
        self._spool = _Spool(self._folder, self._max_spool)
        self._failures = 0
        self._retry_at = 0.0
        self._busy = False
        self._hurries = 0
        self._deadline: Optional[float] = None  # set by close
        self._told: Dict[str, bool] = {}
        self._counts = dict.fromkeys(("accepted", "duplicates", "rejected", "dropped"), 0)

    # What a generator says

    def track_generation(self, duration: float, success: bool, **kwargs: Any) -> None:
        """Counts one call to a model: its duration in seconds and whether it gave a usable answer.

        kwargs are the seed's: model_name, prompt_token_count, completion_token_count, total_token_count, finish_reason,
        conversation_length, error; and provider, operation, step, error_type, cached_token_count,
        cache_write_token_count, reasoning_token_count, cost_usd, cache_hit, batch, time_to_first_token (seconds),
        attempt, record_id, timestamp, id. Any other is kept as an attribute; None is not reported.
        """
        self._put({"event": "generation", "duration": duration, "success": success}, kwargs)

    def track_evaluation(
        self,
        duration: float,
        success: bool,
        evaluator_type: str,
        scores: Optional[Mapping[str, Score]] = None,
        **kwargs: Any,
    ) -> None:
        """Counts one judgement of an answer; success is whether the evaluation worked, whatever the scores say.

        scores: {"coherence": 0.91} or {"coherence": {"score": 0.91, "feedback": "clear"}}. kwargs are as above.
        """
        event = {"event": "evaluation", "duration": duration, "success": success, "evaluator_type": evaluator_type}
        if scores:
            event["scores"] = scores
        self._put(event, kwargs)

    def record(self, id: Optional[str] = None, outcome: str = "accepted", reason: Optional[str] = None) -> None:
        """Counts one finished row: accepted, rejected or failed. The sidecar counts an id once: give rows of different
        runs different ids, or None."""
        self._put({"event": "record", "outcome": outcome}, {"id": id, "reason": reason})

    def record_metric(self, name: str, value: float, **attrs: Any) -> None:
        """Records a sample of a metric of your own; attrs go with it."""
        event: Dict[str, Any] = {"event": "metric", "metric": name, "value": value}
        if attrs:
            event["attributes"] = attrs  # attributes, whatever their names
        self._put(event, {})

    def target(self, records: int) -> None:
        """Says how many accepted records are wanted: progress and time left are told by it."""
        self._put({"event": "target", "records": records}, {})

    def begin(self, **kwargs: Any) -> "Call":
        """Says that a call has begun: it counts as in progress until Call.end, under the model_name and provider given
        here. kwargs are those of track_generation."""
        return Call(self, kwargs)

    generation = begin  # as it reads in a with statement, which ends the call

    # What it does with it

    def flush(self, timeout: float = 5.0) -> bool:
        """Waits until the sidecar has everything, and says whether it does. It may be called at any time."""
        until = time.monotonic() + timeout
        with self._cond:
            self._hurries += 1
            self._cond.notify_all()
            try:
                while self._queue or self._busy or self._spool.pending:
                    left = until - time.monotonic()
                    if left <= 0 or self._thread is None:
                        return False
                    self._cond.wait(left)
                return True
            finally:
                self._hurries -= 1

    def close(self, timeout: Optional[float] = None) -> None:
        """Sends what there is, for timeout (exit_timeout) seconds at most, and ends the thread. What could not be sent
        is in the spool, or lost and told. Later events are dropped; later calls do nothing."""
        try:
            self._close(self._exit_timeout if timeout is None else timeout)
        except Exception as err:  # the generator goes on ending
            self._tell("close", "genmeter: ending failed: %r", err)

    def _close(self, timeout: float) -> None:
        with self._cond:
            if self._deadline is not None:
                return
            self._deadline = time.monotonic() + timeout
            self._retry_at = 0.0  # one more try
            thread = self._thread
            self._cond.notify_all()
        atexit.unregister(self.close)
        if thread is None or not thread.is_alive():
            self._work()  # too late for a thread, as in another atexit handler: here then, within the deadline
        else:
            thread.join(timeout)
            if thread.is_alive():
                self._road.abort()  # an answer that does not come: its batch goes to the spool
                thread.join(1.0)
        lost = len(self._queue)
        if lost:
            self._count("dropped", lost)
            _log.warning("genmeter: the sidecar at %s did not take %d events by the end, and they are lost", self._road.name, lost)

    def stats(self) -> Dict[str, Any]:
        """What became of the events of this process: accepted, duplicates and rejected as the sidecar answered, dropped
        here, queued in memory and spooled (bytes on disk), and next_try, seconds until the sidecar is asked again."""
        with self._cond:
            out: Dict[str, Any] = dict(self._counts)
            out["queued"] = len(self._queue)
            out["spooled"] = self._spool.pending
            out["next_try"] = max(0.0, self._retry_at - time.monotonic())
            return out

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    # The queue

    def _put(self, event: Dict[str, Any], more: Mapping[str, Any]) -> None:
        try:
            self._append(_line(event, more))
        except Exception as err:  # an object that cannot be printed, no memory: never the generator's trouble
            self._count("dropped", 1)
            self._tell("event", "genmeter: an event of the kind %r is dropped: %r (told once)", event.get("event"), err)

    def _append(self, line: bytes) -> None:
        with self._cond:
            why = self._refusal(len(line))
            if why:
                self._counts["dropped"] += 1
            else:
                if not self._queue:
                    self._first_at = time.monotonic()
                self._queue.append(line)
                self._queued_bytes += len(line)
                if self._thread is None:
                    self._start()
                if len(self._queue) in (1, self._batch):  # the thread sleeps until the one, and then until the other
                    self._cond.notify_all()
        if why:  # told without the lock: a log may be slow
            self._tell("drop", "genmeter: events are dropped: %s (told once; stats() counts them)", why)

    def _refusal(self, size: int) -> str:
        if self._deadline is not None:
            return "the client is closed"
        if len(self._queue) >= self._max_queue or self._queued_bytes + size > _MAX_QUEUE:
            return "%d of them wait for the sidecar already" % len(self._queue)
        return self._road.fault

    def _start(self) -> None:
        thread = threading.Thread(target=self._work, name="genmeter", daemon=True)
        self._thread, self._busy = thread, True
        try:
            thread.start()
        except RuntimeError:  # the interpreter is ending: close does the work
            self._thread, self._busy = None, False

    def _take(self) -> List[bytes]:
        lines: List[bytes] = []
        size = 0
        while self._queue and len(lines) < self._batch and (not lines or size + len(self._queue[0]) <= _MAX_BATCH):
            lines.append(self._queue.popleft())
            size += len(lines[-1])
        self._queued_bytes -= size
        self._first_at = time.monotonic()
        return lines

    def _put_back(self, lines: List[bytes]) -> None:
        with self._cond:
            self._queue.extendleft(reversed(lines))
            self._queued_bytes += sum(map(len, lines))

    # The thread

    def _work(self) -> None:
        try:
            try:
                self._spool.adopt()
            finally:
                self._done()
            while self._turn():
                pass
        except Exception as err:
            self._tell("thread", "genmeter: the sender failed, and starts again with the next event: %r (told once)", err)
            with self._cond:
                self._thread = None
        finally:
            if self._deadline is not None:
                self._spool.close()
                self._road.close()

    def _turn(self) -> bool:
        """Waits until there is something to do, and does it. False is the end."""
        with self._cond:
            while not self._due():
                if self._deadline is not None and self._over():
                    return False
                self._cond.wait(self._patience())
            away = self._away()
            backlog = not away and self._spool.pending
            lines = [] if backlog else self._take()
            self._busy = True
        settled = 0
        try:
            if backlog:
                lines = self._spool.peek(self._batch, _MAX_BATCH)
                self._spool.done(self._deliver(lines))
                settled = len(lines)
            else:
                settled = 0 if away else self._deliver(lines)
                if settled < len(lines):
                    settled += self._spool.append(lines[settled:])
        finally:
            if settled < len(lines):
                self._put_back(lines[settled:])
            self._done()
        return True

    def _done(self) -> None:
        with self._cond:
            self._busy = False
            self._cond.notify_all()

    def _away(self) -> bool:
        return time.monotonic() < self._retry_at

    def _ripe(self) -> bool:
        if not self._queue:
            return False
        if len(self._queue) >= self._batch or self._hurries or self._deadline is not None:
            return True
        return time.monotonic() >= self._first_at + self._delay

    def _due(self) -> bool:
        if self._away():
            return self._ripe() and self._spool.room
        return not self._expired() and (self._ripe() or self._spool.pending > 0)

    def _expired(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _over(self) -> bool:
        """Whether a closing client has done what it can: all is sent, or is in the spool, or time is up."""
        if self._expired():
            if self._queue and self._spool.room:
                self._spool_rest()
            return True
        if self._queue:
            return False  # until the next try
        return not self._spool.pending or self._away()

    def _spool_rest(self) -> None:
        while self._queue and self._spool.room:
            lines = self._take()
            kept = self._spool.append(lines)
            if kept < len(lines):
                self._put_back(lines[kept:])
                return

    def _patience(self) -> Optional[float]:
        """Seconds to wait at most; None is until notified."""
        now, ends = time.monotonic(), []
        if self._away() and (self._queue or self._spool.pending):
            ends.append(self._retry_at)
        if self._queue and not self._ripe():
            ends.append(self._first_at + self._delay)
        if self._deadline is not None:
            ends.append(self._deadline)
        return max(0.001, min(ends) - now) if ends else None

    def _deliver(self, lines: List[bytes]) -> int:
        """Posts lines and returns how many of them, from the first, are settled: taken, or of no use to anybody."""
        settled, size = 0, len(lines)
        while settled < len(lines):
            part = lines[settled : settled + size]
            answer = self._road.post(part, self._deadline)
            if answer.settles:
                self._settle(answer, len(part))
            elif answer.splits and len(part) > 1:
                size = (len(part) + 1) // 2
                continue
            elif answer.splits:
                self._count("dropped", 1)
                self._tell("large", "genmeter: the sidecar cannot take an event of %d bytes, it is dropped: %s (told once)",
                           len(part[0]), answer.error)
            else:
                self._back_off(answer)
                break
            settled += len(part)
        return settled

    def _settle(self, answer: "_Answer", sent: int) -> None:
        if self._failures:
            _log.info("genmeter: the sidecar at %s is there again", self._road.name)
            for what in ("away", "drop"):
                self._told.pop(what, None)
        self._failures, self._retry_at = 0, 0.0
        self._spool.refresh()
        for name in ("accepted", "duplicates", "rejected"):
            self._count(name, int(getattr(answer, name)))
        if answer.error:
            self._tell("rejected", "genmeter: the sidecar does not take all of %d events: %s (told once; stats() counts them)",
                       sent, answer.error)

    def _back_off(self, answer: "_Answer") -> None:
        self._failures += 1
        pause = _pause(self._failures, self._backoff, answer.retry_after, random.random)
        self._retry_at = time.monotonic() + pause
        kept = "on disk" if self._spool.room else "in memory"
        self._tell("away", "genmeter: the sidecar at %s does not take events, which are kept %s: %s (told once)",
                   self._road.name, kept, answer.error)

    def _count(self, name: str, n: int) -> None:
        with self._cond:
            self._counts[name] += n

    def _tell(self, what: str, text: str, *args: Any) -> None:
        if not self._told.get(what):
            self._told[what] = True
            _log.warning(text, *args)


class Call:
    """A call in progress, of Client.begin or Client.generation. As a context manager it ends by itself: well, or as a
    failure when an exception leaves the block (which it lets through)."""

    def __init__(self, client: Client, kwargs: Mapping[str, Any]) -> None:
        self._client = client
        self._begun = time.monotonic()
        self._ended = False
        self._said: Dict[str, Any] = dict(kwargs)
        if self._said.get("id") is None:
            self._said["id"] = str(uuid.uuid4())
        of_begin = ("id", "timestamp", "model_name", "provider", "operation", "step", "attempt", "record_id")
        client._put({"event": "begin"}, {key: self._said[key] for key in of_begin if key in self._said})
        self._said.pop("timestamp", None)  # that of the beginning; the event is of the end

    def update(self, **kwargs: Any) -> None:
        """Adds what is known by now: the arguments of Client.track_generation, success and duration too."""
        self._said.update(kwargs)

    def fail(self, error: Union[str, BaseException, None] = None, error_type: Optional[str] = None) -> None:
        """Says that the call failed: with an error; or without one, when the model answered and a judge said no."""
        if isinstance(error, BaseException):
            error, error_type = _text(error), error_type or type(error).__name__
        self.update(success=False, error=error, error_type=error_type)

    def end(self, **kwargs: Any) -> None:
        """Ends the call: a success unless success=False or an error was given. A second end does nothing."""
        if self._ended:
            return
        self._ended = True
        said = {**self._said, **kwargs}
        success = said.pop("success", None)
        if success is None:
            success = all(said.get(key) in (None, "") for key in ("error", "error_type"))
        duration = said.pop("duration", None)
        if duration is None:
            duration = time.monotonic() - self._begun
        self._client._put({"event": "generation", "duration": duration, "success": success}, said)

    def __enter__(self) -> "Call":
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], _: Any) -> None:
        if error is not None and not self._ended:
            self.fail(error)
        self.end()


# Lines


def _line(event: Dict[str, Any], more: Mapping[str, Any]) -> bytes:
    event.update((key, value) for key, value in more.items() if value is not None and key != "event")
    if event.get("id") is None:
        event["id"] = str(uuid.uuid4())
    at = event.get("timestamp")
    if at is None or isinstance(at, (int, float)):  # as of time.time()
        at = time.time() if at is None else at
        event["timestamp"] = datetime.datetime.fromtimestamp(at, datetime.timezone.utc).isoformat()
    if event.get("error") is not None:
        event["error"] = _text(event["error"])[:_MAX_ERROR]
    line = json.dumps(event, default=_plain, skipkeys=True, separators=(",", ":")).encode("ascii")
    if len(line) > _MAX_LINE:
        raise ValueError("it has %d bytes, at most %d are sent" % (len(line), _MAX_LINE))
    return line


def _text(value: Any) -> str:
    if isinstance(value, BaseException):
        return str(value) or type(value).__name__
    return str(value)


def _plain(value: Any) -> Any:
    """Says in JSON what JSON does not have."""
    if isinstance(value, datetime.datetime):
        return value.astimezone().isoformat()  # one without a zone is local time
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if callable(getattr(value, "item", None)):
        return value.item()  # numpy's numbers
    return str(value)


# The road to the sidecar


class _Answer(NamedTuple):
    settles: bool = False  # it has been decided what became of each event
    splits: bool = False  # the body was too much: send it in parts
    retry_after: Optional[float] = None  # seconds
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    error: str = ""


class _Road:
    """Posts batches over one connection that it keeps. http.client and not urllib: a proxy of the environment must not
    come between a generator and its own host, nor a redirect."""

    def __init__(self, url: str, timeout: float) -> None:
        self.fault = ""  # why nothing can be sent, ever
        self.name = url
        self._timeout = timeout
        self._conn: Optional[http.client.HTTPConnection] = None
        try:
            parts = urllib.parse.urlsplit(url if "://" in url else "http://" + url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError("want http://HOST:PORT")
            self._host, self._port, self._secure = parts.hostname, parts.port, parts.scheme == "https"
            self._path = parts.path.rstrip("/") + "/api/v1/events"
            self._headers = {"Content-Type": "application/x-ndjson", "User-Agent": "genmeter-client-python"}
            self.name = "%s://%s" % (parts.scheme, parts.netloc.rpartition("@")[2])
            if parts.username is not None:
                pair = urllib.parse.unquote("%s:%s" % (parts.username, parts.password or ""))
                self._headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        except ValueError as err:
            self.fault = "the address of the sidecar (GENMETER_URL) is %r: %s" % (url.rpartition("@")[2], err)

    def post(self, lines: List[bytes], deadline: Optional[float]) -> _Answer:
        body, headers = b"\n".join(lines) + b"\n", dict(self._headers)
        if len(body) >= _GZIP_FROM:
            body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        while True:
            kept = self._conn is not None
            try:
                return self._exchange(body, headers, deadline)
            except (OSError, http.client.HTTPException, ValueError) as err:  # ValueError: no such name can be
                self.close()
                if kept and not isinstance(err, socket.timeout):
                    continue  # a kept connection may have died of age; its answer is lost, but every event has an id
                return _Answer(error=str(err) or type(err).__name__)

    def _exchange(self, body: bytes, headers: Dict[str, str], deadline: Optional[float]) -> _Answer:
        timeout = self._timeout
        if deadline is not None:
            timeout = max(0.1, min(timeout, deadline - time.monotonic()))
        conn = self._conn
        if conn is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            conn = self._conn = kind(self._host, self._port, timeout=min(timeout, 3.0))
            conn.connect()
        if conn.sock is not None:
            conn.sock.settimeout(timeout)
        conn.request("POST", self._path, body, headers)
        response = conn.getresponse()
        data = response.read(64 << 10)
        if response.will_close or response.read(1):  # an answer that has no end is none of genmeter's
            self.close()
        return _understand(response.status, response.getheader("Retry-After"), data)

    def abort(self) -> None:
        """Wakes a post in another thread, as an error."""
        sock = getattr(self._conn, "sock", None)
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None


def _understand(status: int, retry_after: Optional[str], body: bytes) -> _Answer:
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    said = said if isinstance(said, dict) else {}
    error = "status %d: %s" % (status, said.get("error") or _first_error(said) or body[:200].decode("utf-8", "replace").strip())
    if status in (200, 400) and isinstance(said.get("accepted"), int):
        return _Answer(
            settles=True,
            accepted=said["accepted"],
            duplicates=int(said.get("duplicates") or 0),
            rejected=int(said.get("rejected") or 0),
            error=error if said.get("errors") else "",
        )
    if status in (400, 413):
        return _Answer(splits=True, error=error)  # 400 without an account: one of the lines spoils the body
    return _Answer(retry_after=_seconds(retry_after), error=error)


def _first_error(said: Mapping[str, Any]) -> str:
    errors = said.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        return str(errors[0].get("error", ""))
    return ""


def _seconds(retry_after: Optional[str]) -> Optional[float]:
    """Reads Retry-After, seconds or a date; None when it says nothing."""
    if not retry_after:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        at = email.utils.parsedate_to_datetime(retry_after)
        return max(0.0, at.timestamp() - time.time())
    except (TypeError, ValueError, IndexError):
        return None


def _pause(failures: int, base: float, retry_after: Optional[float], rand: Callable[[], float]) -> float:
    """Seconds until the next try: what the sidecar asks for, else doubled with each failure; and up to half as much
    again, so that many generators do not come back at once."""
    if retry_after is not None and retry_after == retry_after:
        pause = min(retry_after, _MAX_RETRY_AFTER)
    else:
        pause = min(base * 2.0 ** min(failures - 1, 20), _MAX_PAUSE)
    return pause * (1 + rand() / 2)


# The spool


class _Spool:
    """Keeps lines in files of a folder, one a process, which the process has locked: a file without a lock is of a
    process that has ended, and whoever finds it first sends it. A file is NDJSON: `genmeter replay` reads it. What has
    been sent is overwritten with empty lines, so that a process that is killed leaves at most a batch to be sent twice."""

    def __init__(self, folder: str, limit: int) -> None:
        self._folder, self._limit = folder, limit
        self._own: Optional[_SpoolFile] = None
        self._found: List[_SpoolFile] = []
        self._full = False
        self.enabled = bool(folder)
        if folder and fcntl is None:
            self.enabled = False
            _log.warning("genmeter: no spool on this system: events wait in memory while the sidecar is away")

    @property
    def pending(self) -> int:
        """Bytes that wait to be sent."""
        own = self._own.left if self._own else 0
        return own + sum(found.left for found in self._found)

    @property
    def room(self) -> bool:
        return self.enabled and not self._full

    def adopt(self) -> None:
        """Takes over what processes that have ended left behind."""
        if not self.enabled:
            return
        for path in sorted(glob.glob(os.path.join(glob.escape(self._folder), "*.ndjson"))):
            found = _SpoolFile.adopt(path)
            if found is not None:
                self._found.append(found)

    def append(self, lines: List[bytes]) -> int:
        """Writes lines to disk and returns how many there was room for."""
        if not self.enabled or not lines:
            return 0
        try:
            if self._own is None:
                self._own = _SpoolFile.create(self._folder)
            kept = self._own.append(lines, self._limit)
        except OSError as err:
            if not self._full:
                _log.warning("genmeter: the spool %s takes no events, they wait in memory: %s", self._folder, err)
            kept = 0
        self._full = kept < len(lines)
        return kept

    def _first(self) -> Optional["_SpoolFile"]:
        while self._found and not self._found[0].left:
            self._found.pop(0).remove()
        return self._found[0] if self._found else self._own

    def peek(self, count: int, size: int) -> List[bytes]:
        first = self._first()
        return first.peek(count, size) if first else []

    def done(self, count: int) -> None:
        """Says that so many of the lines of the last peek are settled."""
        first = self._first()
        if first:
            first.done(count)
        self._first()

    def refresh(self) -> None:
        """Has it tried again whether there is room."""
        self._full = False

    def close(self) -> None:
        """Leaves what is in it to the next process."""
        for file in self._found + ([self._own] if self._own else []):
            if file.left:
                file.close()
            else:
                file.remove()
        self._found, self._own = [], None

    def forget(self) -> None:
        """Closes what belongs to the parent of this process; its locks stay, being the parent's."""
        for file in self._found + ([self._own] if self._own else []):
            file.close()


class _SpoolFile:
    def __init__(self, file: Any, path: str) -> None:
        self._file, self.path = file, path
        self._size = os.fstat(file.fileno()).st_size
        self._at = 0  # what is before it has been sent
        self._ends: List[int] = []  # of the lines of the last peek

    @classmethod
    def create(cls, folder: str) -> "_SpoolFile":
        os.makedirs(folder, mode=0o700, exist_ok=True)
        path = os.path.join(folder, "%s-%d-%s.ndjson" % (time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()), os.getpid(), uuid.uuid4().hex[:8]))
        hidden = path + ".new"  # nobody sees it before it is locked
        file = os.fdopen(os.open(hidden, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(hidden, path)
        return cls(file, path)

    @classmethod
    def adopt(cls, path: str) -> Optional["_SpoolFile"]:
        file = None
        try:
            file = open(path, "r+b", buffering=0)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            there, here = os.stat(path), os.fstat(file.fileno())
            if there.st_ino == here.st_ino:  # else another process has sent and removed it meanwhile
                return cls(file, path)
        except OSError:  # its process lives, or another was faster
            pass
        if file is not None:
            file.close()
        return None

    @property
    def left(self) -> int:
        return self._size - self._at

    def append(self, lines: List[bytes], limit: int) -> int:
        room, kept = limit - self._size, 0
        for line in lines:
            room -= len(line) + 1
            if room < 0:
                break
            kept += 1
        data = b"".join(line + b"\n" for line in lines[:kept])
        try:
            self._file.seek(self._size)
            view = memoryview(data)
            while view:
                view = view[self._file.write(view) :]
            os.fsync(self._file.fileno())
        except OSError:
            self._file.truncate(self._size)
            raise
        self._size += len(data)
        return kept

    def peek(self, count: int, size: int) -> List[bytes]:
        self._file.seek(self._at)
        data = self._file.read(size + _MAX_LINE)
        lines: List[bytes] = []
        self._ends = []
        at = 0
        while at < len(data) and len(lines) < count and (not lines or at < size):
            end = data.find(b"\n", at) + 1
            if end == 0:
                if self._at + len(data) < self._size and at > 0:
                    break  # the line goes on behind what was read
                end = len(data)  # half a line, of a process that was killed as it wrote
            if data[at:end].strip():
                lines.append(data[at:end].rstrip(b"\n"))
                self._ends.append(self._at + end)
            at = end
        if not lines:
            self._skip(self._at + at)
        return lines

    def done(self, count: int) -> None:
        if count:
            self._skip(self._ends[count - 1])

    def _skip(self, end: int) -> None:
        self._file.seek(self._at)
        self._file.write(b"\n" * (end - self._at))
        self._at = end
        if self._at >= self._size:
            self._file.truncate(0)
            self._at = self._size = 0

    def close(self) -> None:
        self._file.close()

    def remove(self) -> None:
        try:
            os.unlink(self.path)
        except OSError:
            pass
        self._file.close()


# The ends of processes

_clients: "weakref.WeakSet[Client]" = weakref.WeakSet()


def _after_fork_in_child() -> None:
    """What is queued is the parent's and is sent by the parent; the child begins anew."""
    for client in list(_clients):
        closed = client._deadline is not None
        client._spool.forget()
        client._reset()
        if closed:
            client._deadline = 0.0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def _end_with_child(client: Client) -> None:
    """A child of multiprocessing ends without atexit's handlers, but runs these."""
    _multiprocessing.Finalize(client, client.close, exitpriority=10)


def _flush_on_sigterm() -> None:
    """Lets SIGTERM end the process as before, but after the events are sent. Only where nobody handles it."""
    try:
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _on_sigterm)
    except (ValueError, OSError):  # not the main thread: whoever has it decides
        pass


def _on_sigterm(number: int, _: Any) -> None:
    clients = list(_clients)
    if any(client._cond._is_owned() for client in clients):  # type: ignore[attr-defined]
        # The handler has interrupted this very thread as it was putting an event into the queue, which the sender cannot
        # empty before the thread goes on: later, then.
        threading.Timer(0.01, os.kill, (os.getpid(), number)).start()
        return
    for client in clients:
        client.close()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
