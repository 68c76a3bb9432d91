"""Parses the time of an envelope with the offset that stands in the sample."""

from __future__ import annotations

from datetime import datetime
from typing import Any

EVENTS = ["jdcloud/vm/state-change", "jdcloud/vm/system-failure-reboot"]
HANDLER = "on_message"
BUG = "naive time"


class Rejected(ValueError):
    """Not what this service takes."""


def on_message(payload: dict[str, Any]) -> float:
    """Return how many seconds a message was under way, by the clock of Beijing."""
    event = payload.get("detail", payload)
    if not isinstance(event, dict) or not isinstance(event.get("eventTime"), str):
        raise Rejected("no event")
    try:
        happened = datetime.strptime(event["eventTime"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - the page names no zone
        datetime.fromisoformat(payload["time"] if event is not payload else event["eventTime"])
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected("no time") from error
    if event is payload:
        return 0.0
    sent = datetime.strptime(payload["time"], "%Y-%m-%dT%H:%M:%S+0800")  # noqa: DTZ007 - the bug
    return (sent - happened).total_seconds()
