"""Collects what two schemas mention, as values to try: listed values, values at and next to limits, names, one text per pattern."""

from __future__ import annotations

from itertools import islice, permutations
from typing import TYPE_CHECKING, Any

from signalbook.compat import string_sets
from signalbook.compat.string_sets import TooLarge, shortest

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 40
"""Number of values kept per place."""
LONGEST = 64
"""Length of the longest text, array or object that is made for its length."""
_STATES = 600
_MOST_SETS = 20
_MOST_PAIRS = 60
# For each format, a few texts that match it and one or two that nearly do.
FORMATS = {
    "date-time": [
        "2020-01-01T00:00:00Z",
        "2020-01-01T00:00:00+00:00",
        "2020-01-01T00:00:00.1Z",
        "2020-02-31T00:00:00Z",
    ],
    "date": ["2020-01-01", "2020-02-31"],
    "time": ["00:00:00Z", "00:00:00+00:00", "24:00:00Z"],
    "email": ["a@b.cc"],
    "idn-email": ["a@b.cc", "é@b.cc"],
    "hostname": ["a.cc"],
    "ipv4": ["0.0.0.0"],  # noqa: S104 - a sample value, not an address to bind to
    "ipv6": ["::"],
    "uri": ["a:b"],
    "uri-reference": ["a:b", "a"],
    "iri": ["a:b"],
    "iri-reference": ["a:b", "a"],
    "uri-template": ["a{b}"],
    "json-pointer": ["/a"],
    "relative-json-pointer": ["0"],
    "regex": ["a"],
    "uuid": ["00000000-0000-0000-0000-000000000000"],
    "duration": ["P1D"],
}


class Words:
    """What two schemas mention: `values` listed or next to a limit, `names` of properties, `sets` of patterns, `sizes` that are limits."""

    def __init__(self, schemas: Iterable[Any]) -> None:
        self.values: list[Any] = []
        self.names: list[str] = []
        self.sets: list[Any] = []
        self.sizes: list[int] = []
        for schema in schemas:
            self._read(schema)
        self.values = distinct(self.values, most=200)
        self.names = list(dict.fromkeys(self.names))
        self.sets = list(dict.fromkeys(self.sets))[:_MOST_SETS]
        # A text that one pattern matches and another does not: used as a name, it tells two patternProperties apart.
        pairs = islice(permutations(self.sets, 2), _MOST_PAIRS)
        self.names += [
            one
            for within, outside in pairs
            if (one := shortest_text([within], [outside])) is not None and one not in self.names
        ]
        self.sizes = sorted({size for size in self.sizes if 0 <= size <= LONGEST})

    def _read(self, schema: Any) -> None:
        if isinstance(schema, list):
            for one in schema:
                self._read(one)
        if not isinstance(schema, dict):
            return
        for keyword, value in schema.items():
            self._word(keyword, value)
            self._read(value)

    def _word(self, keyword: str, value: Any) -> None:  # noqa: C901 - a table of cases, a line or two each
        match keyword, value:
            case ("enum" | "examples", list()):
                self.values += value
            case ("const", _):
                self.values.append(value)
            case ("properties" | "dependencies" | "dependentRequired" | "dependentSchemas", dict()):
                self.names += value
            case ("required", list()):
                self.names += [name for name in value if isinstance(name, str)]
            case ("pattern", str()):
                self._pattern(value)
            case ("patternProperties", dict()):
                for pattern in value:
                    self._pattern(pattern)
            case (
                ("minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" | "multipleOf"),
                int() | float(),
            ) if not isinstance(value, bool):
                self.values += [
                    value,
                    value + 1,
                    value - 1,
                    value + 0.5,
                    value - 0.5,
                    value * 2,
                    value * 3,
                    value / 2,
                ]
            case (("minLength" | "maxLength"), int()) if 0 <= value <= LONGEST:
                found = ["a" * size for size in (value - 1, value, value + 1) if size >= 0]
                self.values += found
                self.names += found
            case (
                ("minItems" | "maxItems" | "minProperties" | "maxProperties" | "minContains" | "maxContains"),
                int(),
            ):
                self.sizes += [value - 1, value, value + 1]
            case ("format", str()):
                self.values += FORMATS.get(value, [])

    def _pattern(self, pattern: str) -> None:
        found = string_sets.sets_of([pattern])
        self.sets += found
        text = shortest_text(found, []) if found else None
        self.values += [text] if text is not None else []
        self.names += [text] if text is not None else []


def distinct(values: Iterable[Any], most: int = MOST) -> list[Any]:
    """Return the first `most` distinct values, in order. JSON distinguishes true from 1, although Python does not."""
    seen: dict[str, Any] = {}
    for value in values:
        seen.setdefault(repr(value), value)
        if len(seen) >= most:
            break
    return list(seen.values())


def shortest_text(within: list[Any], outside: list[Any]) -> str | None:
    """Return the shortest text inside some sets and outside others, or None if a small search finds none."""
    try:
        return shortest(within, outside, _STATES)
    except (TooLarge, RecursionError):
        return None
