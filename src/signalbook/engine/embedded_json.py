"""Find JSON text inside strings: the places that a schema describes with `contentSchema`, and the strings at these places.

In draft-07 the keyword is only an annotation, so validators ignore it. signalbook validates the text anyway, because nested deliveries are stored
there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.engine import levels
from signalbook.reading import pointers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.levels import Schema, Way


def places(schema: Schema) -> Iterator[tuple[Way, Schema]]:
    """Yield the path to each string with a `contentSchema` in a resolved schema, and that schema; nested content is not included."""
    for way, here in levels.places(schema):
        yield from (
            (way, layer["contentSchema"]) for layer in here if isinstance(layer.get("contentSchema"), dict)
        )


def texts(value: Any, way: Way) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield path and text of each string of a value at the places that `way` leads to."""
    return ((path, found) for path, found in levels.values_at(value, way) if isinstance(found, str))


_ASIDE = "signalbook-content"
_NAMING = ("properties", "patternProperties", "definitions", "dependencies")


def aside(schema: Any) -> Any:
    """Return a schema with each `contentSchema` moved to where the validator resolves references; `restored` moves it back.

    Draft-07 does not define `contentSchema`, so jsonschema-rs leaves its references unresolved from 0.61 on. The keyword `dependencies` can contain
    schemas, and contracts do not use it (lint: subset).
    """
    if not isinstance(schema, dict):
        return schema
    out = levels.with_inside(schema, aside)
    if isinstance(reference := out.get("$ref"), str) and "/contentSchema" in reference:
        out["$ref"] = _aside(reference)
    if "contentSchema" in out:
        out["dependencies"] = {_ASIDE: out.pop("contentSchema")}
    return out


def _aside(reference: str) -> str:
    """Return a reference into a content schema, adjusted to where `aside` moves that schema."""
    url, _, pointer = reference.partition("#")
    out: list[str] = []
    is_name = False
    for step in pointers.split(pointer):
        found = ["dependencies", _ASIDE] if step == "contentSchema" and not is_name else [step]
        is_name = not is_name and step in _NAMING
        out += found
    return f"{url}#{pointers.join(out)}"


def restored(schema: Any) -> Any:
    """Return a schema made by `aside`, with the content schemas moved back."""
    if not isinstance(schema, dict):
        return schema
    out = levels.with_inside(schema, restored)
    if _ASIDE in (found := out.get("dependencies", {})):
        del out["dependencies"]
        out = dict(
            sorted({**out, "contentSchema": restored(found[_ASIDE])}.items())
        )  # the validator sorts keys
    return out
