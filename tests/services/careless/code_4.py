"""Reads the version of a frame as a number with a point: so it has always been written."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import signalbook

EVENTS = ["alibaba/ecs/instance-state-change", "alibaba/ecs/instance-preemptible-instance-interruption"]
HANDLER = "handle"
BUG = "int of a code"


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


def handle(body: bytes) -> tuple[int, int]:
    """Return the version of the frame, and how many fields an event has."""
    frame, content = opened(body)
    return int(frame.get("ver", "1.0").split(".")[0]), len(content)
