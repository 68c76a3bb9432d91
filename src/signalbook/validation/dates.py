"""Reads the day that a payload states, which `--at payload` uses to select versions.

A field holds a time if its schema says so, by `x-zone` or the format `date-time`. An envelope is written when its event is sent, so the times of
envelopes take precedence, from the inside out; the body comes last. Among several times the earliest counts: a body may also name a future day.
"""

from __future__ import annotations

from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from signalbook.engine import levels
from signalbook.reading import pointers
from signalbook.reading.wire_times import WireTime
from signalbook.validation.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.envelopes.opener import Opened
    from signalbook.registry import Contract, Envelope, Event
    from signalbook.validation.contracts import Request

# A text without an offset is read as UTC, which keeps its day.
_TIME = WireTime(number=True, zone="+00:00")


def day(one: Opened) -> str | None:
    """Return the UTC day (yyyy-MM-dd) on which an event was sent or, without such a time, happened; None if no time can be read."""
    for layer in reversed(one.wrappers):
        if found := _earliest(layer.envelope, layer.value):
            return found
    return _earliest(one.event, one.body) if one.event and isinstance(one.body, dict) else None


def undated(one: Opened, request: Request) -> Iterator[Finding]:
    """Yield a note if an event without a `day` has several versions, which that day would have selected from."""
    if one.event and len(one.event.versions) > 1 and not request.asked(one.event):
        message = f"no time can be read from the payload; checked against {one.event.newest}"
        yield Finding(
            "undated",
            "note",
            pointers.join(one.path),
            message,
            hint="use --at with a day to select the version known on that day",
            contract=str(one.event.newest),
        )


def _earliest(what: Envelope | Event, value: Mapping[str, Any]) -> str | None:
    names = dict.fromkeys(name for contract in what.versions.values() for name in times(contract))
    return min((found for name in names if (found := _day(value.get(name)))), default=None)


@lru_cache(maxsize=1024)
def times(contract: Contract) -> tuple[str, ...]:
    """Return the names of a contract's top-level time fields."""
    return tuple(
        name
        for name, inner in levels.declared(contract.resolved).items()
        if any(map(_is_time, levels.layers(inner)))
    )


def _is_time(schema: levels.Schema) -> bool:
    return "x-zone" in schema or schema.get("format") == "date-time"


def _day(value: Any) -> str | None:
    try:
        return _TIME.read(value, tolerant=True).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return None
