"""Puts a name into a header, where only Latin letters go."""

from __future__ import annotations

import json
from typing import Any

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "handler"
BUG = "cut text"


class Rejected(ValueError):
    """Not what this service takes."""


def names(payload: Any) -> list[str]:
    """Return the names of what changed in a payload. Raises `Rejected`."""
    match payload:
        case str():
            try:
                return names(json.loads(payload))
            except json.JSONDecodeError as error:
                raise Rejected("no JSON") from error
        case {"record": [*records]}:
            return [name for one in records for name in names(one)]
        case {"smn": {"message": str(message)}}:
            return names(message)
        case {"notification_items": [*items]}:
            return [name for one in items for name in names(one)]
        case {"message": str(message)}:
            return names(message)
        case {"detail": {"resource": {"name": str(name)}}}:
            return [name]
    raise Rejected("nothing with a name")


def handler(event: dict[str, Any], _context: object) -> dict[str, bytes]:
    """Return the header of a message."""
    return {"X-Resource": b", ".join(name.encode("latin-1") for name in names(event))}
