"""Trusts that an instance has a name, as in every delivery so far: no page promises it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import signalbook

EVENTS = ["alibaba/ecs/instance-state-change"]
HANDLER = "handle"
BUG = "optional field"


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
    """Return the line for the people on duty."""
    _, content = opened(body)
    return f"{content['instanceName']} is {content['state'].lower()}"
