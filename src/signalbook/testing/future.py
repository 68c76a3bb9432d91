"""Generates changes that a provider may make without breaking a promise: unknown fields, values and event names, fields in another order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from signalbook.reading.strict_json import shown
from signalbook.testing import documented
from signalbook.testing.changes import Change, having, pointed, put, without
from signalbook.testing.text_trees import with_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.envelopes.opener import Opened
    from signalbook.testing.places import Place

_NEW: tuple[Any, ...] = ("2027-01-01", {"id": "x-1", "enabled": True}, ["a", "b"], 1, None)


def changes(places: list[Place], opened: tuple[Opened, ...]) -> Iterator[Change]:
    """Yield the compatible future changes of an opened payload with the given places."""
    yield Change("order", (), backwards, "the fields of every object stand in another order")
    yield from _names(opened)
    objects = [place for place in places if isinstance(place.value, dict) and _is_open(place)]
    for number, place in enumerate(objects):
        name, value = _new_name(list(place.value)), _NEW[number % len(_NEW)]
        yield Change(
            "unknown-field",
            place.path,
            having({name: value}),
            f"{pointed(place.path)} has a field nobody knows: {name!r} is {shown(value)}",
        )
    for place in places:
        if isinstance(place.value, dict):
            for name in documented.optional(place):
                yield Change("absent", place.path, without(name), f"{pointed(place.path, name)} is left out")
        elif place.path and place.keywords & {"enum", "x-known"}:
            new = _new_value([*place.said("enum"), *place.said("x-known")])
            yield put(
                place.path, new, "unlisted", f"{pointed(place.path)} has a value nobody knows: {shown(new)}"
            )


def backwards(tree: Any) -> Any:
    """Return a tree with the fields of all its objects in reverse order."""
    if isinstance(tree, list):
        return [backwards(item) for item in tree]
    return {key: backwards(tree[key]) for key in reversed(tree)} if isinstance(tree, dict) else tree


def _is_open(place: Place) -> bool:
    """Return whether an object may gain fields: a map has no fields, only keys that the customer chooses."""
    return not any(
        "additionalProperties" in schema or "patternProperties" in schema for schema in place.schemas
    ) and any("properties" in schema for schema in place.schemas)


def _new_name(names: list[str]) -> str:
    """Return a field name in the style of its neighbours."""
    if any("_" in name for name in names):
        return "added_field"
    return "AddedField" if names and all(name[:1].isupper() for name in names) else "addedField"


def _new_value(listed: list[Any]) -> Any:
    """Return an unlisted value in the style of the listed ones."""
    numbers = [one for one in listed if isinstance(one, int | float) and not isinstance(one, bool)]
    texts = [one for one in listed if isinstance(one, str)]
    if not texts:
        return max(numbers, default=0) + 1
    if all(one.isdigit() for one in texts):
        return str(max(map(int, texts)) + 1)
    first = next((one for one in texts if re.search("[A-Za-z]", one)), "New")
    word = (
        "NEW_KIND" if first.isupper() and len(first) > 1 else "newKind" if first[0].islower() else "NewKind"
    )
    return word.lower() if first.islower() else word


def _names(opened: tuple[Opened, ...]) -> Iterator[Change]:
    """Yield the change that gives the event an unknown name, wherever its own name occurs."""
    one = opened[0]
    if one.name and any(clue.part == "name" and clue.text for clue in one.clues):
        new = f"{one.name}{'_new' if one.name.islower() else 'New'}"
        yield Change(
            "name",
            (),
            lambda tree: _named(tree, str(one.name), new),
            f"the event has a name nobody knows: {new!r}",
            name=new,
        )


def _named(tree: Any, old: str, new: str) -> Any:
    name = re.compile(rf"\b{re.escape(old)}(?![\w.])")
    return with_texts(tree, lambda text: name.sub(new, text))
