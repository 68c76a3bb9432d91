"""Compares JSON text in strings by its content, because JSON Schema sees only a string and would miss a change inside.

If both schemas describe the content of the same strings, those strings are lifted: the content schema replaces the string schema for the
comparison, and a witness is converted back to text.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from signalbook.engine import embedded_json, levels
from signalbook.reading.strict_json import at, compact

if TYPE_CHECKING:
    from signalbook.engine.levels import Way

_KEYWORD = "contentSchema"


def ways(schema: Any) -> frozenset[Way]:
    """Return the paths of the strings in an inlined schema whose content the schema describes."""
    return frozenset(way for way, _ in embedded_json.places(schema))


def lifted(schema: Any) -> Any:
    """Return a schema in which the content schema of each described string replaces the string."""
    if not isinstance(schema, dict):
        return schema
    said = schema.get(_KEYWORD)
    return lifted(said) if isinstance(said, dict) else levels.with_inside(schema, lifted)


def folded(value: Any, lifted_at: frozenset[Way]) -> Any:
    """Return a value with its lifted parts converted back to JSON text."""
    out = deepcopy(value)
    for way in lifted_at:
        for path, inner in list(levels.values_at(out, way)):
            if not path:
                return compact(inner)
            at(out, path[:-1])[path[-1]] = compact(inner)
    return out
