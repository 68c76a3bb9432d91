"""Enumerates the values of a schema that has few of them, so that a proof can check each one."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from jsonschema_rs import CanonicalSchema, canonical

from signalbook.compat.example_values import asked, item

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST = 200
_DEEPEST = 8
_LONGEST = 6


def finite(node: CanonicalSchema | None, depth: int = 0) -> list[Any] | None:  # noqa: C901, PLR0911 - a table of cases, a line or two each
    """Return all values of a canonical schema, and possibly more, if there are few; None if there are many or it cannot be determined."""
    if node is None or depth > _DEEPEST:
        return None
    match node.view():
        case canonical.FalseView():
            return []
        case canonical.ConstView(value):
            return [value]
        case canonical.EnumView(values):
            return values
        case canonical.MultiTypeView(types) if set(types) <= {"null", "boolean"}:
            return [
                value
                for name, held in (("null", [None]), ("boolean", [False, True]))
                if name in types
                for value in held
            ]
        case canonical.IntegerView(minimum=int() as low, maximum=int() as high) if high - low < _MOST:
            return list(range(low, high + 1))
        case canonical.TypedGroupView(_, body):
            return finite(body, depth + 1)
        case canonical.ReferenceView(uri):
            return finite(node.definition(uri), depth + 1)
        case canonical.AnyOfView(branches) | canonical.OneOfView(branches):
            return _all(finite(branch, depth + 1) for branch in branches)
        case canonical.ArrayView() as view:
            return _arrays(view, depth)
        case canonical.ObjectView() as view:
            return _objects(view, depth)
    return None


def _all(lists: Iterable[list[Any] | None]) -> list[Any] | None:
    """Return the values of all lists together, or None if one list is None or there are too many values."""
    found = list(lists)
    together = [value for one in found if one is not None for value in one]
    return None if None in found or len(together) > _MOST else together


def _arrays(view: canonical.ArrayView, depth: int) -> list[Any] | None:
    if view.max_items is None or view.max_items > _LONGEST:
        return None
    items = [finite(item(view, place), depth + 1) for place in range(view.max_items)]
    return _all(_combined(items[:size]) for size in range(view.min_items or 0, view.max_items + 1))


def _combined(parts: list[list[Any] | None]) -> list[Any] | None:
    """Return every list with one value from each part."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or prod(map(len, known)) > _MOST:
        return None
    return [list(one) for one in product(*known)]


def _objects(view: canonical.ObjectView, depth: int) -> list[Any] | None:
    names = [] if view.max_properties == 0 else finite(view.property_names, depth + 1)
    if names is None or len(names) > _LONGEST:
        return None
    absent = object()
    parts: list[list[Any] | None] = []
    for name in names:
        if not isinstance(name, str):
            return None
        found = finite(asked(view, name), depth + 1)
        parts.append(None if found is None else found if name in view.required else [absent, *found])
    combined = _combined(parts)
    if combined is None:
        return None
    return [
        {name: value for name, value in zip(names, values, strict=True) if value is not absent}
        for values in combined
    ]
