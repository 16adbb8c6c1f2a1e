# Copyright the genmeter authors.
# SPDX-License-Identifier: Apache-2.0
"""What test_process.py has its children do: a child that is spawned imports it by name."""

from typing import Optional

import genmeter_client


def record(meter: Optional[genmeter_client.Client], number: int) -> None:
    (meter or genmeter_client.Client(delay=600, exit_timeout=60)).record("row-%d" % number)
