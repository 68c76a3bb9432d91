"""Takes the first delivery of a payload, although it asked for all of them."""

from __future__ import annotations

import signalbook

EVENTS = ["huawei/config/resource-changed", "huawei/cts/trace"]
HANDLER = "handle"
BUG = "first record"


def handle(payload: bytes) -> str:
    """Return what happened. Raises `signalbook.ParseError`."""
    first, *_ = signalbook.parse_all(payload, level="tolerant")
    return f"{first.event}: {first.body}"
