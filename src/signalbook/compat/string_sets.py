"""Compares the strings of schemas as sets of texts: patterns, lengths, lists and formats."""

from __future__ import annotations

from collections import deque
from functools import cache
from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING, Any

from jsonschema_rs import canonical

from signalbook.compat.pattern_parser import Unread, parsed
from signalbook.compat.set_algebra import (
    ANY,
    BEGIN,
    CHARACTER,
    END,
    NOTHING,
    TEXT,
    Set,
    alternatives,
    derivative,
    literal,
    mentioned,
    nullable,
    repeated,
    sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema_rs import CanonicalSchema


__all__ = ["EVERY", "Set", "TooLarge", "Unread", "alternatives", "length", "matching", "shortest", "text"]

STATES = 5_000
"""States explored before a question is given up: less than a second."""

_PREFERRED = "a0A-_ .:/"
EVERY = TEXT
"""The set of all texts."""


class TooLarge(Exception):
    """The question was not settled within the limit of states."""


@cache
def matching(pattern: str) -> Set:
    """Return the set of texts in which a pattern finds a match, like `pattern` in JSON Schema. Raises `Unread` for non-regular or unread patterns."""
    inner = parsed(pattern)
    before = alternatives([sequence([]), sequence([literal((BEGIN,)), ANY])])
    after = alternatives([sequence([]), sequence([ANY, literal((END,))])])
    return sequence([before, inner, after])


def text(value: str) -> Set:
    """Return the set that contains one text."""
    return sequence([literal((BEGIN,)), literal(tuple(map(ord, value))), literal((END,))])


def length(least: int | None, most: int | None) -> Set:
    """Return the set of texts whose length is between `least` and `most`, inclusive; None is no limit."""
    return sequence([literal((BEGIN,)), repeated(CHARACTER, least or 0, most), literal((END,))])


def shortest(within: Iterable[Set], outside: Iterable[Set], states: int = STATES) -> str | None:
    """Return the shortest text that is in every set of `within` and in none of `outside`, or None if there is none.

    Raises `TooLarge` if more than `states` states would have to be explored.
    """
    start = ((TEXT, *within), tuple(outside))
    ways: dict[tuple[tuple[Set, ...], tuple[Set, ...]], str] = {start: ""}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        inside, beyond = state
        if all(map(nullable, inside)) and not any(map(nullable, beyond)):
            return ways[state]
        for char in _representatives(state):
            following = (
                tuple(derivative(one, char) for one in inside),
                tuple(derivative(one, char) for one in beyond),
            )
            if NOTHING in following[0] or following in ways:
                continue
            ways[following] = ways[state] + (chr(char) if char >= 0 else "")
            queue.append(following)
        if len(ways) > states:
            raise TooLarge
    return None


def _representatives(state: tuple[tuple[Set, ...], tuple[Set, ...]]) -> list[int]:
    """Return one character for each class that the sets of a state tell apart, most readable first."""
    sides = [*state[0], *state[1]]
    edges = sorted({edge for one in sides for low, high in mentioned(one) for edge in (low, high + 1)})
    pieces = [(low, high - 1) for low, high in pairwise(edges)]
    allowed = mentioned(state[0][0])  # of TEXT itself: nothing outside it can be in the answer
    found = [_nice(low, high) for low, high in pieces if any(a <= low and high <= b for a, b in allowed)]
    return sorted(found, key=lambda char: (char < 0, _rank(char)))


def _nice(low: int, high: int) -> int:
    return next(
        (ord(char) for char in _PREFERRED if low <= ord(char) <= high),
        low if low > ord(" ") or high <= ord(" ") else ord("!"),
    )


def _rank(char: int) -> tuple[int, int]:
    place = _PREFERRED.find(chr(char)) if char >= 0 else -1
    return (0, place) if place >= 0 else (1 if ord(" ") <= char <= ord("~") else 2, char)


_MOST_CHOICES = 64
_DAY = "[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))"
_FORMS = {"date": f"^{_DAY}$", "date-time": f"^{_DAY}[Tt ]"}
"""For some formats, a pattern that every string of the format matches. It may match more, such as 29 February of a non-leap year."""


Demand = tuple[Set, bool]
"""A set that a string must be in (True) or outside of (False)."""


def covered(narrow: canonical.StringView | None, wide: canonical.StringView) -> bool:
    """Return whether every string of one view (None: every string) is one of another, judged by their patterns and lengths together."""
    formats, excluded = (set(narrow.formats), set(narrow.excluded_formats)) if narrow else (set(), set())
    asked = _facets(wide)
    if asked is None or not set(wide.formats) <= formats or not set(wide.excluded_formats) <= excluded:
        return False
    return kept(*_bounds(narrow), asked)


def listed(narrow: canonical.StringView, values: list[Any]) -> bool:
    """Return whether the strings of a view are few and all among the given values."""
    strings = [text(value) for value in values if isinstance(value, str)]
    return bool(strings) and kept(*_bounds(narrow), [(alternatives(strings), True)])


def covered_by_any(narrow: Any, branches: list[CanonicalSchema]) -> bool:
    """Return whether every string of a view is one of some branches together. A branch that restricts more than patterns and lengths is skipped.

    A string is outside all branches if it fails one demand of each: every such combination of demands must be proved empty.
    """
    view = narrow if isinstance(narrow, canonical.StringView) else None
    if view is None and not (isinstance(narrow, canonical.MultiTypeView) and narrow.types == ["string"]):
        return False
    asked = [found for branch in branches if (found := demands(branch.view()))]
    if not asked or prod(map(len, asked)) > _MOST_CHOICES:
        return False
    within, beyond = _bounds(view)
    return all(_none_fails(within, beyond, choice) for choice in product(*asked))


def kept(within: list[Set], beyond: list[Set], asked: Iterable[Demand]) -> bool:
    """Return whether every text that is in all sets of `within` and in none of `beyond` is proved to meet every demand."""
    return all(_none_fails(within, beyond, [demand]) for demand in asked)


def _none_fails(within: list[Set], beyond: list[Set], asked: Iterable[Demand]) -> bool:
    """Return whether it is proved that no such text fails all demands at once."""
    failing = list(asked)
    return empty(
        [*within, *(one for one, wanted in failing if not wanted)],
        [*beyond, *(one for one, wanted in failing if wanted)],
    )


def demands(view: Any) -> list[Demand]:
    """Return a branch's demands on a string; empty if it demands more than patterns, lengths and lists."""
    match view:
        case canonical.ConstView(str() as value):
            return [(text(value), True)]
        case canonical.EnumView(values) if all(isinstance(value, str) for value in values):
            return [(alternatives(text(str(value)) for value in values), True)]
        case canonical.StringView() if not view.formats and not view.excluded_formats:
            return _facets(view) or []
    return []


def _facets(view: canonical.StringView) -> list[Demand] | None:
    """Return a view's demands on a string except its formats, or None if one of its patterns cannot be read."""
    asked, barred = sets_of(view.patterns), sets_of(view.excluded_patterns)
    if len(asked) < len(view.patterns) or len(barred) < len(view.excluded_patterns):
        return None
    required = [*asked, length(view.min_length, view.max_length)]
    return [
        *((one, True) for one in required),
        *((one, False) for one in [*barred, *map(text, view.excluded)]),
    ]


def _bounds(view: canonical.StringView | None) -> tuple[list[Set], list[Set]]:
    """Return sets that contain every string of a view, and sets that contain none; None is the view of all strings."""
    return ([EVERY], []) if view is None else (inside(view), outside(view))


def names(schema: Any) -> tuple[list[Set], list[Set]]:
    """Return sets that contain every string that a canonical schema accepts, and sets that contain none: used for property names."""
    match schema.view() if schema is not None else None:
        case canonical.StringView() as view:
            return inside(view), outside(view)
        case canonical.ConstView(str() as value):
            return [text(value)], []
        case canonical.EnumView(values):
            return [alternatives(text(value) for value in values if isinstance(value, str))], []
        case canonical.AnyOfView(branches):
            single = [names(branch)[0] for branch in branches]
            return ([alternatives(one[0] for one in single)] if all(single) else []), []
    return [], []


def inside(view: canonical.StringView) -> list[Set]:
    """Return sets that contain every string of a view. What cannot be read as a set is left out."""
    forms = [_FORMS[name] for name in view.formats if name in _FORMS]
    return [*sets_of([*view.patterns, *forms]), length(view.min_length, view.max_length)]


def outside(view: canonical.StringView) -> list[Set]:
    """Return sets that contain no string of a view. What cannot be read is left out."""
    return [*sets_of(view.excluded_patterns), *map(text, view.excluded)]


def matches(pattern: str, name: str) -> bool | None:
    """Return whether a pattern matches a name, or None if the pattern cannot be read as a set."""
    found = set_of(pattern)
    return None if found is None else not empty([found, text(name)], [])


def sets_of(patterns: Iterable[str]) -> list[Set]:
    """Return the sets of those patterns that can be read as one."""
    return [one for pattern in patterns if (one := set_of(pattern)) is not None]


def set_of(pattern: str) -> Set | None:
    """Return the set of a pattern, or None if it cannot be read as one."""
    try:
        return matching(pattern)
    except (Unread, RecursionError):
        return None


def empty(within: list[Set], outside: list[Set]) -> bool:
    """Return whether it is proved that no text is in all sets of `within` and in none of `outside`."""
    try:
        return shortest(within, outside) is None
    except (TooLarge, RecursionError):
        return False
