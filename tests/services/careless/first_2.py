"""Leaves the loop after the first notification of a file or a call."""

from __future__ import annotations

import gzip
import json
from typing import Any

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "receive"
BUG = "first record"


class Rejected(ValueError):
    """Not what this service takes."""


def receive(data: bytes) -> str | None:
    """Return the name of what changed. Raises `Rejected`."""
    try:
        return name(json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Rejected(repr(error)) from error


def name(payload: Any) -> str | None:
    """Return the name of the resource in a payload; None where nothing changed."""
    if "message" in payload:
        return name(json.loads(payload["message"]))
    for item in payload.get("notification_items", ()):
        return name(item)
    for record in payload.get("record", ()):
        return name(json.loads(record["smn"]["message"]))
    return (
        str(payload["detail"]["resource"]["name"])
        if payload["notification_type"] == "ResourceChanged"
        else None
    )
