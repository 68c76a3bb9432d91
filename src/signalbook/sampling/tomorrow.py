"""What a provider may send tomorrow without breaking a promise: fields and values nobody knows yet, events of new names, fields in another order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from signalbook.jsontext import shown
from signalbook.sampling import documented
from signalbook.sampling.change import Change, having, pointed, put, without
from signalbook.sampling.folding import with_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.envelopes import Opened
    from signalbook.sampling.places import Place

_NEW: tuple[Any, ...] = ("2027-01-01", {"id": "x-1", "enabled": True}, ["a", "b"], 1, None)


def changes(places: list[Place], opened: tuple[Opened, ...]) -> Iterator[Change]:
    """Yield what may come tomorrow to a payload with some places, and that was opened so."""
    yield Change("order", (), backwards, "the fields of every object stand in another order")
    yield from _names(opened)
    objects = [place for place in places if isinstance(place.value, dict) and _is_open(place)]
    for number, place in enumerate(objects):
        name, value = _new_name(list(place.value)), _NEW[number % len(_NEW)]
        yield Change(
            "unknown-field", place.path, having({name: value}), f"{pointed(place.path)} has a field nobody knows: {name!r} is {shown(value)}"
        )
    for place in places:
        if isinstance(place.value, dict):
            for name in documented.optional(place):
                yield Change("absent", place.path, without(name), f"{pointed(place.path, name)} is left out")
        elif place.path and place.keywords & {"enum", "x-known"}:
            new = _new_value([*place.said("enum"), *place.said("x-known")])
            yield put(place.path, new, "unlisted", f"{pointed(place.path)} has a value nobody knows: {shown(new)}")


def backwards(tree: Any) -> Any:
    """Return a tree with the fields of all its objects in the opposite order."""
    if isinstance(tree, list):
        return [backwards(item) for item in tree]
    return {key: backwards(tree[key]) for key in reversed(tree)} if isinstance(tree, dict) else tree


def _is_open(place: Place) -> bool:
    """Whether fields may come to an object: a map has none, only keys of the customer's choice."""
    return not any("additionalProperties" in schema or "patternProperties" in schema for schema in place.schemas) and any(
        "properties" in schema for schema in place.schemas
    )


def _new_name(names: list[str]) -> str:
    """Return a name of a field in the spelling of its neighbours."""
    if any("_" in name for name in names):
        return "added_field"
    return "AddedField" if names and all(name[:1].isupper() for name in names) else "addedField"


def _new_value(listed: list[Any]) -> Any:
    """Return a value in the spelling of some listed ones that is none of them."""
    numbers = [one for one in listed if isinstance(one, int | float) and not isinstance(one, bool)]
    texts = [one for one in listed if isinstance(one, str)]
    if not texts:
        return max(numbers, default=0) + 1
    if all(one.isdigit() for one in texts):
        return str(max(map(int, texts)) + 1)
    first = next((one for one in texts if re.search("[A-Za-z]", one)), "New")
    word = "NEW_KIND" if first.isupper() and len(first) > 1 else "newKind" if first[0].islower() else "NewKind"
    return word.lower() if first.islower() else word


def _names(opened: tuple[Opened, ...]) -> Iterator[Change]:
    """Yield the change that gives the event a name nobody knows, wherever its own stands."""
    one = opened[0]
    if one.name and any(clue.part == "name" and clue.text for clue in one.clues):
        new = f"{one.name}{'_new' if one.name.islower() else 'New'}"
        yield Change("name", (), lambda tree: _named(tree, str(one.name), new), f"the event has a name nobody knows: {new!r}", name=new)


def _named(tree: Any, old: str, new: str) -> Any:
    name = re.compile(rf"\b{re.escape(old)}(?![\w.])")
    return with_texts(tree, lambda text: name.sub(new, text))
