"""Cuts a name to the width of a column, in bytes."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import signalbook

EVENTS = ["alibaba/ecs/instance-state-change", "alibaba/ecs/instance-preemptible-instance-interruption"]
HANDLER = "handle"
BUG = "cut text"


WIDTH = 32


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


def handle(body: bytes) -> str:
    """Return a name that fits into a column."""
    _, content = opened(body)
    return content.get("instanceName", "unnamed").encode()[:WIDTH].decode().ljust(WIDTH)  # type: ignore[no-any-return]
