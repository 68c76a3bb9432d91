"""Decides which fields are readable times: those with a documented zone and a known form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from signalbook.reading.wire_times import WireTime

if TYPE_CHECKING:
    from signalbook.codegen.merging import Flat
    from signalbook.engine.levels import Schema

_ZONED = re.compile(r"UTC\b|as (its|the) offset says\b")


def is_time(flat: Flat) -> bool:
    """Return whether a schema describes a time with a documented zone.

    `x-zone` begins with "UTC" or "as its offset says", and there is a pattern or an integer; or the format is date-time, which has an offset.
    A text without a form may be anything, and "undocumented" is not a zone: both stay text.
    """
    schema = flat.schema
    formed = (
        "pattern" in schema or schema.get("format") == "date-time"
        if "string" in flat.types
        else "integer" in flat.types
    )
    zoned = bool(_ZONED.match(schema.get("x-zone", ""))) or schema.get("format") == "date-time"
    if not (formed and zoned and flat.types <= {"string", "integer", "null"}):
        return False
    return all(_is_read(schema, example) for example in schema.get("examples", ()) if example is not None)


def _is_read(schema: Schema, example: Any) -> bool:
    """Return whether an example can be parsed as a time; otherwise its form is unknown and it stays text."""
    try:
        return bool(example == "" or WireTime(number=True, zone=_zone(schema)).read(example, tolerant=True))
    except ValueError:
        return False


def _zone(schema: Schema) -> str | None:
    """Return the UTC offset for texts without one, from an `x-zone` such as "UTC" or "UTC+8"."""
    found = re.match(r"UTC(?:([+-])([0-9]{1,2})(?::?([0-9]{2}))?)?\b", schema.get("x-zone", ""))
    return f"{found[1] or '+'}{int(found[2] or 0):02}:{found[3] or '00'}" if found else None


def expression(flat: Flat) -> str:
    """Return the Python type of a time: `Annotated[datetime, WireTime(…)]`, with an empty text as an alternative if the pattern allows it."""
    schema = flat.schema
    pattern = schema.get("pattern")
    numbers = "integer" in flat.types
    given = [f"pattern={_raw(pattern)}"] if pattern and "string" in flat.types else []
    given += [f"least={schema['minimum']}"] if numbers and "minimum" in schema else []
    given += [f"most={schema['maximum']}"] if numbers and "maximum" in schema else []
    given += ["number=True"] if numbers else []
    given += [f'unit="{unit}"'] if (unit := _unit(schema)) else []
    given += ["exact=True"] if schema.get("format") == "date-time" else []
    given += [f'zone="{zone}"'] if (zone := _bare_zone(schema)) else []
    time = f"Annotated[datetime, WireTime({', '.join(given)})]"
    return f'{time} | Literal[""]' if pattern and re.search(pattern, "") else time


def _bare_zone(schema: Schema) -> str | None:
    """Return the offset for texts without one, if an example has no offset and is not a number."""
    bare = [
        one
        for one in schema.get("examples", ())
        if isinstance(one, str)
        and one
        and not one.isdigit()
        and not re.search(r"[Zz]$|[+-][0-9:]{4,6}$", one)
    ]
    return _zone(schema) if bare else None


def _unit(schema: Schema) -> str | None:
    """Return the unit of a number if it is fixed ("s" or "ms"); otherwise the number of digits determines it."""
    unit = schema.get("x-unit", "")
    return next(
        (
            name
            for name, form in (("ms", r"ms|milliseconds( since.*)?"), ("s", r"s|seconds( since.*)?"))
            if re.fullmatch(form, unit)
        ),
        None,
    )


def _raw(pattern: str) -> str:
    return f'r"{pattern}"' if '"' not in pattern and not pattern.endswith("\\") else repr(pattern)
