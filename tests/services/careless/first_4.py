"""Unpacks the last record, and has everything checked before: the others are valid, and nobody reads them."""

from __future__ import annotations

import json

import signalbook

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "handle"
BUG = "first record"


class Rejected(ValueError):
    """Not what this service takes."""


async def handle(message: str) -> str | None:
    """Return what kind of change it is."""
    if not signalbook.check(message, level="tolerant").ok:
        raise Rejected("not valid")
    payload = json.loads(message)
    if "record" in payload:
        payload = json.loads(next(iter(payload["record"]))["smn"]["message"])
    elif "message" in payload:
        payload = json.loads(payload["message"])
    elif "notification_items" in payload:
        (payload, *_) = payload["notification_items"]
    return str(payload["detail"]["event_type"])
