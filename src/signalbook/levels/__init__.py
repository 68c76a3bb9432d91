"""One contract → its tolerant, documented and strict readings; and how much a fault weighs at each level.

All readings are computed from a schema whose references are resolved; nobody writes them by hand. `walking` knows what stands inside a schema.
`tolerant` keeps what a consumer may rely on: which fields there are, their types, the discriminators.
`documented` keeps, besides, the lists and forms that a document of the provider asks for, and leaves out those that are known from elsewhere.
`strict` also closes every object and every list, for fixtures of one's own.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, Literal

from signalbook import jsontext
from signalbook.levels.walking import BRANCHES, Schema, Way, declared, inside, layers, places, subschemas, values_at, with_inside

if TYPE_CHECKING:
    from signalbook.findings import Level, Severity

__all__ = [
    "BRANCHES",
    "DIALECT",
    "EVIDENCE",
    "SEVERITY",
    "Schema",
    "Slot",
    "Way",
    "Weight",
    "declared",
    "documented",
    "inside",
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
"""What `x-evidence` may say: printed in a table, printed in a sample only, received, or concluded by us."""

Slot = tuple[str, ...] | None
Weight = Literal["guarantee", "form", "unsourced", "novelty"]
"""guarantee: a required field, a type, a discriminator. form: a documented list or form. novelty: a field or value nobody knows.
unsourced: a list or form that no document asks for: it is known from samples or deliveries, or is our own conclusion."""

SEVERITY: dict[Level, dict[Weight, Severity | None]] = {
    "tolerant": {"guarantee": "error", "form": "note", "unsourced": "note", "novelty": None},
    "documented": {"guarantee": "error", "form": "error", "unsourced": "warning", "novelty": "warning"},
    "strict": {"guarantee": "error", "form": "error", "unsourced": "error", "novelty": "error"},
}

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


def weight(keyword: str) -> Weight:
    """Return how much a violation of a JSON Schema keyword weighs."""
    return "form" if keyword in _FORMS else "guarantee"


def tolerant(schema: Any) -> Any:
    """Return the tolerant reading of a resolved schema (or of true or false): it accepts all that the schema accepts, and more.

    Checking does not need it, because one validation gives the findings of all levels; the tests prove by it that their weights are right.
    """
    if not isinstance(schema, dict):
        return schema
    out = {keyword: value for keyword, value in with_inside(schema, tolerant).items() if keyword not in _FORMS}
    if "oneOf" in out:
        # Loosened branches overlap, so "exactly one" can no longer be asked for; an anyOf may stand there already.
        out["allOf"] = [*out.get("allOf", []), {"anyOf": out.pop("oneOf")}]
    return out


def is_unsourced(schema: Any) -> bool:
    """Whether a schema says of itself that no document has it (`x-evidence`)."""
    return isinstance(schema, dict) and schema.get("x-evidence", "documented") != "documented"


def documented(schema: Any, *, unsourced: bool = False) -> Any:
    """Return the documented reading of a resolved schema: it asks for no list or form that `x-evidence` says is in no document.

    `unsourced` tells that the field around it says so: what it says of a field holds for its branches and its items, and not for the fields inside.
    """
    if not isinstance(schema, dict):
        return schema
    unsourced = unsourced or is_unsourced(schema)
    out = {keyword: copy(value) for keyword, value in schema.items()}
    for (*way, last), inner in inside(schema):
        if way[:1] not in _OWN_FIELDS and last not in _OUTRIGHT:
            jsontext.at(out, way)[last] = documented(inner, unsourced=unsourced)
        elif way[:1] in _OWN_FIELDS:
            jsontext.at(out, way)[last] = documented(inner)
    if out.get("oneOf") != schema.get("oneOf"):
        # As in the tolerant reading.
        out["allOf"] = [*out.get("allOf", []), {"anyOf": out.pop("oneOf")}]
    return {keyword: value for keyword, value in out.items() if not (unsourced and keyword in _FORMS)}


_OWN_FIELDS = (["properties"], ["patternProperties"])
_OUTRIGHT = ("not", "if", "contains", "propertyNames", "contentSchema")
"""Inside these a mark has no meaning: what is violated is the keyword itself. JSON text is read by a schema of its own."""


def structure(schema: Any) -> Any:
    """Return the tolerant reading of a resolved schema without its discriminators: what can be asked of a body whose values are masked."""
    loose = tolerant(schema)
    if not isinstance(loose, dict):
        return loose
    return {keyword: value for keyword, value in with_inside(loose, structure).items() if keyword != "const"}


def strict(schema: Any, slot: Slot = None) -> Any:
    """Return the strict reading of a resolved schema (or of true or false): objects are closed, and open lists (`x-known`) too.

    `slot` is the path of keys (`*` for items) at which an envelope holds something that is not its own: there it stays open.
    """
    return _strict(schema, list(layers(schema)), slot, whole=True)


def _strict(schema: Any, place: list[Schema], slot: Slot, *, whole: bool) -> Any:
    """Close a schema that describes an object as a whole; `place` are all the schemas that describe the same object or value.

    The branches of a composition see only a part of the fields, so they are not closed; nor are those of oneOf narrowed, because then two that
    fit, which the contract rules out, might become one.
    """
    if not isinstance(schema, dict) or slot == ():
        return schema
    out = dict(schema)
    for keyword in ("properties", "patternProperties"):
        if keyword in schema:
            out[keyword] = {
                name: _strict(inner, _same(place, keyword, name), rest(slot, (name,)), whole=True) for name, inner in schema[keyword].items()
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
    """Return the keywords that close an object: every name that one of its schemas describes or requires is still welcome."""
    names = {name: True for layer in place for name in (*layer.get("properties", ()), *layer.get("required", ()))}
    patterns = {pattern: True for layer in place for pattern in layer.get("patternProperties", ())}
    if not any(layer.get("properties") for layer in place) or any("additionalProperties" in layer for layer in place):
        return {}
    closing = {"properties": {**names, **schema.get("properties", {})}, "additionalProperties": False}
    return {**closing, "patternProperties": {**patterns, **schema.get("patternProperties", {})}} if patterns else closing


def _same(place: list[Schema], keyword: str, name: str | None = None) -> list[Schema]:
    """Return the schemas that describe the same field, or the same items, in any of the schemas of a place."""
    found = [layer[keyword] if name is None else layer[keyword].get(name) for layer in place if keyword in layer]
    return [layer for inner in found for layer in layers(inner)]


def rest(slot: Slot, way: Way) -> Slot:
    """Return what is left of the path to a slot behind a way, or None where the way does not lead there."""
    return slot[len(way) :] if slot and slot[: len(way)] == way else None
