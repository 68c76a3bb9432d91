"""Finds the function for an event in a table, and has none for a new event."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from alibaba_frames import Rejected, framed

EVENTS = [
    "alibaba/ecs/instance-state-change",
    "alibaba/ecs/instance-preemptible-instance-interruption",
    "alibaba/ecs/disk-stalled",
]
HANDLER = "handle"
BUG = "unknown name"


def handle(body: bytes) -> str:
    """Return the line for an event. Raises `Rejected`."""
    try:
        name, content = opened(json.loads(body) if body.startswith(b"{") else dict(parse_qsl(body.decode())))
    except (AttributeError, KeyError, StopIteration, TypeError, ValueError) as error:
        raise Rejected(repr(error)) from error
    return TELL[name].format(subject=next(iter(content.values()), "nothing"))


def opened(outer: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the name and the content of an event."""
    frame, content = framed(outer)
    name = next(frame[key] for key in ("eventName", "name", "Name", "type") if key in frame)
    return ":".join(name.removeprefix("ecs:").split(":")[:2]), json.loads(content) if isinstance(
        content, str
    ) else dict(content)


TELL = {
    "Instance:StateChange": "{subject} changed",
    "Instance:PreemptibleInstanceInterruption": "{subject} goes",
    "Disk:Stalled": "{subject} is slow",
}
