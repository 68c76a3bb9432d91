"""JSON text in strings, compared as what it says: to JSON Schema it is a string, and a change inside would not be seen.

Where both schemas describe the content of the same strings, those strings are lifted: their content stands in their place while the schemas are
compared, and a witness is folded back into text.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from signalbook import levels
from signalbook.engine import content
from signalbook.jsontext import at, compact

if TYPE_CHECKING:
    from signalbook.levels import Way

_KEYWORD = "contentSchema"


def ways(schema: Any) -> frozenset[Way]:
    """Return the ways to the strings of an inlined schema whose content it describes."""
    return frozenset(way for way, _ in content.places(schema))


def lifted(schema: Any) -> Any:
    """Return a schema in which the content of a described string stands in place of the string."""
    if not isinstance(schema, dict):
        return schema
    said = schema.get(_KEYWORD)
    return lifted(said) if isinstance(said, dict) else levels.with_inside(schema, lifted)


def folded(value: Any, lifted_at: frozenset[Way]) -> Any:
    """Return a value with what was lifted as JSON text again."""
    out = deepcopy(value)
    for way in lifted_at:
        for path, inner in list(levels.values_at(out, way)):
            if not path:
                return compact(inner)
            at(out, path[:-1])[path[-1]] = compact(inner)
    return out
