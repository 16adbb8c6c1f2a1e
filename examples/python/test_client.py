# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
"""What a generator says, and how it gets to a sidecar that misbehaves."""

import datetime
import email.utils
import logging
import threading
import time
import unittest
from typing import Any

import genmeter_client
from fake_sidecar import PATIENCE, TestCase, names, wait_until


class SaysTest(TestCase):
    def test_every_method(self) -> None:
        meter = self.client()
        meter.target(7)
        meter.track_generation(1.5, True, model_name="m", prompt_token_count=3, finish_reason=None, tenant="a", timestamp=0)
        meter.track_evaluation(datetime.timedelta(seconds=2), True, "judge", {"x": {"score": 0.5, "feedback": "né"}}, id="e")  # type: ignore[arg-type]
        meter.record("row-1", "rejected", reason="short")
        meter.record_metric("depth", 7, event="x", worker="a")
        self.flush(meter)
        events = {event["event"]: event for event in self.sidecar.events}
        for event in events.values():
            self.assertTrue(event.pop("id"))
            self.assertEqual(datetime.datetime.fromisoformat(event.pop("timestamp")).utcoffset(), datetime.timedelta(0))
        self.assertEqual(events, {
            "target": {"event": "target", "records": 7},
            "generation": {"event": "generation", "duration": 1.5, "success": True, "model_name": "m", "prompt_token_count": 3, "tenant": "a"},
            "evaluation": {"event": "evaluation", "duration": 2, "success": True, "evaluator_type": "judge",
                           "scores": {"x": {"score": 0.5, "feedback": "né"}}},
            "record": {"event": "record", "outcome": "rejected", "reason": "short"},
            "metric": {"event": "metric", "metric": "depth", "value": 7, "attributes": {"event": "x", "worker": "a"}},
        })
        self.assertEqual(meter.stats()["accepted"], 5)

    def test_a_call_is_measured(self) -> None:
        meter = self.client()
        with meter.generation(model_name="m", provider="p", tenant="a") as call:
            call.update(completion_token_count=4)
        begun = meter.begin(model_name="m")
        begun.end(success=False, duration=9.0)
        begun.end()
        with self.assertRaises(ZeroDivisionError):
            with meter.generation(model_name="m") as call:
                _ = 1 // 0
        with meter.generation() as call:
            call.fail("not json", "parse")
        self.flush(meter)
        calls = [event for event in self.sidecar.events if event["event"] == "generation"]
        begins = [event for event in self.sidecar.events if event["event"] == "begin"]
        self.assertEqual([c["id"] for c in calls], [b["id"] for b in begins])
        self.assertNotIn("tenant", begins[0])
        self.assertEqual([c["success"] for c in calls], [True, False, False, False])
        self.assertGreaterEqual(calls[0]["duration"], 0)
        self.assertEqual((calls[0]["completion_token_count"], calls[0]["tenant"], calls[1]["duration"]), (4, "a", 9.0))
        self.assertEqual((calls[2]["error_type"], calls[3]["error"]), ("ZeroDivisionError", "not json"))
        self.assertIn("zero", calls[2]["error"])

    def test_nothing_raises(self) -> None:
        class Nasty:
            def __str__(self) -> str:
                raise RuntimeError("no text")

        circle: Any = {}
        circle["circle"] = circle
        meter = self.client()
        with self.assertLogs("genmeter", logging.WARNING) as logs:
            meter.track_generation(1, True, metadata=circle)
            meter.track_generation(1, True, thing=Nasty())
            meter.track_generation(1, False, error=Nasty())
            meter.record("x" * (1 << 20))
            meter.begin(thing=Nasty()).end(error=Nasty())
        self.assertEqual(len(logs.output), 1, logs.output)  # told once
        meter.track_generation(float("nan"), True, words={"b", "a"}, error="e" * 5000, id="last")
        self.flush(meter)
        last = self.sidecar.events[-1]
        self.assertEqual((last["words"], len(last["error"])), (["a", "b"], 1024))
        self.assertEqual(meter.stats()["dropped"], 5)

    def test_wrong_address(self) -> None:
        for url in ("ftp://secret@nowhere", "http://", "http://host:port"):
            meter = self.client(url)
            with self.assertLogs("genmeter", logging.WARNING) as logs:
                meter.record()
            self.assertNotIn("secret", logs.output[0])
            self.assertEqual(meter.stats()["dropped"], 1)


