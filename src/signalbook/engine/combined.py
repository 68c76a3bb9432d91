"""Combine several checkers into one validator for streams: gather the values by name, then validate them all in one call.

Schemas of one registry describe most fields alike. Compiled together they share this part, above all the automata of their patterns. Compiled
separately each has its own copy, and a stream with many kinds of payloads spends most of its time waiting for memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import embedded_json
from signalbook.engine.schema_validator import compiled
from signalbook.reading.strict_json import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signalbook.engine.levels import Schema
    from signalbook.engine.schema_validator import Checker

_SAYS_NOTHING = frozenset(
    {
        "$id",
        "$schema",
        "$comment",
        "title",
        "description",
        "examples",
        "default",
        "definitions",
        "contentSchema",
    }
)
_NAMES = frozenset({"properties", "patternProperties"})
_VALUES = frozenset({"const", "enum"})


def spread(checker: Checker, name: str, value: Any, into: dict[str, Any]) -> bool:
    """Gather the value that a checker validates under `name`, and the JSON text in its strings under derived names.

    Returns False if one of these strings does not contain JSON text.
    """
    into[name] = value
    for place, (way, inner) in enumerate(checker.inside):
        for text in (
            [value.get(way[0])]
            if _is_simple(way) and type(value) is dict
            else [text for _, text in embedded_json.texts(value, way)]
        ):
            if type(text) is not str:
                continue
            found = opened(text)
            if found is text or not (
                spread(inner, f"{name}#{place}", found, into) if _is_simple(way) else inner.accepts(found)
            ):
                return False
    return True


def members(checker: Checker, name: str) -> Iterator[tuple[str, Checker]]:
    """Yield the checkers that validate the values gathered by `spread`, under the same names."""
    yield name, checker
    for place, (way, inner) in enumerate(checker.inside):
        if _is_simple(way):
            yield from members(inner, f"{name}#{place}")


def combine(checkers: Mapping[str, Checker]) -> Callable[[dict[str, Any]], bool]:
    """Return a function that validates gathered values: whether the checker of each name accepts the value under that name."""
    return compiled(
        {"properties": {name: _lean(_without_texts(checker)) for name, checker in checkers.items()}}
    ).is_valid


def _is_simple(way: tuple[str, ...]) -> bool:
    return len(way) == 1 and way[0] != "*"


def _without_texts(checker: Checker) -> Schema:
    """Return the schema of a checker without the `contentMediaType` of strings that `spread` has parsed."""
    properties = dict(checker.schema.get("properties", {}))
    for way, _ in checker.inside:
        if (
            _is_simple(way)
            and isinstance(described := properties.get(way[0]), dict)
            and isinstance(described.get("contentSchema"), dict)
        ):
            properties[way[0]] = {
                keyword: said for keyword, said in described.items() if keyword != "contentMediaType"
            }
    return {**checker.schema, "properties": properties} if properties else checker.schema


def _lean(schema: Any, *, are_names: bool = False) -> Any:
    """Return a schema without annotations: equal schemas are compiled only once if nothing else in them differs."""
    if isinstance(schema, list):
        return [_lean(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value
        if key in _VALUES and not are_names
        else _lean(value, are_names=key in _NAMES and not are_names)
        for key, value in schema.items()
        if are_names or not (key in _SAYS_NOTHING or key.startswith("x-"))
    }
