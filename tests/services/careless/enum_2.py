"""Looks a state up in a dictionary of those it knows."""

from __future__ import annotations

from typing import Any

EVENTS = ["jdcloud/vm/state-change"]
HANDLER = "on_message"
BUG = "closed enum"


WORDS = {
    "": "nothing",
    "pending": "on its way",
    "starting": "starting",
    "running": "up",
    "stopping": "stopping",
    "stopped": "down",
    "rebooting": "rebooting",
    "rebuilding": "being rebuilt",
    "resizing": "being resized",
    "deleting": "going",
    "terminated": "gone",
    "error": "broken",
}
STATES: dict[str, str] = {}


class Rejected(ValueError):
    """Not what this service takes."""


def on_message(payload: dict[str, Any]) -> None:
    """Remember how a machine is."""
    event = payload.get("detail", payload)
    if not isinstance(event, dict) or not all(
        isinstance(event.get(key), str) for key in ("eventAction", "instanceId", "instanceCurrentState")
    ):
        raise Rejected("not a change of state")
    if event["eventAction"] == "StateChange":
        STATES[event["instanceId"]] = WORDS[event["instanceCurrentState"]]
