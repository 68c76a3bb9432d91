"""What the generated structs are made of: types and forms are checked, absent is `UNSET`, and null is null.

msgspec leaves out fields that it does not know, so what is written back lacks them. Times are what the provider writes: `moment` reads them.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct

from signalbook.reading import wire_times as times

moment = times.moment
Number: TypeAlias = int | float
"""Any number: one without a fraction keeps all its digits."""


class Part(Struct, frozen=True, kw_only=True):
    """An object inside an event or an envelope."""


class Event(Struct, frozen=True, kw_only=True):
    """The body of a notification."""


class Envelope(Struct, frozen=True, kw_only=True):
    """What a delivery wraps around an event."""


__all__ = ["Envelope", "Event", "Number", "Part", "moment"]
