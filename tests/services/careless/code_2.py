"""Has a default for a status that is missing, and none for one that is null or empty."""

from __future__ import annotations

from huawei_traces import Rejected, checked

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handle"]

EVENTS = ["huawei/cts/trace"]
HANDLER = "handle"
BUG = "int of a code"


async def handle(message: str) -> int:
    """Return how many operations failed."""
    codes = [int(trace.get("code", 200)) for trace in checked(message)]
    return sum(code >= 400 for code in codes)
