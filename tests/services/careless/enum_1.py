"""Knows six states, and no other: Pending went in 2021 and Created came."""

from __future__ import annotations

import json
from enum import Enum
from typing import Any
from urllib.parse import parse_qsl

import signalbook

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


class Rejected(ValueError):
    """Not what this service takes."""


def opened(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the frame around an event, and the event. Raises `Rejected`."""
    verdict = signalbook.check(body, level="tolerant")
    if not verdict.ok:
        raise Rejected(verdict.status)
    outer = json.loads(body) if body.startswith(b"{") else dict(parse_qsl(body.decode()))
    outer = json.loads(outer["Message"]) if "Message" in outer else outer
    alert = outer.get("alert", {})
    frame = json.loads(alert) if isinstance(alert, str) else alert or outer
    content = next(frame[key] for key in ("eventContentMap", "content", "Content", "data") if key in frame)
    return frame, json.loads(content) if isinstance(content, str) else content


def handle(body: bytes) -> bool:
    """Return whether an instance is up."""
    _, content = opened(body)
    return State(content["state"]) is State.RUNNING
