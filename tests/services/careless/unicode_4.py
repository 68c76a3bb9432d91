"""Reads a body as ASCII, although it is UTF-8."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import signalbook

EVENTS = ["alibaba/ecs/disk-stalled"]
HANDLER = "handle"
BUG = "cut text"


class Rejected(ValueError):
    """Not what this service takes."""


def handle(body: bytes) -> str:
    """Return which disk is slow."""
    content = opened(body.decode("ascii"))
    return f"{content['diskId']} of {content['ecsInstanceName']}"


def opened(body: str) -> dict[str, Any]:
    """Return the content of an event. Raises `Rejected`."""
    if not signalbook.check(body, level="tolerant").ok:
        raise Rejected("not valid")
    outer = json.loads(body) if body.startswith("{") else dict(parse_qsl(body))
    outer = json.loads(outer["Message"]) if "Message" in outer else outer
    alert = outer.get("alert", {})
    frame = json.loads(alert) if isinstance(alert, str) else alert or outer
    content = next(frame[key] for key in ("eventContentMap", "content", "Content", "data") if key in frame)
    return dict(json.loads(content) if isinstance(content, str) else content)
