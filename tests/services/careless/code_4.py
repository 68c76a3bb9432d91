"""Reads the version of a frame as a number with a point: so it has always been written."""

from __future__ import annotations

from alibaba_frames import Rejected, opened

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handle"]

EVENTS = ["alibaba/ecs/instance-state-change", "alibaba/ecs/instance-preemptible-instance-interruption"]
HANDLER = "handle"
BUG = "int of a code"


def handle(body: bytes) -> tuple[int, int]:
    """Return the version of the frame, and how many fields an event has."""
    frame, content = opened(body)
    return int(frame.get("ver", "1.0").split(".")[0]), len(content)
