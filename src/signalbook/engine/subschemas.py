"""Traverse a schema: its subschemas, the schemas that describe one value together, and the places of a value that it describes."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

from signalbook.reading import strict_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Schema = dict[str, Any]
Way = tuple[str, ...]
"""Path to a place in a value: keys, and * for the items of an array or the names of a map."""

BRANCHES = ("allOf", "anyOf", "oneOf")
_NAMED = ("properties", "patternProperties", "definitions")
_SINGLE = (
    "items",
    "additionalItems",
    "additionalProperties",
    "propertyNames",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "contentSchema",
)


def inside(schema: Schema) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every direct subschema of a schema with its path; values that only look like schemas (examples, constants) are skipped."""
    for keyword, value in schema.items():
        if keyword in _NAMED and isinstance(value, dict):
            yield from (((keyword, name), inner) for name, inner in value.items())
        elif keyword in (*BRANCHES, "items") and isinstance(value, list):
            yield from (((keyword, place), inner) for place, inner in enumerate(value))
        elif keyword in _SINGLE:
            yield (keyword,), value


def with_inside(schema: Schema, change: Callable[[Any], Any]) -> Schema:
    """Return a copy of a schema with `change` applied to every direct subschema."""
    out = {keyword: copy(value) for keyword, value in schema.items()}
    for (*way, last), inner in inside(schema):
        strict_json.at(out, way)[last] = change(inner)
    return out


def subschemas(
    schema: Any, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Schema]]:
    """Yield the schema itself and every nested schema, each with its path; `true` and `false` are skipped."""
    if isinstance(schema, dict):
        yield path, schema
        for way, inner in inside(schema):
            yield from subschemas(inner, (*path, *way))


def layers(schema: Any, branches: tuple[str, ...] = BRANCHES) -> Iterator[Schema]:
    """Yield the schemas that describe the same value as a schema: itself, and the `branches` of its compositions."""
    if isinstance(schema, dict):
        yield schema
        found = [branch for keyword in branches for branch in schema.get(keyword, ())]
        if branches == BRANCHES:
            found += [schema[keyword] for keyword in ("then", "else") if keyword in schema]
        for branch in found:
            yield from layers(branch, branches)


def declared(schema: Any) -> dict[str, Any]:
    """Return the properties that a resolved schema declares for one object, including those of its branches, in order."""
    found: dict[str, Any] = {}
    for layer in layers(schema):
        for name, inner in layer.get("properties", {}).items():
            # A closed object has `true` for the fields of its branches; the schema of the branch is more specific.
            found[name] = inner if found.get(name, True) is True else found[name]
    return found


def places(
    schema: Any, branches: tuple[str, ...] = BRANCHES, *, texts: bool = False
) -> Iterator[tuple[Way, list[Schema]]]:
    """Yield every place that a resolved schema describes, the whole value first: its path, and the schemas that describe it together.

    `branches` are the compositions to include: ("allOf",) skips those that hold only conditionally. With `texts`, includes the places inside strings
    with JSON text, if the schema describes it.
    """
    yield from _places(list(layers(schema, branches)), (), branches, texts=texts)


def _places(
    here: list[Schema], way: Way, branches: tuple[str, ...], *, texts: bool
) -> Iterator[tuple[Way, list[Schema]]]:
    yield way, here
    if texts:
        here = [*here, *(inner for layer in here for inner in layers(layer.get("contentSchema"), branches))]
    for name in dict.fromkeys(name for layer in here for name in layer.get("properties", ())):
        below = [inner for layer in here for inner in layers(layer.get("properties", {}).get(name), branches)]
        yield from _places(below, (*way, name), branches, texts=texts)
    several = [
        one
        for layer in here
        for one in (
            layer.get("items"),
            layer.get("additionalProperties"),
            *layer.get("patternProperties", {}).values(),
        )
    ]
    if below := [inner for one in several for inner in layers(one, branches)]:
        yield from _places(below, (*way, "*"), branches, texts=texts)


def values_at(
    value: Any, way: Way, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield path and value of each place that `way` leads to, including places inside strings with JSON text."""
    if not way:
        yield path, value
        return
    value = strict_json.opened(value)
    if way[0] == "*":
        members = (
            enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
        )
        for step, inner in members:
            yield from values_at(inner, way[1:], (*path, step))
    elif isinstance(value, dict) and way[0] in value:
        yield from values_at(value[way[0]], way[1:], (*path, way[0]))
