"""Opens what carries ECS events, as several careless services do: their bugs are in what they make of an event."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import signalbook


class Rejected(ValueError):
    """Not what this service takes."""


def framed(outer: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """Return the frame around an event, and the event, which may still be text."""
    outer = json.loads(outer["Message"]) if "Message" in outer else outer
    alert = outer.get("alert", {})
    frame = json.loads(alert) if isinstance(alert, str) else alert or outer
    content = next(frame[key] for key in ("eventContentMap", "content", "Content", "data") if key in frame)
    return frame, content


def opened(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the frame around an event, and the event. Raises `Rejected`."""
    verdict = signalbook.check(body, level="tolerant")
    if not verdict.ok:
        raise Rejected(verdict.status)
    outer = json.loads(body) if body.startswith(b"{") else dict(parse_qsl(body.decode()))
    frame, content = framed(outer)
    return frame, json.loads(content) if isinstance(content, str) else content
