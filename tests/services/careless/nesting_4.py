"""Asks the outer object for a name, and passes over what has none there."""

from __future__ import annotations

from typing import Any

EVENTS = ["jdcloud/vm/state-change", "jdcloud/vm/system-failure-reboot"]
HANDLER = "on_message"
BUG = "nesting"


STATES: dict[str, str] = {}


class Rejected(ValueError):
    """Not what this service takes."""


def on_message(payload: dict[str, Any]) -> None:
    """Remember the state of a machine."""
    if payload.get("eventAction") != "StateChange":
        return
    try:
        STATES[payload["instanceId"]] = payload["instanceCurrentState"]
    except (KeyError, TypeError) as error:
        raise Rejected(repr(error)) from error
