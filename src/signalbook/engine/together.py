"""Several checkers as one validator, for streams: what each is to check is gathered by name first, and one call decides on all of it.

Schemas of one registry say the same of most fields. Compiled together they share that, above all the automata of their patterns; each compiled by
itself has its own, and a stream of many kinds of payloads waits most of its time for memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import compiled, content
from signalbook.jsontext import opened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from signalbook.engine import Checker
    from signalbook.levels import Schema

_SAYS_NOTHING = frozenset({"$id", "$schema", "$comment", "title", "description", "examples", "default", "definitions", "contentSchema"})
_NAMES = frozenset({"properties", "patternProperties"})
_VALUES = frozenset({"const", "enum"})


def spread(checker: Checker, name: str, value: Any, into: dict[str, Any]) -> bool:
    """Gather what a checker checks under its name, and the JSON text in the strings of a value under names below that; False where that is none."""
    into[name] = value
    for place, (way, inner) in enumerate(checker.inside):
        for text in [value.get(way[0])] if _is_simple(way) and type(value) is dict else [text for _, text in content.texts(value, way)]:
            if type(text) is not str:
                continue
            found = opened(text)
            if found is text or not (spread(inner, f"{name}#{place}", found, into) if _is_simple(way) else inner.accepts(found)):
                return False
    return True


def members(checker: Checker, name: str) -> Iterator[tuple[str, Checker]]:
    """Yield the checkers that decide on what `spread` gathers, by the same names."""
    yield name, checker
    for place, (way, inner) in enumerate(checker.inside):
        if _is_simple(way):
            yield from members(inner, f"{name}#{place}")


def together(checkers: Mapping[str, Checker]) -> Callable[[dict[str, Any]], bool]:
    """Return what decides on gathered values: whether the checker of each name accepts what is gathered under it."""
    return compiled({"properties": {name: _lean(_without_texts(checker)) for name, checker in checkers.items()}}).is_valid


def _is_simple(way: tuple[str, ...]) -> bool:
    return len(way) == 1 and way[0] != "*"


def _without_texts(checker: Checker) -> Schema:
    """Return the schema of a checker without what says that a string holds JSON text, where `spread` has opened it."""
    properties = dict(checker.schema.get("properties", {}))
    for way, _ in checker.inside:
        if _is_simple(way) and isinstance(described := properties.get(way[0]), dict) and isinstance(described.get("contentSchema"), dict):
            properties[way[0]] = {keyword: said for keyword, said in described.items() if keyword != "contentMediaType"}
    return {**checker.schema, "properties": properties} if properties else checker.schema


def _lean(schema: Any, *, are_names: bool = False) -> Any:
    """Return a schema without what decides nothing: equal schemas are compiled once only where nothing else in them differs."""
    if isinstance(schema, list):
        return [_lean(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value if key in _VALUES and not are_names else _lean(value, are_names=key in _NAMES and not are_names)
        for key, value in schema.items()
        if are_names or not (key in _SAYS_NOTHING or key.startswith("x-"))
    }
