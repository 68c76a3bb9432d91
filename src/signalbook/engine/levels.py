"""Derive the tolerant, documented and strict variants of a schema, and the severity of violations at each level.

All variants are computed from a schema whose references are resolved; none is written by hand. `subschemas` traverses schemas.

- `tolerant` keeps what a consumer may rely on: which fields exist, their types, and the discriminators.
- `documented` also keeps the enumerations and forms that a document of the provider specifies, and drops those known from other sources.
- `strict` also closes every object and every enumeration, for your own fixtures.
"""

from __future__ import annotations

from copy import copy
from typing import Any, Literal

from signalbook.engine.subschemas import (
    BRANCHES,
    Schema,
    Way,
    declared,
    inside,
    layers,
    places,
    subschemas,
    values_at,
    with_inside,
)
from signalbook.reading import strict_json

__all__ = [
    "BRANCHES",
    "DIALECT",
    "EVIDENCE",
    "LEVELS",
    "SEVERITY",
    "Level",
    "Schema",
    "Severity",
    "Slot",
    "Way",
    "Weight",
    "declared",
    "documented",
    "inside",
    "is_annotation",
    "is_unsourced",
    "layers",
    "places",
    "rest",
    "strict",
    "structure",
    "subschemas",
    "tolerant",
    "values_at",
    "weight",
    "with_inside",
]

DIALECT = "http://json-schema.org/draft-07/schema#"
EVIDENCE = ("documented", "sample", "observed", "inferred")
"""Values of `x-evidence`: printed in a table, printed in a sample only, received, or inferred by us."""

Slot = tuple[str, ...] | None
Weight = Literal["guarantee", "form", "unsourced", "novelty"]
"""Weight of a violation.

guarantee: a required field, a type, a discriminator. form: a documented enumeration or form. novelty: an unknown field or value.
unsourced: an enumeration or form that no document specifies: it is known from samples or deliveries, or inferred by us.
"""

Severity = Literal["error", "warning", "note"]
Level = Literal["tolerant", "documented", "strict"]
LEVELS: tuple[Level, ...] = ("tolerant", "documented", "strict")

SEVERITY: dict[Level, dict[Weight, Severity | None]] = {
    "tolerant": {"guarantee": "error", "form": "note", "unsourced": "note", "novelty": None},
    "documented": {"guarantee": "error", "form": "error", "unsourced": "warning", "novelty": "warning"},
    "strict": {"guarantee": "error", "form": "error", "unsourced": "error", "novelty": "error"},
}

_ANNOTATIONS = frozenset({"$id", "$schema", "$comment", "title", "description", "examples", "default"})
_FORMS = frozenset(
    [
        "enum",
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "contains",
        "not",
        "if",
        "then",
        "else",
    ]
)


def is_annotation(keyword: str) -> bool:
    """Return whether a keyword only describes a schema: it does not affect what the engine accepts."""
    return keyword in _ANNOTATIONS or keyword.startswith("x-")


def weight(keyword: str) -> Weight:
    """Return the weight of a violation of a JSON Schema keyword."""
    return "form" if keyword in _FORMS else "guarantee"


def tolerant(schema: Any) -> Any:
    """Return the tolerant variant of a resolved schema (or of true or false): it accepts everything that the schema accepts, and more.

    Validation does not need it, because one validation gives the findings of all levels. The tests use it to verify the weights.
    """
    if not isinstance(schema, dict):
        return schema
    out = {
        keyword: value for keyword, value in with_inside(schema, tolerant).items() if keyword not in _FORMS
    }
    if "oneOf" in out:
        # Relaxed branches overlap, so "exactly one" no longer holds. The schema may already have an anyOf.
        out["allOf"] = [*out.get("allOf", []), {"anyOf": out.pop("oneOf")}]
    return out


def is_unsourced(schema: Any) -> bool:
    """Return whether a schema is marked as not documented (`x-evidence`)."""
    return isinstance(schema, dict) and schema.get("x-evidence", "documented") != "documented"