class RoadTest(TestCase):
    def check_rows(self, meter: genmeter_client.Client, n: int) -> None:
        self.flush(meter)
        self.assertEqual(self.sidecar.ids(), names(n))

    def test_away_at_first(self) -> None:
        self.sidecar.stop()
        meter = self.client()
        with self.assertLogs("genmeter", logging.WARNING) as logs:
            for name in names(100):
                meter.record(name)
            wait_until(lambda: meter._failures > 3, "several tries")
        self.assertEqual(len(logs.output), 1, logs.output)
        self.sidecar.start(self.sidecar.port)
        self.check_rows(meter, 100)

    def test_restarts(self) -> None:
        meter = self.client()
        for i, name in enumerate(names(300)):
            meter.record(name)
            if i % 100 == 50:
                self.flush(meter)  # over the connection that it keeps
                self.sidecar.stop()
                self.sidecar.start(self.sidecar.port)
        self.check_rows(meter, 300)

    def test_every_trouble(self) -> None:
        for trouble in (503, 429, 500, 404, 401, 302, "html", "reset", "lost", "torn"):
            with self.subTest(trouble):
                self.sidecar.events, before = [], len(self.sidecar.requests)
                self.sidecar.seen.clear()
                self.sidecar.plan.extend([trouble, trouble])
                meter = self.client()
                for name in names(20):
                    meter.record(name)
                self.check_rows(meter, 20)
                meter.close()
                self.assertGreaterEqual(len(self.sidecar.requests) - before, 3)

    def test_an_answer_that_is_slow(self) -> None:
        self.sidecar.plan.append("hang")
        meter = self.client(timeout=0.05)
        meter.record("row-0")
        self.check_rows(meter, 1)
        self.assertGreaterEqual(len(self.sidecar.requests), 2)

    def test_retry_after_is_honoured(self) -> None:
        self.sidecar.headers = {"Retry-After": "0"}
        self.sidecar.plan.append(503)
        meter = self.client(backoff=3600)  # which it would wait for
        meter.record("row-0")
        self.check_rows(meter, 1)
        self.sidecar.headers = {"Retry-After": "250"}
        self.sidecar.plan.append(503)
        meter.record("row-1")
        wait_until(lambda: meter.stats()["next_try"] > 0, "a pause")
        self.assertGreater(meter.stats()["next_try"], 200)
        self.assertFalse(meter.flush(0))
        meter.close()  # tries once more
        self.assertEqual(self.sidecar.ids(), names(2))

    def test_bad_events_cost_themselves(self) -> None:
        meter = self.client(delay=0)
        with self.assertLogs("genmeter", logging.WARNING) as logs:
            for _ in range(3):
                meter.track_generation(1, True, model_name="bad")
                self.flush(meter)  # a batch of bad ones is a 400
        meter.record("row-0")
        self.check_rows(meter, 1)
        self.assertEqual(len(logs.output), 1, logs.output)
        self.assertEqual((meter.stats()["rejected"], meter.stats()["accepted"]), (3, 1))

    def test_too_much_is_split(self) -> None:
        self.sidecar.refuses = lambda lines: 413 if len(lines) > 3 or any(b"huge" in line for line in lines) else 0
        self.check_split(413)

    def test_a_line_that_spoils_the_body(self) -> None:
        self.sidecar.refuses = lambda lines: 400 if any(b"huge" in line for line in lines) else 0
        self.check_split(400)

    def check_split(self, status: int) -> None:
        self.sidecar.plan.append(status)
        meter = self.client(delay=60)  # one batch
        for name in names(50):
            meter.record(name)
        meter.record("huge")
        with self.assertLogs("genmeter", logging.WARNING) as logs:
            self.check_rows(meter, 50)
        self.assertEqual(meter.stats()["dropped"], 1)
        self.assertIn("cannot take an event of", logs.output[0])

    def test_large_batches_are_compressed(self) -> None:
        meter = self.client(delay=60)
        for name in names(400):
            meter.record(name)
        self.check_rows(meter, 400)
        self.assertEqual(self.sidecar.requests, self.sidecar.requests[:1])
        self.assertEqual(self.sidecar.requests[0][0].get("Content-Encoding"), "gzip")
        meter.record("row-400")
        self.check_rows(meter, 401)
        self.assertIsNone(self.sidecar.requests[-1][0].get("Content-Encoding"))

    def test_a_password(self) -> None:
        meter = self.client(self.sidecar.url.replace("//", "//me:p%40ss@") + "/under/here")
        meter.record("row-0")
        self.check_rows(meter, 1)
        self.assertEqual(self.sidecar.requests[0][0]["Authorization"], "Basic bWU6cEBzcw==")

    def test_a_full_queue_drops_and_counts(self) -> None:
        self.sidecar.plan.append("hang")
        meter = self.client(max_queue=10)
        meter.record("first")
        wait_until(lambda: self.sidecar.requests, "a request that hangs")
        with self.assertLogs("genmeter", logging.WARNING) as logs:
            for name in names(1000):
                meter.record(name)
        self.assertEqual(len(logs.output), 1, logs.output)
        self.assertEqual(meter.stats()["dropped"], 990)
        self.sidecar.release()
        self.flush(meter)
        self.assertEqual(self.sidecar.ids(), ["first"] + names(10))

    def test_threads(self) -> None:
        meter = self.client(max_queue=100_000)
        self.sidecar.plan.extend([503, "lost", "reset", "torn"] * 3)

        def work(number: int) -> None:
            for i in range(500):
                meter.record("%d-%d" % (number, i))

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.flush(meter)
        ids = self.sidecar.ids()
        self.assertEqual((len(ids), len(set(ids))), (4000, 4000))

    def test_the_end_is_bounded(self) -> None:
        self.sidecar.plan.extend(["hang"] * 10)
        meter = self.client(timeout=PATIENCE)
        meter.record("row-0")
        wait_until(lambda: self.sidecar.requests, "a request that hangs")
        with self.assertLogs("genmeter", logging.WARNING) as logs:
            meter.close(0.01)
            meter.record("row-1")  # dropped
        self.assertFalse(meter._thread and meter._thread.is_alive())
        self.assertIn("did not take 1 events by the end", "\n".join(logs.output))
        self.assertEqual(meter.stats()["dropped"], 2)


