"""Takes the status of an answer for a number that is always there."""

from __future__ import annotations

from typing import Any

from huawei_traces import Rejected, checked

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handler"]

EVENTS = ["huawei/cts/trace"]
HANDLER = "handler"
BUG = "int of a code"


def handler(event: dict[str, Any], _context: object) -> list[str]:
    """Return what failed."""
    return [trace["trace_name"] for trace in checked(event) if int(trace["code"]) >= 400]
