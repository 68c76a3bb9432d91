"""A consumer of text, asynchronous: looks for traces and states at any depth of a message, also in texts inside it, and passes them to a queue."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = ["huawei/cts/trace", "jdcloud/vm/state-change"]
HANDLER = "handle"
BUG = ""


class Rejected(ValueError):
    """Not a message that this service takes."""


async def handle(message: str) -> list[str]:
    """Return the lines that a message leads to. Raises `Rejected`."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    events = list(found(message))
    if not events:
        raise Rejected("no event in it")
    await asyncio.gather(*(passed_on(event, lines) for event in events))
    return [lines.get_nowait() for _ in range(lines.qsize())]


def found(value: Any) -> Iterator[dict[str, Any]]:
    """Yield each object that is an event of ours, wherever it stands."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            return  # a text that only looks like JSON
    if isinstance(value, dict) and ("trace_name" in value or "eventAction" in value):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from found(inner)


async def passed_on(event: dict[str, Any], lines: asyncio.Queue[str]) -> None:
    """Put the line about one event into a queue."""
    await asyncio.sleep(0)
    if "trace_name" in event:
        what = event.get("resource_name") or event.get("resource_id") or event.get("resource_type")
        await lines.put(
            f"{text(event, 'trace_name')} {json.dumps(what, ensure_ascii=False)[:60]} ({grade(event)})"
        )
    elif text(event, "eventAction") == "StateChange":
        await lines.put(f"{text(event, 'instanceId')}: {text(event, 'instanceCurrentState')}"[:80])


def grade(trace: dict[str, Any]) -> str:
    """Return how an operation ended, which stands in one of two fields."""
    return str(trace.get("trace_rating", trace.get("trace_status", "unknown")))


def text(event: dict[str, Any], key: str) -> str:
    """Return a text that has to be there."""
    match event.get(key):
        case str(value):
            return value
    raise Rejected(f"{key} is no text")
