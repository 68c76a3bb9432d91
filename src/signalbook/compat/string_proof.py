"""Turns the strings of a canonical view into sets of texts, so that patterns, lengths and lists can be compared with one another."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from jsonschema_rs import canonical

from signalbook.compat.string_sets import (
    EVERY,
    Set,
    TooLarge,
    Unread,
    alternatives,
    length,
    matching,
    shortest,
    text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jsonschema_rs import CanonicalSchema

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
