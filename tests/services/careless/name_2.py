"""Chooses by the type of a notification: the four of today."""

from __future__ import annotations

import json
from typing import Any

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "handler"
BUG = "unknown name"


KINDS = {
    "ResourceChanged": "resource",
    "ResourceRelationChanged": "relations",
    "SnapshotArchiveCompleted": "file",
    "NotificationArchiveCompleted": "file",
}


class Rejected(ValueError):
    """Not what this service takes."""


def handler(event: dict[str, Any], _context: object) -> list[str]:
    """Return what each notification is about."""
    try:
        names = list(notified(event))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Rejected(repr(error)) from error
    return [KINDS[name] for name in names]


def notified(payload: Any) -> list[str]:
    """Return the types of the notifications in a payload."""
    if isinstance(payload, str):
        return notified(json.loads(payload))
    if "record" in payload:
        return [name for one in payload["record"] for name in notified(one["smn"]["message"])]
    if "notification_items" in payload:
        return [name for one in payload["notification_items"] for name in notified(one)]
    if "topic_urn" in payload:
        return notified(payload["message"])
    if not isinstance(payload["notification_type"], str) or not payload["detail"]["resource_type"]:
        raise Rejected("of no type")
    return [payload["notification_type"]]
