# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
"""How processes end, and how they fork: each is a process of its own here."""

import os
import signal
import subprocess
import sys
import unittest

from fake_sidecar import PATIENCE, TestCase, names

HERE = os.path.dirname(os.path.abspath(__file__))
HEAD = """
import multiprocessing, os, signal, sys, threading, time
import genmeter_client
meter = genmeter_client.Client(delay=600, exit_timeout=60)  # nothing is sent before the end
"""


class ProcessTest(TestCase):
    def run_python(self, code: str, status: int = 0) -> None:
        env = {**os.environ, "GENMETER_URL": self.sidecar.url, "GENMETER_SPOOL": ""}
        done = subprocess.run([sys.executable, "-c", HEAD + code], cwd=HERE, env=env, timeout=4 * PATIENCE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, status, done.stderr)

    def check(self, n: int) -> None:
        self.assertEqual(sorted(self.sidecar.ids()), sorted(names(n)))

    def test_the_end(self) -> None:
        self.run_python("for i in range(10): meter.record('row-%d' % i)")
        self.check(10)

    def test_an_exception_and_an_exit(self) -> None:
        self.run_python("meter.record('row-0'); raise ValueError", 1)
        self.run_python("meter.record('row-1'); sys.exit(7)", 7)
        self.check(2)

    def test_later_than_the_end(self) -> None:
        self.run_python("import atexit; atexit._run_exitfuncs(); meter.record('dropped')")
        self.run_python("import atexit; late = genmeter_client.Client(); atexit.register(late.record, 'row-0')")
        self.check(1)

    def test_sigterm(self) -> None:
        self.run_python("meter.record('row-0'); os.kill(os.getpid(), signal.SIGTERM); time.sleep(600)", -signal.SIGTERM)
        self.check(1)

    def test_sigterm_in_the_middle(self) -> None:
        # The handler runs wherever the main thread is, inside of record too.
        self.run_python(
            "with meter._cond:\n"
            "  meter.record('row-0'); os.kill(os.getpid(), signal.SIGTERM); sum(range(1000))\n"
            "time.sleep(600)",
            -signal.SIGTERM,
        )
        self.check(1)

    def test_a_handler_of_the_generator_stays(self) -> None:
        self.run_python(
            "def mine(*_): meter.record('row-0'); sys.exit(3)\n"
            "signal.signal(signal.SIGTERM, mine)\n"
            "genmeter_client.Client()\n"
            "os.kill(os.getpid(), signal.SIGTERM); time.sleep(600)",
            3,
        )
        self.check(1)

    def test_fork(self) -> None:
        self.run_python(
            "meter.record('row-0')\n"
            "pid = os.fork()\n"
            "meter.record('row-1' if pid else 'row-2')\n"
            "if pid: assert os.waitpid(pid, 0)[1] == 0\n"
        )
        self.check(3)
        self.assertEqual(len(self.sidecar.requests), 2)  # what was queued before the fork was sent by the parent alone

    def test_fork_while_threads_record(self) -> None:
        self.run_python(
            "done = threading.Event()\n"
            "def work():\n"
            "  while not done.wait(0.001): meter.record_metric('m', 1)\n"
            "threads = [threading.Thread(target=work) for _ in range(3)]\n"
            "for thread in threads: thread.start()\n"
            "for i in range(10):\n"
            "  pid = os.fork()\n"
            "  if pid == 0:\n"
            "    meter.record('row-%d' % i); meter.close(); os._exit(0)\n"
            "  assert os.waitpid(pid, 0)[1] == 0\n"
            "done.set()\n"
            "for thread in threads: thread.join()\n"
        )
        self.check(10)

    def test_multiprocessing(self) -> None:
        for method in ("fork", "forkserver", "spawn"):
            with self.subTest(method):
                self.sidecar.events.clear()
                self.sidecar.seen.clear()
                path = "sys.path.insert(0, %r)\n" % HERE
                self.run_python(
                    path + "import process_child\n"
                    "context = multiprocessing.get_context(%r)\n"
                    "children = [context.Process(target=process_child.record, args=(meter if %r == 'fork' else None, i)) for i in range(2)]\n"
                    "for child in children: child.start()\n"
                    "for child in children: child.join(); assert child.exitcode == 0\n" % (method, method)
                )
                self.check(2)


if __name__ == "__main__":
    unittest.main()
