"""Cuts a name to the width of a column, in bytes."""

from __future__ import annotations

from alibaba_frames import Rejected, opened

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handle"]

EVENTS = ["alibaba/ecs/instance-state-change", "alibaba/ecs/instance-preemptible-instance-interruption"]
HANDLER = "handle"
BUG = "cut text"


WIDTH = 32


def handle(body: bytes) -> str:
    """Return a name that fits into a column."""
    _, content = opened(body)
    return content.get("instanceName", "unnamed").encode()[:WIDTH].decode().ljust(WIDTH)  # type: ignore[no-any-return]
