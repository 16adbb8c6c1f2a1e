# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
"""A sidecar for tests that misbehaves as it is told."""

import collections
import gzip
import http.server
import json
import socket
import struct
import threading
import time
import unittest
from typing import Any, Callable, Deque, Dict, List, Optional, Set, Tuple

import genmeter_client

PATIENCE = 30.0


def wait_until(true: Callable[[], Any], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            raise AssertionError("in vain: " + what)
        time.sleep(0.002)


class Sidecar:
    """Takes events, each id once, unless plan says what the next requests meet instead:

    a number      that status, with the headers of self.headers and the text "no"
    "html"        200, and a page
    "lost"        the events are taken, and the connection is reset without an answer
    "reset"       they are not, and the connection is reset
    "torn"        they are taken, and half of the answer is sent
    "hang"        they are not taken, and there is no answer until release()
    """

    def __init__(self, port: int = 0) -> None:
        self.plan: Deque[Any] = collections.deque()
        self.headers: Dict[str, str] = {}
        self.refuses: Optional[Callable[[List[bytes]], int]] = None  # a status for a body, or 0
        self.events: List[Dict[str, Any]] = []
        self.seen: Set[Tuple[str, str]] = set()
        self.requests: List[Tuple[Dict[str, str], int]] = []  # headers, lines
        self.lock = threading.Lock()
        self.released = threading.Event()
        self.connections: Set[socket.socket] = set()
        self.start(port)

    def start(self, port: int) -> None:
        sidecar = self
        self.released.clear()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                sidecar.connections.add(self.connection)

            def finish(self) -> None:
                sidecar.connections.discard(self.connection)
                try:
                    super().finish()
                except OSError:
                    pass

            def do_POST(self) -> None:
                sidecar.post(self)

            def log_message(self, *_: Any) -> None:
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, *_: Any) -> None:  # a client that went away
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        self.url = "http://127.0.0.1:%d" % self.port
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Goes away, with every connection."""
        self.release()
        self.server.shutdown()
        self.server.server_close()
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def release(self) -> None:
        self.released.set()

    def post(self, request: Any) -> None:
        data = request.rfile.read(int(request.headers["Content-Length"]))
        if request.headers.get("Content-Encoding") == "gzip":
            data = gzip.decompress(data)
        lines = data.splitlines()
        with self.lock:
            self.requests.append((dict(request.headers), len(lines)))
            act = self.plan.popleft() if self.plan else self.refuses(lines) if self.refuses else "ok"
            answer = self.take(lines) if act in (0, "ok", "lost", "torn") else {}
        if act == "hang":
            self.released.wait(PATIENCE)
        if act in ("hang", "lost", "reset"):
            request.close_connection = True
            request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            request.connection.close()
            return
        status, body = (200, json.dumps(answer).encode()) if act in (0, "ok", "torn") else (200, b"<html>hello</html>")
        if isinstance(act, int) and act:
            status, body = act, b"no"
        if status == 200 and act != "html" and answer["accepted"] + answer["duplicates"] == 0:
            status = 400
        request.send_response(status)
        for name, value in self.headers.items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if act == "torn":
            request.close_connection = True
            body = body[: len(body) // 2]
        request.wfile.write(body)

    def take(self, lines: List[bytes]) -> Dict[str, Any]:
        answer: Dict[str, Any] = {"accepted": 0, "rejected": 0, "duplicates": 0}
        for number, line in enumerate(lines, 1):
            try:
                event = json.loads(line)
                key = (event["event"], event["id"])
            except (ValueError, KeyError, TypeError):
                event = key = None
            if key is None or event.get("model_name") == "bad":
                answer["rejected"] += 1
                answer.setdefault("errors", []).append({"line": number, "error": "line %d: bad" % number})
            elif key in self.seen:
                answer["duplicates"] += 1
            else:
                answer["accepted"] += 1
                self.seen.add(key)
                self.events.append(event)
        return answer

    def ids(self, kind: str = "record") -> List[str]:
        with self.lock:
            return [event["id"] for event in self.events if event["event"] == kind]


class TestCase(unittest.TestCase):
    """A test with a sidecar, and clients that do not wait long."""

    def setUp(self) -> None:
        self.sidecar = Sidecar()
        self.addCleanup(self.sidecar.stop)

    def client(self, url: Optional[str] = None, **options: Any) -> genmeter_client.Client:
        options = {"delay": 0.001, "backoff": 0.001, "spool": "", **options}
        client = genmeter_client.Client(url or self.sidecar.url, **options)
        self.addCleanup(client.close, 0.0)
        return client

    def flush(self, client: genmeter_client.Client) -> None:
        self.assertTrue(client.flush(PATIENCE), client.stats())


def names(n: int) -> List[str]:
    return ["row-%d" % i for i in range(n)]
