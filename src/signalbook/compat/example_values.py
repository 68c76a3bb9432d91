"""Generates small values that a canonical schema accepts or nearly accepts, including limits and listed values from both schemas."""

from __future__ import annotations

from itertools import combinations, cycle, islice, product
from math import prod
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from jsonschema_rs import CanonicalSchema, canonical

from signalbook.compat import string_sets
from signalbook.compat.literals import FORMATS, LONGEST, MOST, Words, distinct, shortest_text
from signalbook.compat.string_sets import length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


_DEEPEST = 6
_MOST_QUESTIONS = 2_000
_MOST_ITEMS = 2_000
_MOST_CHARACTERS = 100_000
_SIMPLE: tuple[Any, ...] = (None, False, True, 0, 1, -1, 1.5, "", "a", "0", [], {}, [0], {"a": 0})

ANY_ARRAY = cast(
    "canonical.ArrayView",
    SimpleNamespace(
        min_items=None, max_items=None, prefix_items=[], items=None, contains=[], distinctness=None
    ),
)
"""Stand-in for a view of all arrays: the engine has none and only reports the type."""
ANY_OBJECT = cast(
    "canonical.ObjectView",
    SimpleNamespace(
        required=[],
        properties={},
        pattern_properties={},
        additional_properties=None,
        property_names=None,
        min_properties=None,
        max_properties=None,
    ),
)
"""Stand-in for a view of all objects."""


