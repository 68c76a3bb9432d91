"""Lists the fields of a contract for readers, in the order of its schema: path, type, whether always sent, and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook.engine.schema_validator import address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.engine.levels import Schema
    from signalbook.engine.schema_validator import Library
    from signalbook.registry import Contract


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a contract. `path` uses dots, `[]` for array items and `*` for any name; `always` is whether it is always sent."""

    path: str
    type: str
    always: bool
    description: str
    form: str | None
    values: tuple[Any, ...]
    open_list: bool
    zone: str | None
    unit: str | None
    evidence: str
    note: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the field as JSON-ready values, without unknown ones."""
        slots = {
            name: getattr(self, name)
            for name in ("path", "type", "always", "description", "form", "zone", "unit", "evidence", "note")
        }
        known = {name: value for name, value in slots.items() if value is not None}
        return known | ({"values": list(self.values), "open": self.open_list} if self.values else {})


@dataclass(frozen=True, slots=True)
class _Layer:
    """One of the schemas of a value, its base URI, and whether every value must match it."""

    schema: Schema
    base: str
    certain: bool


def fields(contract: Contract) -> list[Field]:
    """Return all fields of a contract, including those of nested objects, items, JSON text in strings, compositions and references."""
    return list(
        _below(list(_layers(contract.schema, contract.schema["$id"], contract.library)), "", contract.library)
    )


def _layers(schema: Any, base: str, library: Library, *, certain: bool = True) -> Iterator[_Layer]:
    """Yield all schemas of a value: the schema itself, the target of its reference, and the branches of its compositions."""
    if not isinstance(schema, dict):
        return
    if isinstance(schema.get("$ref"), str):
        document, _ = address(base, schema["$ref"])
        yield from _layers(library.look_up(base, schema["$ref"]), document, library, certain=certain)
        return
    yield _Layer(schema, base, certain)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(keyword, ()):
            yield from _layers(branch, base, library, certain=certain and keyword == "allOf")


def _below(place: list[_Layer], path: str, library: Library) -> Iterator[Field]:
    """Yield the fields of the object, or of the items of the array, that the layers describe together."""
    required = {name for layer in place if layer.certain for name in layer.schema.get("required", ())}
    prefix = f"{path}." if path else ""
    for name in dict.fromkeys(name for layer in place for name in layer.schema.get("properties", ())):
        described = [
            (layer.schema["properties"][name], layer)
            for layer in place
            if name in layer.schema.get("properties", ())
        ]
        yield from _field_and_below(described, f"{prefix}{name}", library, always=name in required)
    maps = [
        (layer.schema["additionalProperties"], layer)
        for layer in place
        if isinstance(layer.schema.get("additionalProperties"), dict)
    ]
    maps += [
        (inner, layer) for layer in place for inner in layer.schema.get("patternProperties", {}).values()
    ]
    if maps:
        yield from _field_and_below(maps, f"{prefix}*", library, always=False)
    items = [(layer.schema["items"], layer) for layer in place if isinstance(layer.schema.get("items"), dict)]
    yield from _below(_together(items, library), f"{path}[]", library) if items else ()


def _field_and_below(
    described: list[tuple[Any, _Layer]], path: str, library: Library, *, always: bool
) -> Iterator[Field]:
    place = _together(described, library)
    own = [schema for schema, _ in described if isinstance(schema, dict)]
    yield _field(path, own, [layer.schema for layer in place], always=always)
    inside = [
        (layer.schema["contentSchema"], layer)
        for layer in place
        if isinstance(layer.schema.get("contentSchema"), dict)
    ]
    yield from _below([*place, *_together(inside, library)], path, library)


def _together(described: Iterable[tuple[Any, _Layer]], library: Library) -> list[_Layer]:
    return [
        inner
        for schema, layer in described
        for inner in _layers(schema, layer.base, library, certain=layer.certain)
    ]


def _field(path: str, own: list[Schema], place: list[Schema], *, always: bool) -> Field:
    def first(*keys: str) -> Any:
        return next((schema[key] for schema in (*own, *place) for key in keys if key in schema), None)

    types = [
        [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        for schema in place
        if "type" in schema
    ]
    listing = next((schema for schema in (*own, *place) if "enum" in schema or "x-known" in schema), {})
    constant = [schema["const"] for schema in place if "const" in schema]
    return Field(
        path=path,
        type=" or ".join(dict.fromkeys(name for names in types for name in names)) or "any",
        always=always,
        description=first("description") or "",
        form=first("x-form"),
        values=tuple(constant or listing.get("enum") or listing.get("x-known") or ()),
        open_list=not constant and "x-known" in listing,
        zone=first("x-zone"),
        unit=first("x-unit"),
        evidence=first("x-evidence") or "documented",
        note=first("x-note"),
    )