class PauseTest(unittest.TestCase):
    def test_pauses_double_to_a_bound(self) -> None:
        pauses = [genmeter_client._pause(n, 0.5, None, lambda: 0.0) for n in (1, 2, 3, 7, 8, 10_000)]
        self.assertEqual(pauses, [0.5, 1, 2, 30, 30, 30])
        self.assertEqual(genmeter_client._pause(1, 0.5, None, lambda: 1.0), 0.75)

    def test_the_sidecar_decides(self) -> None:
        self.assertEqual(genmeter_client._pause(9, 0.5, 5.0, lambda: 0.0), 5)
        self.assertEqual(genmeter_client._pause(1, 0.5, 1e9, lambda: 0.0), 300)

    def test_retry_after_is_read(self) -> None:
        for text, want in (("5", 5.0), ("-1", 0.0), ("", None), (None, None), ("soon", None), ("Wed, 99 Foo", None)):
            self.assertEqual(genmeter_client._seconds(text), want)
        date = email.utils.formatdate(time.time() + 100, usegmt=True)
        self.assertAlmostEqual(genmeter_client._seconds(date) or 0, 100, delta=PATIENCE)
        self.assertEqual(genmeter_client._seconds("Thu, 01 Jan 1970 00:00:00 GMT"), 0)


if __name__ == "__main__":
    unittest.main()
