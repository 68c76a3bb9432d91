"""Asks for the place of a value in a list."""

from __future__ import annotations

import json

EVENTS = ["jdcloud/vm/system-failure-reboot"]
HANDLER = "handle"
BUG = "closed enum"


STEPS = ["Executing", "Executed"]


class Rejected(ValueError):
    """Not what this service takes."""


async def handle(message: str) -> str:
    """Return how far a reboot has come."""
    payload = json.loads(message)
    event = payload.get("detail", payload)
    if (
        not isinstance(event, dict)
        or not isinstance(event.get("eventState"), str)
        or not isinstance(event.get("instanceId"), str)
    ):
        raise Rejected("not about a reboot")
    return f"{event['instanceId']}: step {STEPS.index(event['eventState']) + 1} of {len(STEPS)}"
