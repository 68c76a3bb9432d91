"""The strings of a canonical view as sets of texts, so that patterns, lengths and lists can be compared with one another."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from jsonschema_rs import canonical

from signalbook.regular import EVERY, Set, TooLarge, Unread, alternatives, length, matching, shortest, text

if TYPE_CHECKING:
    from jsonschema_rs import CanonicalSchema

_MOST_CHOICES = 64


def covered(narrow: canonical.StringView | None, wide: canonical.StringView) -> bool:
    """Whether every string of one view (None: every string there is) is one of another, by what their patterns and lengths say together."""
    if narrow is None:
        within, beyond, formats = [EVERY], [], set[str]()
    else:
        within, beyond, formats = inside(narrow), outside(narrow), set(narrow.formats)
    barred_formats = set(wide.excluded_formats) - set(narrow.excluded_formats if narrow else ())
    asked, barred = [set_of(one) for one in wide.patterns], [set_of(one) for one in wide.excluded_patterns]
    if not set(wide.formats) <= formats or barred_formats or None in asked or None in barred:
        return False
    needed = [one for one in asked if one is not None] + [length(wide.min_length, wide.max_length)]
    refused = [one for one in barred if one is not None] + [text(value) for value in wide.excluded]
    return all(empty(within, [*beyond, one]) for one in needed) and all(empty([*within, one], beyond) for one in refused)


def listed(narrow: canonical.StringView, values: list[Any]) -> bool:
    """Whether the strings of a view are few, and all of them among some values."""
    strings = [text(value) for value in values if isinstance(value, str)]
    return bool(strings) and empty(inside(narrow), [*outside(narrow), *strings])


def covered_by_any(narrow: Any, branches: list[CanonicalSchema]) -> bool:
    """Whether every string of a view is one of some branches, taken together; a branch that says more than patterns and lengths is left out.

    A string is outside of all branches where it fails one demand of each: every such choice of demands must be proved to be empty.
    """
    view = narrow if isinstance(narrow, canonical.StringView) else None
    if view is None and not (isinstance(narrow, canonical.MultiTypeView) and narrow.types == ["string"]):
        return False
    asked = [found for branch in branches if (found := demands(branch.view()))]
    if not asked or prod(map(len, asked)) > _MOST_CHOICES:
        return False
    within, beyond = ([EVERY], []) if view is None else (inside(view), outside(view))
    return all(
        empty([*within, *(one for one, wanted in choice if not wanted)], [*beyond, *(one for one, wanted in choice if wanted)])
        for choice in product(*asked)
    )


def demands(view: Any) -> list[tuple[Set, bool]]:
    """Return sets that every string of a branch must be in (True) or outside of (False); none where they are not all that it asks."""
    match view:
        case canonical.ConstView(str() as value):
            return [(text(value), True)]
        case canonical.EnumView(values) if all(isinstance(value, str) for value in values):
            return [(alternatives(text(str(value)) for value in values), True)]
        case canonical.StringView() if not view.formats and not view.excluded_formats:
            asked, barred = [set_of(one) for one in view.patterns], [set_of(one) for one in view.excluded_patterns]
            found = [(one, True) for one in asked if one] + [(one, False) for one in barred if one]
            found += [(length(view.min_length, view.max_length), True), *((text(value), False) for value in view.excluded)]
            return [] if None in asked or None in barred else found
    return []


def names(schema: Any) -> tuple[list[Set], list[Set]]:
    """Return sets that every string which a canonical schema accepts is in, and sets that none is in: for the names of an object's properties."""
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
    """Return sets that every string of a view is in; what cannot be read as a set is left out."""
    read = (set_of(pattern) for pattern in view.patterns)
    return [one for one in read if one is not None] + [length(view.min_length, view.max_length)]


def outside(view: canonical.StringView) -> list[Set]:
    """Return sets that no string of a view is in; what cannot be read is left out."""
    read = (set_of(pattern) for pattern in view.excluded_patterns)
    return [one for one in read if one is not None] + [text(value) for value in view.excluded]


def matches(pattern: str, name: str) -> bool | None:
    """Whether a pattern matches a name, or None where the pattern cannot be read as a set."""
    found = set_of(pattern)
    return None if found is None else not empty([found, text(name)], [])


def set_of(pattern: str) -> Set | None:
    """Return the set of a pattern, or None where it cannot be read as one."""
    try:
        return matching(pattern)
    except (Unread, RecursionError):
        return None


def empty(within: list[Set], outside: list[Set]) -> bool:
    """Whether it is proved that no text is in all sets of `within` and in none of `outside`."""
    try:
        return shortest(within, outside) is None
    except (TooLarge, RecursionError):
        return False