def documented(schema: Any, *, unsourced: bool = False) -> Any:
    """Return the documented variant of a resolved schema, without enumerations and forms that `x-evidence` marks as not documented.

    `unsourced` says that the enclosing field is marked: the mark of a field applies to its branches and items, and not to the fields inside.
    """
    if not isinstance(schema, dict):
        return schema
    unsourced = unsourced or is_unsourced(schema)
    out = {keyword: copy(value) for keyword, value in schema.items()}
    for (*way, last), inner in inside(schema):
        if way[:1] not in _OWN_FIELDS and last not in _OUTRIGHT:
            strict_json.at(out, way)[last] = documented(inner, unsourced=unsourced)
        elif way[:1] in _OWN_FIELDS:
            strict_json.at(out, way)[last] = documented(inner)
    if out.get("oneOf") != schema.get("oneOf"):
        # As in `tolerant`.
        out["allOf"] = [*out.get("allOf", []), {"anyOf": out.pop("oneOf")}]
    return {keyword: value for keyword, value in out.items() if not (unsourced and keyword in _FORMS)}


_OWN_FIELDS = (["properties"], ["patternProperties"])
_OUTRIGHT = ("not", "if", "contains", "propertyNames", "contentSchema")
"""Inside these keywords a mark has no meaning, because the violated keyword is the outer one. JSON text has a schema of its own."""


def structure(schema: Any) -> Any:
    """Return the tolerant variant of a resolved schema without its discriminators, to validate a body whose values are masked."""
    loose = tolerant(schema)
    if not isinstance(loose, dict):
        return loose
    return {keyword: value for keyword, value in with_inside(loose, structure).items() if keyword != "const"}


def strict(schema: Any, slot: Slot = None) -> Any:
    """Return the strict variant of a resolved schema (or of true or false): objects and open enumerations (`x-known`) are closed.

    `slot` is the path of keys (`*` for items) at which an envelope holds foreign content: that place stays open.
    """
    return _strict(schema, list(layers(schema)), slot, whole=True)


def _strict(schema: Any, place: list[Schema], slot: Slot, *, whole: bool) -> Any:
    """Close a schema that describes a whole object; `place` holds all schemas that describe the same object or value."""
    # The branches of a composition see only some of the fields, so they stay open. Those of oneOf are not narrowed either, because then two matching
    # branches, which the contract forbids, might become one.
    if not isinstance(schema, dict) or slot == ():
        return schema
    out = dict(schema)
    for keyword in ("properties", "patternProperties"):
        if keyword in schema:
            out[keyword] = {
                name: _strict(inner, _same(place, keyword, name), rest(slot, (name,)), whole=True)
                for name, inner in schema[keyword].items()
            }
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            out[keyword] = _strict(schema[keyword], _same(place, keyword), rest(slot, ("*",)), whole=True)
    for keyword in ("allOf", "anyOf"):
        if keyword in schema:
            out[keyword] = [_strict(branch, place, slot, whole=False) for branch in schema[keyword]]
    if "x-known" in schema and "enum" not in schema:
        out["enum"] = [*schema["x-known"], *([None] if "null" in schema.get("type", ()) else [])]
    return {**out, **_closing(out, place)} if whole else out


def _closing(schema: Schema, place: list[Schema]) -> Schema:
    """Return the keywords that close an object: it still accepts every name that one of its schemas describes or requires."""
    names = {
        name: True for layer in place for name in (*layer.get("properties", ()), *layer.get("required", ()))
    }
    patterns = {pattern: True for layer in place for pattern in layer.get("patternProperties", ())}
    if not any(layer.get("properties") for layer in place) or any(
        "additionalProperties" in layer for layer in place
    ):
        return {}
    closing = {"properties": {**names, **schema.get("properties", {})}, "additionalProperties": False}
    return (
        {**closing, "patternProperties": {**patterns, **schema.get("patternProperties", {})}}
        if patterns
        else closing
    )


def _same(place: list[Schema], keyword: str, name: str | None = None) -> list[Schema]:
    """Return the schemas of the same field, or of the same items, from all schemas of a place."""
    found = [
        layer[keyword] if name is None else layer[keyword].get(name) for layer in place if keyword in layer
    ]
    return [layer for inner in found for layer in layers(inner)]


def rest(slot: Slot, way: Way) -> Slot:
    """Return the rest of the path to a slot after `way`, or None if `way` does not lead there."""
    return slot[len(way) :] if slot and slot[: len(way)] == way else None
