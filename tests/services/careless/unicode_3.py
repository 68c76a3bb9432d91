"""Writes a line of a log as ASCII."""

from __future__ import annotations

from huawei_traces import Rejected, checked

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handle"]

EVENTS = ["huawei/cts/trace"]
HANDLER = "handle"
BUG = "cut text"


async def handle(message: str) -> bytes:
    """Return the line of a log."""
    return b"; ".join(
        f"{trace['trace_name']} {trace.get('resource_name', '')}".encode("ascii")
        for trace in checked(message)
    )
