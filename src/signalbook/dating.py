"""The day that a payload says of itself: what `--at payload` goes by. Which fields say it follows from the schemas.

An envelope is written when its event is sent, so its time comes first, from the inside out; the body's own comes last. Of several the earliest
counts: a body may also name a day that is still to come. A field is a time where its schema says so, by `x-zone` or the format `date-time`.
"""

from __future__ import annotations

from datetime import UTC
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from signalbook import levels, naming
from signalbook.findings import Finding
from signalbook.models.support.times import WireTime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.envelopes import Opened
    from signalbook.judging import Request
    from signalbook.registry import Contract, Envelope, Event

# A text without an offset gives the day that it says.
_TIME = WireTime(number=True, zone="+00:00")


def day(one: Opened) -> str | None:
    """Return the day (yyyy-MM-dd, of UTC) on which an opened thing says that it was sent, or else happened; None where no time can be read."""
    for layer in reversed(one.wrappers):
        if found := _earliest(layer.envelope, layer.value):
            return found
    return _earliest(one.event, one.body) if one.event and isinstance(one.body, dict) else None


def undated(one: Opened, request: Request) -> Iterator[Finding]:
    """Yield the note on an opened thing without a `day`, where that day would have said which of its versions is asked for."""
    if one.event and len(one.event.versions) > 1 and not request.asked(one.event):
        message = f"no time in it can be read, so {one.event.newest} is asked for"
        yield Finding(
            "undated", "note", naming.pointer(one.path), message, hint="--at with a day says what was true then", contract=str(one.event.newest)
        )


def _earliest(what: Envelope | Event, value: Mapping[str, Any]) -> str | None:
    names = dict.fromkeys(name for contract in what.versions.values() for name in times(contract))
    return min((found for name in names if (found := _day(value.get(name)))), default=None)


@lru_cache(maxsize=1024)
def times(contract: Contract) -> tuple[str, ...]:
    """Return the names of the times at the top level of a contract."""
    return tuple(name for name, inner in levels.declared(contract.resolved).items() if any(map(_is_time, levels.layers(inner))))


def _is_time(schema: levels.Schema) -> bool:
    return "x-zone" in schema or schema.get("format") == "date-time"


def _day(value: Any) -> str | None:
    try:
        return _TIME.read(value, tolerant=True).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        return None
