"""JSON text inside strings: where a schema says what it holds (`contentSchema`), and the values that stand there.

Draft-07 knows the keyword as an annotation only, so engines pass over it; the kit reads into the string all the same, because nested deliveries live there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook import levels, naming

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


_ASIDE = "signalbook-content"
_NAMING = ("properties", "patternProperties", "definitions", "dependencies")


def aside(schema: Any) -> Any:
    """Return a schema with the schemas of contents where the engine resolves references too; `restored` puts them back.

    Draft-07 knows no schema in `contentSchema`, so jsonschema-rs leaves its references as they are from 0.61 on. `dependencies` holds schemas, and contracts
    don't use it (lint: subset).
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
    """Return a reference that leads into the schema of a content to where `aside` puts it."""
    url, _, pointer = reference.partition("#")
    out: list[str] = []
    is_name = False
    for step in naming.tokens(pointer):
        found = ["dependencies", _ASIDE] if step == "contentSchema" and not is_name else [step]
        is_name = not is_name and step in _NAMING
        out += found
    return f"{url}#{naming.pointer(out)}"


def restored(schema: Any) -> Any:
    """Return a schema that `aside` made, with the schemas of contents in their places."""
    if not isinstance(schema, dict):
        return schema
    out = levels.with_inside(schema, restored)
    if _ASIDE in (found := out.get("dependencies", {})):
        del out["dependencies"]
        out = dict(sorted({**out, "contentSchema": restored(found[_ASIDE])}.items()))  # the engine sorts keys
    return out
