"""Trusts that a resource says when it was updated: one that was deleted does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "handler"
BUG = "optional field"


class Rejected(ValueError):
    """Not what this service takes."""


def changes(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the changes in a payload."""
    for message in [one["smn"]["message"] for one in payload.get("record", ())] or (
        [payload["message"]] if "message" in payload else ()
    ):
        yield from changes(json.loads(message))
    for item in payload.get("notification_items", ()):
        yield from changes(item)
    if payload.get("notification_type") == "ResourceChanged":
        yield payload["detail"]


def handler(event: dict[str, Any], _context: object) -> list[str]:
    """Return what changed, and when."""
    try:
        resources = [dict(change["resource"]) for change in changes(event)]
        names = [f"{one['provider']}.{one['type']} {one['name']}" for one in resources]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Rejected(repr(error)) from error
    return [f"{name} changed at {one['updated']}" for name, one in zip(names, resources, strict=True)]
