"""Knows six states, and no other: Pending went in 2021 and Created came."""

from __future__ import annotations

from enum import Enum

from alibaba_frames import Rejected, opened

__all__ = ["BUG", "EVENTS", "HANDLER", "Rejected", "handle"]

EVENTS = ["alibaba/ecs/instance-state-change"]
HANDLER = "handle"
BUG = "closed enum"


class State(Enum):
    """The states an instance can be in."""

    CREATED = "Created"
    STARTING = "Starting"
    RUNNING = "Running"
    STOPPING = "Stopping"
    STOPPED = "Stopped"
    DELETED = "Deleted"


def handle(body: bytes) -> bool:
    """Return whether an instance is up."""
    _, content = opened(body)
    return State(content["state"]) is State.RUNNING
