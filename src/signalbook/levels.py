"""One contract → its tolerant and its strict reading; and how much a fault weighs at each level.

Both readings are computed from a schema whose references are resolved; nobody writes them by hand.
`tolerant` keeps what a consumer may rely on: which fields there are, their types, the discriminators.
`strict` also closes every object and every list, for fixtures of one's own.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, Literal

from signalbook.jsontext import at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from signalbook.findings import Level, Severity

DIALECT = "http://json-schema.org/draft-07/schema#"
EVIDENCE = ("documented", "sample", "observed", "inferred")
"""What `x-evidence` may say: printed in a table, printed in a sample only, received, or concluded by us."""

Schema = dict[str, Any]
Slot = tuple[str, ...] | None
Weight = Literal["guarantee", "form", "novelty"]
"""guarantee: a required field, a type, a discriminator. form: a documented list or form. novelty: a field or value nobody knows."""

SEVERITY: dict[Level, dict[Weight, Severity | None]] = {
    "tolerant": {"guarantee": "error", "form": "note", "novelty": None},
    "documented": {"guarantee": "error", "form": "error", "novelty": "warning"},
    "strict": {"guarantee": "error", "form": "error", "novelty": "error"},
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
_BRANCHES = ("allOf", "anyOf", "oneOf")
_NAMED = ("properties", "patternProperties", "definitions")
_SINGLE = ("items", "additionalItems", "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else")


def weight(keyword: str) -> Weight:
    """Return how much a violation of a JSON Schema keyword weighs."""
    return "form" if keyword in _FORMS else "guarantee"


def inside(schema: Schema) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every schema right inside a schema, with the way to it: what only looks like one (an example, a constant) is left out."""
    for keyword, value in schema.items():
        if keyword in _NAMED and isinstance(value, dict):
            yield from (((keyword, name), inner) for name, inner in value.items())
        elif keyword in _BRANCHES or (keyword == "items" and isinstance(value, list)):
            yield from (((keyword, place), inner) for place, inner in enumerate(value))
        elif keyword in _SINGLE:
            yield (keyword,), value


def with_inside(schema: Schema, change: Callable[[Any], Any]) -> Schema:
    """Return a copy of a schema in which `change` was applied to every schema right inside it."""
    out = {keyword: copy(value) for keyword, value in schema.items()}
    for (*way, last), inner in inside(schema):
        at(out, way)[last] = change(inner)
    return out


def subschemas(schema: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Schema]]:
    """Yield every schema inside a schema with its path, the schema itself first; `true` and `false` are left out."""
    if isinstance(schema, dict):
        yield path, schema
        for way, inner in inside(schema):
            yield from subschemas(inner, (*path, *way))


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
                name: _strict(inner, _same(place, keyword, name), _step(slot, name), whole=True) for name, inner in schema[keyword].items()
            }
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            out[keyword] = _strict(schema[keyword], _same(place, keyword), _step(slot, "*"), whole=True)
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


def layers(schema: Any) -> Iterator[Schema]:
    """Yield the schemas that describe the same value as a schema does: itself, and the branches of its compositions."""
    if isinstance(schema, dict):
        yield schema
        branches = [branch for keyword in _BRANCHES for branch in schema.get(keyword, ())]
        for branch in [*branches, *(schema[keyword] for keyword in ("then", "else") if keyword in schema)]:
            yield from layers(branch)


def _same(place: list[Schema], keyword: str, name: str | None = None) -> list[Schema]:
    """Return the schemas that describe the same field, or the same items, in any of the schemas of a place."""
    found = [layer[keyword] if name is None else layer[keyword].get(name) for layer in place if keyword in layer]
    return [layer for inner in found for layer in layers(inner)]


def _step(slot: Slot, step: str) -> Slot:
    return slot[1:] if slot and slot[0] == step else None


def declared(schema: Any) -> dict[str, Any]:
    """Return the properties that a resolved schema declares for one object, those of its branches included, in order."""
    found: dict[str, Any] = {}
    for layer in layers(schema):
        for name, inner in layer.get("properties", {}).items():
            # A closed object names the fields of its branches as true; the branch says more.
            found[name] = inner if found.get(name, True) is True else found[name]
    return found