class Sampler:
    """Makes values for the nodes of two schemas. `words` holds what both schemas mention: listed values, limits, names, patterns."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._known: dict[tuple[CanonicalSchema | None, int], list[Any]] = {}
        self._texts: dict[tuple[Any, ...], str | None] = {}

    def smallest(self) -> list[Any]:
        """Return the smallest values. They depend on the schemas only through `words`: what differs is often that small."""
        single = distinct([*_SIMPLE, *self.words.values], most=24)
        names = distinct([*self.words.names[:5], "x"])
        few = distinct([0, "a", True, [], {}, *self.words.values], most=8)
        lists = [[one, other] for one in few for other in few]
        objects = [
            {name: one, more: other}
            for name, more in combinations(names, 2)
            for one in [*few, [0, 0]]
            for other in few
        ]
        return [
            *single,
            *([one] for one in single),
            *lists,
            *({name: one} for name in names for one in [*single, *lists[:4]]),
            *objects,
        ]

    def values(self, node: CanonicalSchema | None, depth: int = 0) -> list[Any]:
        """Return values for a node, smaller ones first. Most are accepted, but none is guaranteed to be."""
        key = (node, min(depth, _DEEPEST))
        if key not in self._known:
            self._known[key] = []  # recursion adds nothing
            self._known[key] = distinct(self._values(node, depth))
        return self._known[key]

    def _values(self, node: CanonicalSchema | None, depth: int) -> Iterable[Any]:  # noqa: C901, PLR0911 - a table of cases, a line or two each
        view: Any = canonical.TrueView if node is None else node.view()
        match view:
            case canonical.FalseView():
                return []
            case canonical.ConstView(value):
                return [value]
            case canonical.EnumView(values):
                return values
            case canonical.MultiTypeView(types):
                return [value for value in [*_SIMPLE, *self.words.values] if is_of(value, types)]
            case canonical.TypedGroupView(_, body):
                return self.values(body, depth)
            case (
                canonical.AnyOfView(branches) | canonical.OneOfView(branches) | canonical.AllOfView(branches)
            ):
                return in_turn([self.values(branch, depth) for branch in branches])
            case canonical.ReferenceView(uri) if node is not None:
                return self.values(node.definition(uri), depth + 1)
            case canonical.StringView():
                return self.strings(view)
            case canonical.IntegerView() | canonical.NumberView():
                return numbers(view, self.words)
            case canonical.ArrayView():
                return self._arrays(view, depth)
            case canonical.ObjectView():
                return self._objects(view, depth)
        return [*_SIMPLE, *self.words.values]

    def strings(self, view: canonical.StringView, beyond: Iterable[Any] = ()) -> list[str]:
        """Return strings for a view, with those first that are outside one of the sets in `beyond`."""
        within, outside = string_sets.inside(view), string_sets.outside(view)
        lengths = [
            length(size, size)
            for size in (view.min_length, view.max_length)
            if size is not None and size <= LONGEST
        ]
        asked = (
            [([*within, one], outside) for one in lengths]
            + [(within, [*outside, one]) for one in [*beyond, *self.words.sets]]
            + [(within, outside)]
        )
        found = [one for inside, without in asked if (one := self._shortest(inside, without)) is not None]
        if not view.patterns and LONGEST < (view.min_length or 0) <= _MOST_CHARACTERS:
            found.append("a" * (view.min_length or 0))
        formats = [text for name in view.formats for text in FORMATS.get(name, ())]
        return [*formats, *found, *(value for value in self.words.values if isinstance(value, str))]

    def _shortest(self, within: list[Any], outside: list[Any]) -> str | None:
        question = (*within, None, *outside)
        if question not in self._texts and len(self._texts) >= _MOST_QUESTIONS:
            return None
        if question not in self._texts:
            self._texts[question] = shortest_text(within, outside)
        return self._texts[question]

    def _arrays(self, view: canonical.ArrayView, depth: int) -> Iterator[Any]:
        base = self.array(view, depth)
        yield base
        if depth >= _DEEPEST:
            return
        yield []
        rest = self.values(view.items, depth + 1)
        needed = [value for one in view.contains for value in self.values(one.schema, depth + 1)]
        for place in range(len(base)):
            for value in self.values(item(view, place), depth + 1):
                yield [*base[:place], value, *base[place + 1 :]]
        for value in [*needed, *rest]:
            yield [*base, value]
            yield [*base, value, value]
        for size in self.words.sizes:
            yield [*base, *islice(cycle(rest or [0]), size)][:size]

    def array(self, view: canonical.ArrayView, depth: int = 0) -> list[Any]:
        """Return a smallest array for a view, as far as its items can be chosen one by one."""
        out = [
            value
            for one in view.contains
            for value in self.values(one.schema, depth + 1)[
                : one.min_contains if one.min_contains is not None else 1
            ]
        ]
        for place in range(len(out), min(view.min_items or 0, _MOST_ITEMS)):
            found = self.values(item(view, place), depth + 1)
            fresh = (
                [value for value in found if value not in out]
                if view.distinctness == canonical.Distinctness.ALL_DISTINCT
                else found
            )
            out += (fresh or found or [None])[:1]
        return out

    def _objects(self, view: canonical.ObjectView, depth: int) -> Iterator[Any]:
        base = self.object(view, depth)
        yield base
        if depth >= _DEEPEST:
            return
        for name in self.names(view):
            for value in self.values(asked(view, name), depth + 1):
                yield {**base, name: value}
        full = {
            name: found[0]
            for name in self.names(view)
            if (found := self.values(asked(view, name), depth + 1))
        }
        yield {**full, **base}
        for size in self.words.sizes:
            yield dict(islice({**base, **full}.items(), size))

    def object(self, view: canonical.ObjectView, depth: int = 0) -> dict[str, Any]:
        """Return a smallest object for a view, as far as its fields can be chosen one by one."""
        out = {name: (self.values(asked(view, name), depth + 1) or [None])[0] for name in view.required}
        for name in self.names(view):
            if len(out) >= (view.min_properties or 0):
                break
            if name not in out and (found := self.values(asked(view, name), depth + 1)):
                out[name] = found[0]
        return out

    def names(self, view: canonical.ObjectView) -> list[str]:
        """Return names to try in an object: declared names, those of the other schema, one per pattern, and some undeclared ones."""
        allowed, barred = string_sets.names(view.property_names)
        own = [
            one
            for pattern in view.pattern_properties
            if (one := shortest_text([*allowed, *string_sets.sets_of([pattern])], barred)) is not None
        ]
        free = shortest_text(allowed, [*barred, *self.words.sets]) if allowed or barred else None
        found = [
            *view.required,
            *view.properties,
            *own,
            *self.words.names,
            *([free] if free is not None else []),
        ]
        return list(dict.fromkeys([*found, "x", "y", "z"]))[: MOST * 4]


def numbers(view: Any, words: Words) -> Iterator[Any]:
    """Yield numbers for a view, at and next to its limits."""
    for end, step in ((view.minimum, 1), (view.maximum, -1)):
        if end is not None:
            yield from (plain(end), plain(end + step), plain(end) + step / 2)
    for divisor in view.multiple_of:
        yield from (plain(divisor * times) for times in (0, 1, 2, 3, 5, 7, -1))
        if view.minimum is not None:
            yield from (plain(divisor * (view.minimum // divisor + more)) for more in (0, 1, 2))
    yield from (
        value for value in [*words.values, 0, 1, -1, 2, 3, 0.5, 1.5, 0.25] if is_of(value, ["number"])
    )


def plain(number: Any) -> Any:
    """Return a number as JSON writes it, because the engine also returns decimals."""
    return number if isinstance(number, int) else int(number) if number == int(number) else float(number)


def item(view: canonical.ArrayView, place: int) -> CanonicalSchema | None:
    """Return the schema of the item at an index, or None if any value is allowed."""
    return view.prefix_items[place] if place < len(view.prefix_items) else view.items


def asked(view: canonical.ObjectView, name: str) -> CanonicalSchema | None:
    """Return the first schema that applies to the value of a name, or None if any value is allowed."""
    if name in view.properties:
        return view.properties[name]
    found = (
        schema for pattern, schema in view.pattern_properties.items() if string_sets.matches(pattern, name)
    )
    return next(found, view.additional_properties)


def in_turn(lists: list[list[Any]]) -> list[Any]:
    """Return the first element of each list, then the second of each, and so on, so that no list crowds out another."""
    return [
        one[place] for place in range(max(map(len, lists), default=0)) for one in lists if place < len(one)
    ]


def is_of(value: Any, types: list[str]) -> bool:
    """Return whether a value has one of the given JSON types."""
    match value:
        case None:
            return "null" in types
        case bool():
            return "boolean" in types
        case int() | float():
            return "number" in types or ("integer" in types and value == int(value))
        case str():
            return "string" in types
        case list():
            return "array" in types
        case _:
            return "object" in types


_MOST = 200
_DEEPEST_LISTED = 8
_LONGEST = 6


def finite(node: CanonicalSchema | None, depth: int = 0) -> list[Any] | None:  # noqa: C901, PLR0911 - a table of cases, a line or two each
    """Return all values of a canonical schema, and possibly more, if there are few; None if there are many or it cannot be determined."""
    if node is None or depth > _DEEPEST_LISTED:
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
