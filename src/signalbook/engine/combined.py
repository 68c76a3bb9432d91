"""Combine several checkers into one validator for streams: gather the values by name, then validate them all in one call.

Schemas of one registry describe most fields alike. Compiled together they share this part, above all the automata of their patterns. Compiled
separately each has its own copy, and a stream with many kinds of payloads spends most of its time waiting for memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import embedded_json, levels
from signalbook.engine.schema_validator import compiled
from signalbook.reading.strict_json import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signalbook.engine.levels import Schema
    from signalbook.engine.schema_validator import Checker

_UNUSED = frozenset({"definitions", "contentSchema"})
"""Keywords that the engine does not use in a resolved schema."""
_NAMES = frozenset({"properties", "patternProperties"})
_VALUES = frozenset({"const", "enum"})


def spread(checker: Checker, name: str, value: Any, into: dict[str, Any], inner_values: Any = None) -> bool:
    """Gather the value that a checker validates under `name`, and the JSON text in its strings under derived names.

    `inner_values` has the parsed values of its strings by key, if the caller has parsed them. Returns False if one does not contain JSON text.
    """
    into[name] = value
    for place, (way, inner) in enumerate(checker.inside):
        if len(way) == 1 and way[0] != "*" and type(value) is dict:
            # Looked up directly, because nearly all texts are at a key of the value itself.
            text = value.get(way[0])
            texts = [text] if type(text) is str else []
        else:
            texts = [text for _, text in embedded_json.texts(value, way)]
        for text in texts:
            is_parsed = inner_values is not None and len(way) == 1 and way[0] in inner_values
            found = inner_values[way[0]] if is_parsed else opened(text)
            if found is text or not (
                inner.accepts(found) if "*" in way else spread(inner, f"{name}#{place}", found, into)
            ):
                return False
    return True


def members(checker: Checker, name: str) -> Iterator[tuple[str, Checker]]:
    """Yield the checkers that validate the values gathered by `spread`, under the same names."""
    yield name, checker
    for place, (way, inner) in enumerate(checker.inside):
        if "*" not in way:
            yield from members(inner, f"{name}#{place}")


def combine(checkers: Mapping[str, Checker]) -> Callable[[dict[str, Any]], bool]:
    """Return a function that validates gathered values: whether the checker of each name accepts the value under that name."""
    return compiled(
        {"properties": {name: _lean(_without_texts(checker)) for name, checker in checkers.items()}}
    ).is_valid


def _without_texts(checker: Checker) -> Schema:
    """Return the schema of a checker without the `contentMediaType` of strings that `spread` has parsed."""
    schema = checker.schema
    for way, _ in checker.inside:
        if "*" not in way:
            schema = _without_text(schema, way)
    return schema


def _without_text(schema: Any, way: tuple[str, ...]) -> Any:
    """Return a schema without the `contentMediaType` of the string at a way through its `properties`, if it has one there."""
    if not isinstance(schema, dict):
        return schema
    if not way:
        return (
            {keyword: said for keyword, said in schema.items() if keyword != "contentMediaType"}
            if isinstance(schema.get("contentSchema"), dict)
            else schema
        )
    properties = schema.get("properties", {})
    if way[0] not in properties:
        return schema
    return {
        **schema,
        "properties": {**properties, way[0]: _without_text(properties[way[0]], way[1:])},
    }


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
        if are_names or not (levels.is_annotation(key) or key in _UNUSED)
    }
