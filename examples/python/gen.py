#!/usr/bin/env python3
# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
"""A small generator that meters itself: it makes rows by asking a model that it makes up, so it needs no network.

    genmeter serve &
    python3 gen.py --records 200

A row takes a call, and another one when that fails; then a judge scores the answer, and turns some down. At the end it
prints what it did, which is what the sidecar's /api/v1/tokens and /api/v1/progress tell.
"""

import argparse
import collections
import json
import random
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Counter, Dict, NamedTuple

import genmeter_client

MODEL = "gpt-4o-mini"
ATTEMPTS = 3


class RateLimitError(Exception):
    """As the clients of the providers raise it: the sidecar knows its name."""


class Answer(NamedTuple):
    text: str
    prompt_tokens: int
    completion_tokens: int


def ask_model(rng: random.Random, seconds: float) -> Answer:
    """Stands for the call to a provider."""
    time.sleep(seconds * rng.uniform(0.5, 1.5))
    fate = rng.random()
    if fate < 0.05:
        raise RateLimitError("Error code: 429 - slow down")
    if fate < 0.08:
        raise TimeoutError("Request timed out.")
    return Answer("a row", rng.randint(200, 900), rng.randint(20, 200))


class Generator:
    """Makes rows, and counts what it does twice: for the sidecar, and to tell at the end."""

    def __init__(self, meter: genmeter_client.Client, seconds: float) -> None:
        self.meter, self.seconds = meter, seconds
        self.lock = threading.Lock()
        self.truth: Counter[str] = collections.Counter()

    def count(self, **amounts: int) -> None:
        with self.lock:
            self.truth.update(amounts)

    def make_row(self, seed: int, name: str) -> None:
        rng = random.Random(seed)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self.ask(rng, name, attempt)
                break
            except (RateLimitError, TimeoutError):
                self.count(failures=1)
        else:
            self.meter.record(name, "failed", reason="no answer")
            self.count(failed=1)
            return
        if self.judge(rng, answer, name):
            self.meter.record(name)
            self.count(accepted=1)
        else:
            self.meter.record(name, "rejected", reason="incoherent")
            self.count(rejected=1)

    def ask(self, rng: random.Random, name: str, attempt: int) -> Answer:
        self.count(calls=1)
        with self.meter.generation(model_name=MODEL, provider="openai", step="write", attempt=attempt, record_id=name) as call:
            answer = ask_model(rng, self.seconds)  # an exception is a failed call
            call.update(
                prompt_token_count=answer.prompt_tokens,
                completion_token_count=answer.completion_tokens,
                finish_reason="stop",
                conversation_length=1,
            )
        self.count(prompt_tokens=answer.prompt_tokens, completion_tokens=answer.completion_tokens)
        return answer

    def judge(self, rng: random.Random, answer: Answer, name: str) -> bool:
        begun, score = time.monotonic(), rng.random()
        feedback = "clear" if score >= 0.2 else "it contradicts itself"
        self.meter.track_evaluation(
            time.monotonic() - begun, True, "coherence", {"coherence": {"score": score, "feedback": feedback}}, record_id=name
        )
        self.count(evaluations=1)
        return score >= 0.2


def main() -> int:
    args = parse()
    with genmeter_client.Client() as meter:  # $GENMETER_URL and $GENMETER_SPOOL; it flushes at the end
        generator = Generator(meter, args.seconds)
        meter.target(args.records)
        with ThreadPoolExecutor(args.workers) as pool:
            rows = range(args.records)
            list(pool.map(lambda row: generator.make_row(args.seed + row, "%s-%d" % (args.run, row)), rows))
        meter.flush(60)  # a minute at most
        report: Dict[str, Any] = dict(generator.truth)
        report["meter"] = meter.stats()
    json.dump(report, sys.stdout, indent=2)
    print()
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Makes rows by asking a model that it makes up, and meters itself.")
    parser.add_argument("--records", type=int, default=200, help="rows wanted (200)")
    parser.add_argument("--workers", type=int, default=4, help="threads (4)")
    parser.add_argument("--seconds", type=float, default=0.02, help="how long a call takes, about (0.02)")
    parser.add_argument("--seed", type=int, default=1, help="another seed has other tokens, failures and scores")
    parser.add_argument("--run", default=time.strftime("%Y%m%dT%H%M%S"), help="begins the rows' ids (the time)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
