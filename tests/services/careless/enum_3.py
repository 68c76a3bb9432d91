"""Matches the three kinds of change, and no fourth: the variable is not set then."""

from __future__ import annotations

import gzip
import json
from typing import Any

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "receive"
BUG = "closed enum"


class Rejected(ValueError):
    """Not what this service takes."""


def receive(data: bytes) -> list[str]:
    """Return what happened to each resource. Raises `Rejected`."""
    try:
        found = changes(json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data))
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected(repr(error)) from error
    return [told(name, kind) for name, kind in found]


def changes(payload: Any) -> list[tuple[str, str]]:
    """Return the names of what changed in a payload, and how."""
    match payload:
        case {"notification_items": items}:
            return [change for item in items for change in changes(item)]
        case {"record": records}:
            return [change for record in records for change in changes(json.loads(record["smn"]["message"]))]
        case {"message": message}:
            return changes(json.loads(message))
        case {"detail": {"event_type": str(kind), "resource": {"name": str(name)}}}:
            return [(name, kind)]
    raise Rejected("no change")


def told(name: str, kind: str) -> str:
    """Return a line about a change."""
    match kind:
        case "CREATE":
            line = f"{name} appeared"
        case "UPDATE":
            line = f"{name} changed"
        case "DELETE":
            line = f"{name} vanished"
    return line
