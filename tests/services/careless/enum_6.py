"""Lets msgspec hold a level to the three that the pages list."""

from __future__ import annotations

import json
from typing import Any, Literal

import msgspec

EVENTS = ["alibaba/ecs/instance-preemptible-instance-interruption"]
HANDLER = "handle"
BUG = "closed enum"


class Rejected(ValueError):
    """Not what this service takes."""


class Frame(msgspec.Struct):
    """What stands around an event in CloudMonitor's frame, in the API, in EventBridge and, as an alert, in a webhook."""

    level: Literal["INFO", "WARN", "CRITICAL"] = msgspec.field(default="INFO")
    name: str = "?"


def handle(payload: dict[str, Any]) -> str:
    """Return how grave an event is. Raises `Rejected`."""
    try:
        outer = json.loads(payload["Message"]) if "Message" in payload else payload
        alert = json.loads(outer["alert"]) if isinstance(outer.get("alert"), str) else outer.get("alert", {})
        content = (
            alert.get("eventContentMap") or outer.get("content") or outer.get("Content") or outer["data"]
        )
        action = (json.loads(content) if isinstance(content, str) else content)["action"]
        level = alert.get("severity") or outer.get("Level") or outer.get("level", "INFO")
        frame = msgspec.convert({"level": level, "name": alert.get("eventName", "?")}, Frame)
    except (AttributeError, KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
        raise Rejected(repr(error)) from error
    return f"{frame.level}: {action}"
