"""Finds the method for an action by its name."""

from __future__ import annotations

from typing import Any

EVENTS = ["jdcloud/vm/state-change", "jdcloud/vm/system-failure-reboot"]
HANDLER = "on_message"
BUG = "unknown name"


class Rejected(ValueError):
    """Not what this service takes."""


class Machines:
    """What is known of machines."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}

    def state_change(self, event: dict[str, Any]) -> None:
        """Remember a state."""
        self.states[event["instanceId"]] = event["instanceCurrentState"]

    def system_failure_reboot(self, event: dict[str, Any]) -> None:
        """Forget a state."""
        self.states.pop(event["instanceId"], None)


MACHINES = Machines()
ACTIONS = {"StateChange": MACHINES.state_change, "SystemFailure.Reboot": MACHINES.system_failure_reboot}


def on_message(payload: dict[str, Any]) -> None:
    """Take a message. Raises `Rejected`."""
    event = payload.get("detail", payload)
    if not isinstance(event, dict) or not isinstance(event.get("eventAction"), str):
        raise Rejected("no action")
    act = ACTIONS[event["eventAction"]]
    try:
        act(event)
    except (KeyError, TypeError) as error:
        raise Rejected(repr(error)) from error
