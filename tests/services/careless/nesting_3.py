"""Looks for the content outside, where it is only without an envelope, and is content with none."""

from __future__ import annotations

import json
from typing import Any

EVENTS = ["alibaba/ecs/instance-state-change", "alibaba/ecs/disk-stalled"]
HANDLER = "handle"
BUG = "nesting"


class Rejected(ValueError):
    """Not what this service takes."""


def handle(body: bytes) -> list[str]:
    """Return the lines to write."""
    try:
        payload: dict[str, Any] = json.loads(body) if body[:1] == b"{" else {}
        content = payload.get("content", {})
        return [f"{key}: {value}" for key, value in content.items()]
    except (AttributeError, ValueError) as error:
        raise Rejected(repr(error)) from error
