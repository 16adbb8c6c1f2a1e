# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
"""What is kept on disk while the sidecar is away."""

import glob
import os
import signal
import subprocess
import sys
import tempfile
import unittest
from typing import Any, List

import genmeter_client
from fake_sidecar import PATIENCE, TestCase, names, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))


class SpoolTest(TestCase):
    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.join(folder.name, "spool")

    def spooling(self, **options: Any) -> genmeter_client.Client:
        return self.client(spool=self.folder, **options)

    def files(self) -> List[str]:
        return sorted(glob.glob(os.path.join(self.folder, "*")))

    def leave(self, rows: List[str], **options: Any) -> None:
        """Has a client end while the sidecar is away."""
        meter = self.spooling(**options)
        for name in rows:
            meter.record(name)
        meter.close(PATIENCE)
        self.assertEqual(meter.stats()["queued"], 0)

    def test_the_next_process_sends_it_first(self) -> None:
        self.sidecar.stop()
        self.leave(names(1200))
        self.assertEqual(len(self.files()), 1)
        self.assertEqual(os.stat(self.files()[0]).st_mode & 0o777, 0o600)
        self.sidecar.start(self.sidecar.port)
        meter = self.spooling()
        meter.record("row-1200")
        self.flush(meter)
        self.assertEqual(self.sidecar.ids(), names(1201))
        meter.close()
        self.assertEqual(self.files(), [])

    def test_the_same_process_goes_on(self) -> None:
        self.sidecar.stop()
        meter = self.spooling(max_queue=50)
        for name in names(500):
            meter.record(name)
            wait_until(lambda: meter.stats()["queued"] < 50, "that the queue goes to disk")
        self.assertEqual(meter.stats()["dropped"], 0)
        self.sidecar.start(self.sidecar.port)
        self.sidecar.plan.extend(["lost", 503, "torn"])
        self.flush(meter)
        self.assertEqual(self.sidecar.ids(), names(500))
        self.assertEqual([os.path.getsize(file) for file in self.files()], [0])

    def test_it_is_bounded(self) -> None:
        self.sidecar.stop()
        meter = self.spooling(max_spool=10_000, max_queue=10)
        with self.assertLogs("genmeter", "WARNING"):
            for name in names(1000):
                meter.record(name)
                wait_until(lambda: not meter.stats()["queued"] or not meter._spool.room, "that the queue goes to disk")
        self.assertLessEqual(meter.stats()["spooled"], 10_000)
        self.sidecar.start(self.sidecar.port)
        self.flush(meter)
        stats = meter.stats()
        self.assertGreater(stats["accepted"], 30)
        self.assertEqual(stats["accepted"] + stats["dropped"], 1000)
        self.assertEqual(self.sidecar.ids()[:30], names(30))  # the oldest are kept

    def test_clients_that_live_have_their_own(self) -> None:
        self.sidecar.stop()
        one = self.spooling()
        one.record("row-0")
        wait_until(lambda: one.stats()["spooled"], "a spool")
        two = self.spooling()
        two.record("row-1")
        wait_until(lambda: two.stats()["spooled"], "a spool")
        self.assertEqual(len(self.files()), 2)
        one.close()
        two.close()
        self.sidecar.start(self.sidecar.port)
        self.flush(self.spooling())
        self.assertEqual(sorted(self.sidecar.ids()), names(2))

    def test_killed_with_9(self) -> None:
        self.sidecar.stop()
        code = (
            "import genmeter_client, time\n"
            "meter = genmeter_client.Client(delay=0.001)\n"
            "for i in range(700): meter.record('row-%d' % i)\n"
            "while meter.stats()['queued'] or meter._busy: time.sleep(0.001)\n"
            "print(flush=True)\n"
            "time.sleep(600)\n"
        )
        env = {**os.environ, "GENMETER_URL": self.sidecar.url, "GENMETER_SPOOL": self.folder}
        with subprocess.Popen([sys.executable, "-c", code], cwd=HERE, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as killed:
            assert killed.stdout
            killed.stdout.readline()
            os.kill(killed.pid, signal.SIGKILL)
        self.sidecar.start(self.sidecar.port)
        self.flush(self.spooling())
        self.assertEqual(self.sidecar.ids(), names(700))

    def test_half_a_line_and_what_was_sent(self) -> None:
        self.sidecar.stop()
        self.leave(names(3))
        path = self.files()[0]
        with open(path, "r+b") as file:
            lines = file.read().splitlines(True)
            file.seek(0)
            file.write(b"\n" * len(lines[0]))  # sent before the kill
            file.seek(0, 2)
            file.write(lines[0][:20])  # being written at the kill
        self.sidecar.start(self.sidecar.port)
        with self.assertLogs("genmeter", "WARNING"):
            meter = self.spooling()
            self.flush(meter)
        self.assertEqual(self.sidecar.ids(), ["row-1", "row-2"])
        self.assertEqual((meter.stats()["rejected"], self.files()), (1, []))

    def test_what_was_sent_is_blank_at_once(self) -> None:
        self.sidecar.stop()
        self.leave(names(10))
        self.sidecar.start(self.sidecar.port)
        self.sidecar.plan.extend(["ok", "hang"])
        meter = self.spooling(batch=4)
        wait_until(lambda: len(self.sidecar.requests) == 2, "the second request")
        with open(self.files()[0], "rb") as file:
            self.assertEqual(len([line for line in file.read().splitlines() if line]), 6)
        self.sidecar.release()
        self.flush(meter)
        self.assertEqual(self.sidecar.ids(), names(10))

    def test_an_answer_that_never_comes(self) -> None:
        self.sidecar.plan.append("hang")
        meter = self.spooling(timeout=PATIENCE)
        meter.record("row-0")
        wait_until(lambda: self.sidecar.requests, "a request that hangs")
        meter.record("row-1")
        meter.close(0.01)
        self.sidecar.release()
        self.assertEqual(meter.stats()["dropped"], 0)
        self.flush(self.spooling())
        self.assertEqual(sorted(self.sidecar.ids()), names(2))

    def test_a_folder_that_cannot_be(self) -> None:
        with open(self.folder, "w"):
            pass
        self.sidecar.plan.append(503)
        meter = self.spooling()
        with self.assertLogs("genmeter", "WARNING") as logs:
            for name in names(5):
                meter.record(name)
            self.flush(meter)
        self.assertEqual(self.sidecar.ids(), names(5))
        self.assertIn("they wait in memory", "\n".join(logs.output))


if __name__ == "__main__":
    unittest.main()
