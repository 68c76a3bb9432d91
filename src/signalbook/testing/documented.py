"""Generates the changes that a contract allows: fields present or absent, listed values, texts, numbers, times, several items."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Protocol

from signalbook.reading.strict_json import compact
from signalbook.reading.strict_json import shown as shown_text
from signalbook.testing import text_forms
from signalbook.testing.changes import Change, having, pointed, put, without
from signalbook.testing.text_trees import changed, with_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.engine.levels import Schema
    from signalbook.testing.places import Place
    from signalbook.testing.text_trees import Path

_ONLY_SOME = frozenset({"const", "enum", "x-known", "pattern", "format", "contentSchema"})
_MOST_VALUES = 12
_SEVERAL = (3, 2)


class Pool(Protocol):
    """Source of values that the current example does not have."""

    def __call__(self, place: Place, name: str, schema: Schema) -> list[Any]:
        """Return values for a missing field, given its place, its name, and its schema."""

    def shown(self, place: Place) -> list[Any]:
        """Return the values that other examples show at a place."""


def changes(places: list[Place], pool: Pool) -> Iterator[Change]:
    """Yield the changes that a contract allows: first those of the whole payload, then place by place.

    `pool` supplies values for a missing field, given its place, its name, and its schema.
    """
    yield from _whole(places, pool)
    for place in places:
        if isinstance(place.value, dict):
            yield from _fields(place, pool)
        elif isinstance(place.value, list):
            yield from _items(place)
        if place.path and "const" not in place.keywords:
            yield from _values(place, pool.shown(place))


def optional(place: Place) -> list[str]:
    """Return the fields present in an object that its contract describes and does not require."""
    known = set(_known(place))
    return [name for name in place.value if name in known and name not in place.required]


def _known(place: Place) -> dict[str, Schema]:
    """Return the fields that the contract always describes, not only in one branch of a composition."""
    return {
        name: inner
        for schema in place.certain
        for name, inner in schema.get("properties", {}).items()
        if isinstance(inner, dict)
    }


def _absent(place: Place, pool: Pool) -> dict[str, list[Any]]:
    known = {name: inner for name, inner in _known(place).items() if name not in place.value}
    return {name: found for name, inner in known.items() if (found := list(pool(place, name, inner)))}


def _whole(places: list[Place], pool: Pool) -> Iterator[Change]:
    # From the inside out: a field removed from an outer object needs no change inside.
    objects = [place for place in reversed(places) if isinstance(place.value, dict)]
    bare = [(place.path, names) for place in objects if (names := optional(place))]
    if bare:
        yield Change(
            "least",
            (),
            lambda tree: _each(tree, [(path, without(*names)) for path, names in bare]),
            "it holds only what is always there",
        )
    full = [
        (place.path, {name: values[0] for name, values in more.items()})
        for place in objects
        if (more := _absent(place, pool))
    ]
    if full:
        yield Change(
            "most",
            (),
            lambda tree: _each(tree, [(path, having(more)) for path, more in full]),
            "it holds every field its contracts know",
        )


def _each(tree: Any, changes: list[tuple[Path, Callable[[Any], Any]]]) -> Any:
    for path, change in changes:
        tree = changed(tree, path, change)
    return tree


def _fields(place: Place, pool: Pool) -> Iterator[Change]:
    for name in optional(place):
        yield Change("absent", place.path, without(name), f"{pointed(place.path, name)} is left out")
    for name, values in _absent(place, pool).items():
        yield Change(
            "present",
            place.path,
            having({name: values[0]}),
            f"{pointed(place.path, name)} is there: {shown_text(values[0])}",
        )


def _items(place: Place) -> Iterator[Change]:
    """Yield changes to the number of items in a list. Each additional item is a copy of an existing one with other ids."""
    if not place.value:
        return
    for count in _SEVERAL:
        if count != len(place.value):
            yield Change(
                "several", place.path, _with_items(count), f"{pointed(place.path)} has {count} items"
            )
    if len(place.value) > 1:
        yield Change("several", place.path, _with_items(1), f"{pointed(place.path)} has one item")
    yield put(place.path, [], "empty", f"{pointed(place.path)} is an empty list")


def _with_items(count: int) -> Callable[[Any], Any]:
    def other(item: Any, place: int) -> Any:
        return with_texts(item, lambda text: text_forms.with_other_ids(text, place))

    return lambda old: [
        item if place < len(old) else other(item, place) for place, item in enumerate((old * count)[:count])
    ]


def _values(place: Place, shown: list[Any]) -> Iterator[Change]:
    """Yield other values of a place: listed values, values from examples, values of its form or type. `shown` are values from other examples."""
    seen = {compact(place.value)}
    found = _time(place)
    for value in [] if found else _others(place, shown):
        if compact(value) not in seen and len(seen) <= 2 * _MOST_VALUES:
            seen.add(compact(value))
            yield put(place.path, value, "listed" if place.keywords & {"enum", "x-known"} else "value")
    if isinstance(place.value, bool):
        yield put(place.path, not place.value)
    elif found:
        yield from _times(place, found[1], [*place.said("examples"), *shown])
    elif isinstance(place.value, int | float) and not place.keywords & _ONLY_SOME:
        yield from (
            put(place.path, number, "number") for number in _numbers(place) if compact(number) not in seen
        )
    elif _is_written_by_people(place):
        yield from (
            put(place.path, text, "text", f"{pointed(place.path)} {what}: {shown_text(text)}")
            for what, text in text_forms.WRITTEN
        )
    if "null" in place.types and "null" not in seen:
        yield put(place.path, None, "null")


def _others(place: Place, shown: list[Any]) -> list[Any]:
    """Return the values that the contract lists or examples show for a place, without ids: an id occurs in several places of a payload."""
    listed = [*place.said("enum"), *place.said("x-known")]
    more = [*place.said("examples"), *shown]
    if isinstance(place.value, dict | list):
        # Nested values have places of their own; only a value of another type adds something here.
        more = [value for value in more if type(value) is not type(place.value)]
    else:
        more = [value for value in more if not _is_id(value) and not _is_id(place.value)]
    return [*listed, *more][: 4 * _MOST_VALUES]


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and text_forms.with_other_ids(value, 1) != value


def _is_written_by_people(place: Place) -> bool:
    if not isinstance(place.value, str) or place.keywords & _ONLY_SOME or place.telling:
        return False
    return text_forms.is_for_people(place.key, [place.value, *place.said("examples")])


def _numbers(place: Place) -> list[int | float]:
    lows = [schema["minimum"] for schema in place.schemas if "minimum" in schema]
    highs = [schema["maximum"] for schema in place.schemas if "maximum" in schema]
    return [max(lows, default=0), min(highs, default=2**31)]


def _time(place: Place) -> tuple[datetime, text_forms.Form] | None:
    if place.keywords & {"enum", "x-known", "const"}:
        return None
    return text_forms.time_of(place.value, place.key, known=bool(place.keywords & {"x-zone"}))


def times(places: list[Place]) -> dict[Path, tuple[datetime, text_forms.Form]]:
    """Return the times among some places, by path: the instant, and its form."""
    return {place.path: found for place in places if (found := _time(place))}


def _times(place: Place, form: text_forms.Form, examples: list[Any]) -> Iterator[Change]:
    """Yield the same instant in other notations: those that a form may allow, and those of other examples. The contract decides which are valid."""
    where = pointed(place.path)
    for zone, offset in ((zone, offset) for zone, offset in _zones(form) if zone != form.zone):
        yield Change(
            "time",
            place.path,
            _respelt(place.key, text_forms.Form(form.pattern, form.digits, zone), offset),
            f"{where} has another offset: {zone}",
        )
    for digits in {0, 1, 3, 6, 9} - {form.digits} if form.pattern.endswith("%S") else ():
        what = f"{digits} digits after the second" if digits else "no fraction of a second"
        yield Change(
            "time",
            place.path,
            _respelt(place.key, text_forms.Form(form.pattern, digits, form.zone)),
            f"{where} has {what}",
        )
    spelt = {
        found[1]: example
        for example in examples
        if (found := text_forms.time_of(example, place.key, known=True)) and found[1] != form
    }
    for other_form, example in spelt.items():
        # A letter stands for no offset, so the hour must be in UTC.
        spelling = _respelt(place.key, other_form, UTC if other_form.zone == "Z" else None)
        yield Change("time", place.path, spelling, f"{where} is spelt like {shown_text(example)}")


def _respelt(key: str, form: text_forms.Form, offset: timezone | None = None) -> Callable[[Any], Any]:
    """Return a function that writes a time in another form and keeps the instant. It raises ValueError for anything but a time."""

    def apply(old: Any) -> Any:
        found = text_forms.time_of(old, key, known=True)
        if found is None:
            raise ValueError(old)
        return form.written(found[0].astimezone(offset) if offset else found[0])

    return apply


def _zones(form: text_forms.Form) -> Iterator[tuple[str, timezone]]:
    if not form.zone or form.number:
        return
    before = re.split("[+-]", form.zone, maxsplit=1)[0] if form.zone[-1].isdigit() else ""
    colons = [":"] if before else ["", ":"]
    yield "Z", UTC
    for minutes in (0, 480, -480, 330):
        sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
        yield from (
            (f"{before}{sign}{hours:02}{colon}{rest:02}", timezone(timedelta(minutes=minutes)))
            for colon in colons
        )
