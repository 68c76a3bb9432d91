"""What the generated types are made of: each describes a JSON object as `json.loads` returns it.

Types say what a payload that keeps its contract holds; nothing is checked at run time. Times are what the provider writes: `moment` reads them.
"""

from __future__ import annotations

from typing import TypeAlias, TypedDict

from signalbook.reading import wire_times as times

moment = times.moment
Number: TypeAlias = int | float
"""Any number: one without a fraction keeps all its digits."""


class Part(TypedDict):
    """An object inside an event or an envelope."""


class Event(TypedDict):
    """The body of a notification."""


class Envelope(TypedDict):
    """What a delivery wraps around an event."""


__all__ = ["Envelope", "Event", "Number", "Part", "moment"]
