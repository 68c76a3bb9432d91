"""Counts what arrives by a key of the outer object, and never opens a message."""

from __future__ import annotations

import json

EVENTS = ["huawei/cts/trace", "huawei/config/resource-changed"]
HANDLER = "handle"
BUG = "nesting"


SEEN: dict[str, int] = {}


class Rejected(ValueError):
    """Not what this service takes."""


async def handle(message: str) -> None:
    """Count what arrives."""
    try:
        payload = json.loads(message)
        for record in payload.get("record", [payload]):
            subject = record.get("smn", record).get("subject", "none")
            SEEN[subject] = SEEN.get(subject, 0) + 1
    except (AttributeError, TypeError, ValueError) as error:
        raise Rejected(repr(error)) from error
