"""JSON text inside strings: where a schema says what it holds (`contentSchema`), and the values that stand there.

Draft-07 knows the keyword as an annotation only, so engines pass over it; the kit reads into the string all the same, because nested deliveries live there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook import levels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.levels import Schema, Way


def places(schema: Schema) -> Iterator[tuple[Way, Schema]]:
    """Yield the way to each string whose content a resolved schema describes, and the content's schema; not what stands inside that content."""
    for way, here in levels.places(schema):
        yield from ((way, layer["contentSchema"]) for layer in here if isinstance(layer.get("contentSchema"), dict))


def texts(value: Any, way: Way) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield the path and the text of each string of a value that a way leads to."""
    return ((path, found) for path, found in levels.values_at(value, way) if isinstance(found, str))
