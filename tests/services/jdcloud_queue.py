"""A consumer of a queue: keeps what it was told of virtual machines in memory, and returns nothing."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

EVENTS = ["jdcloud/vm/state-change", "jdcloud/vm/system-failure-reboot"]
HANDLER = "on_message"
BUG = ""

BEIJING = timezone(timedelta(hours=8))


class Rejected(ValueError):
    """Not a message that this consumer takes."""


class Machines:
    """What is known of each machine, and which messages nobody understood."""

    def __init__(self) -> None:
        self.states: dict[str, tuple[datetime, str]] = {}
        self.rebooting: set[str] = set()
        self.ignored: list[str] = []

    def changed(self, event: dict[str, Any]) -> None:
        """Remember the state of a machine, unless a newer one is known."""
        machine, at = _text(event, "instanceId"), _local(_text(event, "eventTime"))
        now = _text(event, "instanceCurrentState") or "nothing"
        _text(event, "instanceLastState")
        if machine not in self.states or self.states[machine][0] <= at:
            self.states[machine] = at, now

    def rebooted(self, event: dict[str, Any]) -> None:
        """Remember that a machine is being rebooted, until it was."""
        machine, state = _text(event, "instanceId"), _text(event, "eventState")
        _local(_text(event, "eventTime"))
        if state == "Executing":
            self.rebooting.add(machine)
        elif state == "Executed":
            self.rebooting.discard(machine)


MACHINES = Machines()


def on_message(payload: dict[str, Any]) -> None:
    """Take one message, with or without the envelope. Raises `Rejected`."""
    event = payload
    if "detail" in payload or "detailType" in payload:
        event = payload.get("detail", {})
        if not isinstance(event, dict):
            raise Rejected("detail is no object")
        _delay(payload)
    name = _text(event, "eventAction")
    if name == "StateChange":
        MACHINES.changed(event)
    elif name == "SystemFailure.Reboot":
        MACHINES.rebooted(event)
    else:
        MACHINES.ignored.append(name)


def _delay(payload: dict[str, Any]) -> timedelta:
    """Return how long a message was under way."""
    try:
        return datetime.now(BEIJING) - datetime.fromisoformat(_text(payload, "time"))
    except (ValueError, TypeError, OverflowError) as error:
        raise Rejected("time is none with an offset") from error


def _local(text: str) -> datetime:
    """Return a time on the clock of Beijing."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError as error:
        raise Rejected(f"no time: {text!r}") from error


def _text(of: dict[str, Any], key: str) -> str:
    try:
        found = of[key]
    except KeyError:
        raise Rejected(f"{key} is missing") from None
    if not isinstance(found, str):
        raise Rejected(f"{key} is no text")
    return found
