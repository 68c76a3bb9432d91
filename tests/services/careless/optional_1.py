"""Trusts that an instance has a name, as in every delivery so far: no page promises it."""

from __future__ import annotations

from alibaba_frames import Rejected, opened

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handle"]

EVENTS = ["alibaba/ecs/instance-state-change"]
HANDLER = "handle"
BUG = "optional field"


def handle(body: bytes) -> str:
    """Return the line for the people on duty."""
    _, content = opened(body)
    return f"{content['instanceName']} is {content['state'].lower()}"
