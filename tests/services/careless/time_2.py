"""Demands milliseconds, which every sample has and the page's table has not."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "handler"
BUG = "naive time"


class Rejected(ValueError):
    """Not what this service takes."""


def details(payload: Any) -> list[Any]:
    """Return the changes in a payload."""
    if "record" in payload:
        return [one for record in payload["record"] for one in details(json.loads(record["smn"]["message"]))]
    if "notification_items" in payload:
        return [one for item in payload["notification_items"] for one in details(item)]
    return [payload["detail"]] if "detail" in payload else details(json.loads(payload["message"]))


def handler(event: dict[str, Any], _context: object) -> list[str]:
    """Return the minute of each change."""
    try:
        times = [one["capture_time"] for one in details(event)]
        for at in times:
            datetime.fromisoformat(at)
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected(repr(error)) from error
    return [f"{datetime.strptime(at, '%Y-%m-%dT%H:%M:%S.%fZ'):%H:%M}" for at in times]  # noqa: DTZ007 - the bug
