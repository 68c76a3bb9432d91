"""One contract → its tolerant and its strict reading; and how much a fault weighs at each level.

Both readings are computed from a schema whose references are resolved; nobody writes them by hand.
`tolerant` keeps what a consumer may rely on: which fields there are, their types, the discriminators.
`strict` also closes every object and every list, for fixtures of one's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from signalbook.findings import Level, Severity

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
_ONE_INSIDE = ("items", "additionalProperties")


def weight(keyword: str) -> Weight:
    """Return how much a violation of a JSON Schema keyword weighs."""
    return "form" if keyword in _FORMS else "guarantee"


def tolerant(schema: Any) -> Any:
    """Return the tolerant reading of a resolved schema: it accepts all that the schema accepts, and more."""
    if not isinstance(schema, dict):
        return schema
    out: Schema = {}
    for keyword, value in schema.items():
        if keyword in _FORMS:
            continue
        if keyword in _BRANCHES:
            # Loosened branches overlap, so "exactly one" can no longer be asked for.
            out.setdefault("anyOf" if keyword == "oneOf" else keyword, [tolerant(branch) for branch in value])
        elif keyword in ("properties", "patternProperties"):
            out[keyword] = {name: tolerant(inner) for name, inner in value.items()}
        elif keyword in _ONE_INSIDE:
            out[keyword] = tolerant(value)
        else:
            out[keyword] = value
    return out


def strict(schema: Any, slot: Slot = None) -> Any:
    """Return the strict reading of a resolved schema: objects are closed, and open lists (`x-known`) too.

    `slot` is the path of keys (`*` for items) at which an envelope holds something that is not its own: there it stays open.
    """
    return _strict(schema, slot, closed_outside=False)


def _strict(schema: Any, slot: Slot, *, closed_outside: bool) -> Any:
    """Close an object where it is described as a whole: the branches of a composition see only a part of its fields, so they stay open."""
    if not isinstance(schema, dict) or slot == ():
        return schema
    out: Schema = {}
    for keyword, value in schema.items():
        if keyword in _BRANCHES:
            out[keyword] = [_strict(branch, slot, closed_outside=True) for branch in value]
        elif keyword in ("then", "else"):
            out[keyword] = _strict(value, slot, closed_outside=True)
        elif keyword in ("properties", "patternProperties"):
            out[keyword] = {name: _strict(inner, _inside(slot, name), closed_outside=False) for name, inner in value.items()}
        elif keyword in _ONE_INSIDE:
            out[keyword] = _strict(value, _inside(slot, "*"), closed_outside=False)
        else:
            out[keyword] = value
    if "x-known" in schema and "enum" not in schema:
        out["enum"] = [*schema["x-known"], *([None] if "null" in schema.get("type", ()) else [])]
    names = {} if closed_outside or "additionalProperties" in schema else declared(schema)
    if names:
        out["properties"] = {**dict.fromkeys(names, True), **out.get("properties", {})}
        out["additionalProperties"] = False
    return out


def _inside(slot: Slot, step: str) -> Slot:
    return slot[1:] if slot and slot[0] == step else None


def declared(schema: Any) -> dict[str, Any]:
    """Return the properties that a resolved schema declares for one object, those of its branches included, in order."""
    if not isinstance(schema, dict):
        return {}
    found: dict[str, Any] = dict(schema.get("properties", {}))
    branches = [branch for keyword in _BRANCHES for branch in schema.get(keyword, [])]
    for branch in [*branches, *(schema[keyword] for keyword in ("then", "else") if keyword in schema)]:
        for name, inner in declared(branch).items():
            # A closed object names the fields of its branches as true; the branch says more.
            found[name] = inner if found.get(name, True) is True else found[name]
    return found
