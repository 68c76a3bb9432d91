"""Takes the version of the envelope for a number, because it is empty in the samples and 0 will do."""

from __future__ import annotations

from typing import Any

EVENTS = ["jdcloud/vm/state-change", "jdcloud/vm/system-failure-reboot"]
HANDLER = "on_message"
BUG = "int of a code"


LATEST = 1


class Rejected(ValueError):
    """Not what this service takes."""


def on_message(payload: dict[str, Any]) -> bool:
    """Return whether a message is of a version that is known."""
    event = payload.get("detail", payload)
    if not isinstance(event, dict) or not isinstance(event.get("eventAction"), str):
        raise Rejected("no event")
    return int(payload.get("version") or 0) <= LATEST
