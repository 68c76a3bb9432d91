"""Divides a time by a thousand: it may be text, and of another unit or a date."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from huawei_traces import Rejected, checked

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handler"]

EVENTS = ["huawei/cts/trace"]
HANDLER = "handler"
BUG = "naive time"


def handler(event: dict[str, Any], _context: object) -> list[str]:
    """Return when each operation was."""
    return [
        f"{datetime.fromtimestamp(trace['time'] / 1000, UTC):%H:%M}"
        for trace in checked(event)
        if trace.get("time")
    ]
