"""Which fields are times that can be read: those whose zone is documented and whose form is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from signalbook.models.support.times import WireTime

if TYPE_CHECKING:
    from signalbook.levels import Schema

_ZONED = re.compile(r"UTC\b|as (its|the) offset says\b")


def is_time(flat: Schema) -> bool:
    """Whether a schema describes a time with a documented zone.

    `x-zone` begins with "UTC" or "as its offset says", and there is a pattern or an integer; or the format is date-time, which has an offset.
    A text without a form may be anything, and "undocumented" is no zone: both stay text.
    """
    types = flat.get("type", ())
    kinds = {types} if isinstance(types, str) else set(types)
    formed = "pattern" in flat or flat.get("format") == "date-time" if "string" in kinds else "integer" in kinds
    zoned = bool(_ZONED.match(flat.get("x-zone", ""))) or flat.get("format") == "date-time"
    if not (formed and zoned and kinds <= {"string", "integer", "null"}):
        return False
    return all(_is_read(flat, example) for example in flat.get("examples", ()) if example is not None)


def _is_read(flat: Schema, example: Any) -> bool:
    """Whether an example is a time that is known how to read: otherwise the form is one of its own, and stays text."""
    try:
        return bool(example == "" or WireTime(number=True, zone=_zone(flat)).read(example, tolerant=True))
    except ValueError:
        return False


def _zone(flat: Schema) -> str | None:
    """Return the offset of texts that bear none: "UTC" and "UTC+8" say it for all of them."""
    found = re.match(r"UTC(?:([+-])([0-9]{1,2})(?::?([0-9]{2}))?)?\b", flat.get("x-zone", ""))
    return f"{found[1] or '+'}{int(found[2] or 0):02}:{found[3] or '00'}" if found else None


def expression(flat: Schema) -> str:
    """Return the Python type of a time: `Annotated[datetime, WireTime(…)]`, or with an empty text as well where the form allows it."""
    pattern = flat.get("pattern")
    types = flat.get("type", ())
    kinds = {types} if isinstance(types, str) else set(types)
    numbers = "integer" in kinds
    given = [f"pattern={_raw(pattern)}"] if pattern and "string" in kinds else []
    given += [f"least={flat['minimum']}"] if numbers and "minimum" in flat else []
    given += [f"most={flat['maximum']}"] if numbers and "maximum" in flat else []
    given += ["number=True"] if numbers else []
    given += [f'unit="{unit}"'] if (unit := _unit(flat)) else []
    given += ["exact=True"] if flat.get("format") == "date-time" else []
    given += [f'zone="{zone}"'] if (zone := _bare_zone(flat)) else []
    time = f"Annotated[datetime, WireTime({', '.join(given)})]"
    return f'{time} | Literal[""]' if pattern and re.search(pattern, "") else time


def _bare_zone(flat: Schema) -> str | None:
    """Return the offset to take where a text bears none, if an example has neither an offset nor is a number."""
    bare = [
        one
        for one in flat.get("examples", ())
        if isinstance(one, str) and one and not one.isdigit() and not re.search(r"[Zz]$|[+-][0-9:]{4,6}$", one)
    ]
    return _zone(flat) if bare else None


def _unit(flat: Schema) -> str | None:
    """Return what a number counts, where that is the same for every number; else its digits say it."""
    unit = flat.get("x-unit", "")
    return next((name for name, form in (("ms", r"ms|milliseconds( since.*)?"), ("s", r"s|seconds( since.*)?")) if re.fullmatch(form, unit)), None)


def _raw(pattern: str) -> str:
    return f'r"{pattern}"' if '"' not in pattern and not pattern.endswith("\\") else repr(pattern)
