"""Cuts the Z off by counting characters, and compares what has an offset with what has none."""

from __future__ import annotations

import json
from datetime import datetime

import msgspec

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "receive"
BUG = "naive time"


SINCE = datetime(2020, 1, 1)  # noqa: DTZ001 - the bug


class Rejected(ValueError):
    """Not what this service takes."""


async def receive(message: str) -> int:
    """Return how many changes are of this service's time."""
    try:
        found, waiting = [], [json.loads(message)]
        while waiting:
            match waiting.pop():
                case {"record": [*records]}:
                    waiting += [json.loads(one["smn"]["message"]) for one in records]
                case {"notification_items": [*items]}:
                    waiting += items
                case {"message": str(inner)}:
                    waiting.append(json.loads(inner))
                case {"detail": {"capture_time": str(at)}}:
                    msgspec.convert(at, datetime)
                    found.append(at)
                case _:
                    raise Rejected("no change")
    except (KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
        raise Rejected(repr(error)) from error
    return sum(datetime.fromisoformat(at[:23]) >= SINCE for at in found)
