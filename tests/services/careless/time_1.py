"""Parses a time with the offset of China, as in every sample."""

from __future__ import annotations

from datetime import datetime

from alibaba_frames import Rejected, opened

EVENTS = [
    "alibaba/ecs/instance-state-change",
    "alibaba/ecs/instance-preemptible-instance-interruption",
    "alibaba/ecs/disk-stalled",
]
HANDLER = "handle"
BUG = "naive time"


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
