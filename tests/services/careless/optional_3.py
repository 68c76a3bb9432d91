"""Trusts that each message names the account: it does in both samples, and nothing promises it."""

from __future__ import annotations

from typing import Any

EVENTS = ["jdcloud/vm/state-change", "jdcloud/vm/system-failure-reboot"]
HANDLER = "on_message"
BUG = "optional field"


SEEN: dict[tuple[str, str], str] = {}


class Rejected(ValueError):
    """Not what this service takes."""


def on_message(payload: dict[str, Any]) -> None:
    """Remember the last event of each machine of each account."""
    event = payload.get("detail", payload)
    account = payload["pin"] if event is not payload else "unknown"
    try:
        machine, action = str(event["instanceId"]), str(event["eventAction"])
    except (KeyError, TypeError) as error:
        raise Rejected(repr(error)) from error
    SEEN[account, machine] = action
