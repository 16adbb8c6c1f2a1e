# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
"""The two files of afterimage.monitoring, byte for byte as its GenerationMonitor writes them.

It stands for that package, so that the example needs none: in your program it is afterimage itself that writes.
"""

import datetime
import json
import os
import threading
from typing import Any, Dict, Mapping, Optional

# The keyword arguments of a call that become samples of their own, in the order of the samples.
TOKENS = ("prompt_token_count", "completion_token_count", "total_token_count")


class GenerationMonitor:
    """Writes afterimage.log, which has whole events, and metrics.jsonl, which has each event once more as samples."""

    def __init__(self, log_dir: str) -> None:
        os.makedirs(log_dir, exist_ok=True)
        self.lock = threading.Lock()
        self.log = open(os.path.join(log_dir, "afterimage.log"), "a", encoding="utf-8", buffering=1)
        self.metrics = os.path.join(log_dir, "metrics.jsonl")

    def track_generation(self, duration: float, success: bool, **kwargs: Any) -> None:
        now = datetime.datetime.now()  # local time, without a zone
        data: Dict[str, Any] = {"timestamp": now.isoformat(), "duration": duration, "success": success, **kwargs}
        samples = [("generation_time", duration, {}), ("success_rate", 1.0 if success else 0.0, {})]
        if "error" in kwargs:
            samples.append(("error_rate", 1.0, {}))
        if "model_name" in kwargs:
            samples.append(("model_usage:%s" % kwargs["model_name"], 1.0, {}))
        if "finish_reason" in kwargs:
            samples.append(("finish_reason:%s" % kwargs["finish_reason"], 1.0, {}))
        samples += [(name, kwargs[name], {"model_name": kwargs.get("model_name")}) for name in TOKENS if name in kwargs]
        if "conversation_length" in kwargs:
            samples.append(("conversation_length", kwargs["conversation_length"], {}))
        self.write("Generation metrics", now, data, samples)

    def track_evaluation(self, duration: float, success: bool, evaluator_type: str, scores: Mapping[str, Mapping[str, Any]]) -> None:
        now = datetime.datetime.now()
        data = {
            "timestamp": now.isoformat(), "duration": duration, "success": success,
            "evaluator_type": evaluator_type, "scores": dict(scores),
        }
        samples = [("evaluation_time", duration, {"evaluator_type": evaluator_type, "success": success})]
        for name, score in scores.items():
            about = {"evaluator_type": evaluator_type, "feedback": score.get("feedback")}
            samples.append(("evaluation_score_%s" % name, score["score"], about))
        self.write("Evaluation metrics", now, data, samples)

    def write(self, message: str, now: datetime.datetime, data: Dict[str, Any], samples: Any) -> None:
        stamp = now.strftime("%Y-%m-%d %H:%M:%S,") + "%03d" % (now.microsecond // 1000)
        line = "%s - %s\n" % (stamp, json.dumps({"message": message, "data": data, "level": "info"}))
        with self.lock:
            self.log.write(line)
            for name, value, about in samples:
                with open(self.metrics, "a", encoding="utf-8") as file:  # afterimage opens it for each sample
                    json.dump({"metric": name, "value": value, **about, "timestamp": now.isoformat()}, file)
                    file.write("\n")

    def shutdown(self) -> None:
        self.log.close()
