"""Looks at the first record only, without a word: a call brings several."""

from __future__ import annotations

import json
from typing import Any

EVENTS = ["huawei/cts/trace"]
HANDLER = "handler"
BUG = "first record"


class Rejected(ValueError):
    """Not what this service takes."""


def handler(event: dict[str, Any], _context: object) -> str:
    """Return the operation that a call tells."""
    try:
        text = (
            event["record"][0]["smn"]["message"]
            if "record" in event
            else event.get("message")
            if "topic_urn" in event
            else None
        )
        trace = json.loads(text) if text else event.get("cts") or event.get("data") or event
        return f"{trace['trace_name']} on {trace['service_type']}"
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise Rejected(repr(error)) from error
