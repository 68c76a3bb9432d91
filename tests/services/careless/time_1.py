"""Parses a time with the offset of China, as in every sample."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import signalbook

EVENTS = ["alibaba/ecs/instance-state-change", "alibaba/ecs/instance-preemptible-instance-interruption", "alibaba/ecs/disk-stalled"]
HANDLER = "handle"
BUG = "naive time"


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
    """Return when an event happened, where CloudMonitor says so."""
    frame, content = opened(body)
    frame = frame.get("meta", {}).get("sysEventMeta", frame)
    at = frame.get("eventTime")
    if at is None:
        return f"{len(content)} fields"
    try:
        datetime.fromisoformat(at)
    except ValueError as error:
        raise Rejected("no time") from error
    return f"{datetime.strptime(at, '%Y%m%dT%H%M%S.%f+0800'):%H:%M}"  # noqa: DTZ007 - the bug
