"""Reads a body as ASCII, although it is UTF-8."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

from alibaba_frames import Rejected, framed

import signalbook

EVENTS = ["alibaba/ecs/disk-stalled"]
HANDLER = "handle"
BUG = "cut text"


def handle(body: bytes) -> str:
    """Return which disk is slow."""
    content = opened(body.decode("ascii"))
    return f"{content['diskId']} of {content['ecsInstanceName']}"


def opened(body: str) -> dict[str, Any]:
    """Return the content of an event. Raises `Rejected`."""
    if not signalbook.check(body, level="tolerant").ok:
        raise Rejected("not valid")
    outer = json.loads(body) if body.startswith("{") else dict(parse_qsl(body))
    _, content = framed(outer)
    return dict(json.loads(content) if isinstance(content, str) else content)
