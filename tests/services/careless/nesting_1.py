"""Knows the notification as its page prints it, and not the topic around it: raises for want of detail."""

from __future__ import annotations

from typing import Any

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "handler"
BUG = "nesting"


class Rejected(ValueError):
    """Not what this service takes."""


def handler(event: dict[str, Any], _context: object) -> str:
    """Return what changed."""
    detail = event["detail"]
    try:
        return f"{detail['resource']['name']} {detail['event_type']}"
    except (KeyError, TypeError) as error:
        raise Rejected(repr(error)) from error
