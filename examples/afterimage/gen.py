#!/usr/bin/env python3
# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
"""A generator that is monitored by afterimage.monitoring, and knows nothing of genmeter.

    genmeter run --follow runs/today -- python3 gen.py runs/today

A conversation takes a call for each turn, and a call that fails is made once more; a judge then scores it. At the end it prints what
it did, which is what genmeter tells.
"""

import argparse
import collections
import json
import random
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Counter, Tuple

from monitoring import GenerationMonitor

MODELS = ("gpt-4o-mini", "models/gemini-2.5-flash")
ERRORS = (("RateLimitError", "Error code: 429 - slow down"), ("TimeoutError", "Request timed out."))


def call(monitor: GenerationMonitor, rng: random.Random, turn: int, seconds: float) -> Tuple[bool, Counter[str]]:
    """Stands for a call to a provider, and tells the monitor of it as afterimage's own generators do."""
    begun = time.monotonic()
    time.sleep(seconds * rng.uniform(0.5, 1.5))
    metadata = {"operation": "generate", "component": "respondent"}
    if rng.random() < 0.1:
        name, error = rng.choice(ERRORS)  # a failed call has no model there
        monitor.track_generation(time.monotonic() - begun, False, error=error, metadata={**metadata, "error_type": name})
        return False, collections.Counter(calls=1, failures=1)
    prompt, completion = rng.randint(200, 900), rng.randint(20, 200)
    monitor.track_generation(
        time.monotonic() - begun,
        True,
        prompt_token_count=prompt,
        completion_token_count=completion,
        total_token_count=prompt + completion,
        model_name=rng.choice(MODELS),
        finish_reason="stop",
        conversation_length=turn,
        metadata=metadata,
    )
    return True, collections.Counter(calls=1, prompt_tokens=prompt, completion_tokens=completion)


def converse(monitor: GenerationMonitor, seed: int, seconds: float) -> Counter[str]:
    """Makes a conversation; that it is finished is a generation of its own, which genmeter counts as a record."""
    rng, begun, did = random.Random(seed), time.monotonic(), Counter[str]()
    metadata = {"operation": "conversation_generation", "component": "generator"}
    turns = rng.randint(1, 3)
    for turn in range(1, turns + 1):
        for _attempt in range(2):
            answered, counts = call(monitor, rng, turn, seconds)
            did += counts
            if answered:
                break
        else:
            monitor.track_generation(time.monotonic() - begun, False, error="no answer", metadata=metadata)
            return did + collections.Counter(failed=1)
    score = round(rng.uniform(-1, 1), 3)
    monitor.track_evaluation(0.01, True, "composite", {"coherence": {"score": score, "feedback": "two\nlines" if score < 0 else None}})
    monitor.track_generation(time.monotonic() - begun, True, conversation_length=turns, metadata=metadata)
    return did + collections.Counter(accepted=1)


def main() -> int:
    args = parse()
    monitor = GenerationMonitor(args.log_dir)
    with ThreadPoolExecutor(args.workers) as pool:
        seeds = range(args.seed, args.seed + args.conversations)
        did = sum(pool.map(lambda seed: converse(monitor, seed, args.seconds), seeds), Counter[str]())
    monitor.shutdown()
    json.dump(did, sys.stdout, indent=2)
    print()
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Makes conversations with models that it makes up, monitored by afterimage's files.")
    parser.add_argument("log_dir", help="folder of the two files")
    parser.add_argument("--conversations", type=int, default=100, help="conversations wanted (100)")
    parser.add_argument("--workers", type=int, default=4, help="threads (4)")
    parser.add_argument("--seconds", type=float, default=0.02, help="how long a call takes, about (0.02)")
    parser.add_argument("--seed", type=int, default=1, help="another seed has other tokens, failures and scores")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
