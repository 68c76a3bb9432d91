"""Takes the message of a topic for an object: it is text."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

EVENTS = ["alibaba/ecs/instance-preemptible-instance-interruption"]
HANDLER = "handle"
BUG = "nesting"


class Rejected(ValueError):
    """Not what this service takes."""


def handle(body: bytes) -> str:
    """Return which instance will be taken away."""
    try:
        payload: Any = json.loads(body) if body[:1] == b"{" else dict(parse_qsl(body.decode()))
    except ValueError as error:
        raise Rejected("no JSON") from error
    found = payload["Message"]["content"]["instanceId"] if "Message" in payload else first_id(payload)
    if not isinstance(found, str):
        raise Rejected("no instance")
    return found


def first_id(value: Any) -> Any:
    """Return the id of an instance that stands in an object, at any depth."""
    if isinstance(value, str) and value[:1] == "{":
        try:
            value = json.loads(value)
        except ValueError as error:
            raise Rejected("no JSON") from error
    if not isinstance(value, dict):
        return None
    return (
        value["instanceId"]
        if "instanceId" in value
        else next((one for inner in value.values() if (one := first_id(inner))), None)
    )
