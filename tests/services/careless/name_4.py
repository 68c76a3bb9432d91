"""Gets the weight of an operation from a table of those it met."""

from __future__ import annotations

from huawei_traces import Rejected, checked

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handle"]

EVENTS = ["huawei/cts/trace"]
HANDLER = "handle"
BUG = "unknown name"


WEIGHTS = {"deleteServer": 3, "createSingleServer": 1, "deleteVolume": 3, "login": 1}


async def handle(message: str) -> int:
    """Return how grave what happened is."""
    return sum(WEIGHTS[trace["trace_name"]] for trace in checked(message))
