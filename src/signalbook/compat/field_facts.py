"""Collects what a schema states about each place of a payload: type, presence, listed values, form, descriptions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from signalbook.compat.dialects import local, target
from signalbook.engine import levels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signalbook.engine.levels import Schema, Way

_TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
_TOLD = frozenset(
    [
        "type",
        "enum",
        "x-known",
        "const",
        "properties",
        "required",
        "allOf",
        "definitions",
        "$defs",
        "$ref",
        "$schema",
        "$id",
        "id",
    ]
)
_WORDS = frozenset(
    ["title", "description", "examples", "default", "$comment", "readOnly", "writeOnly", "deprecated"]
)
_ALONE = ("anyOf", "oneOf")


@dataclass(frozen=True)
class Facts:
    """Facts about one place.

    `types` is empty if the schema names none. `required` holds the fields of an object that are always present. `listed` holds the documented
    values, and `closed` says whether other values are ruled out. `fixed` is a constant, in a tuple. `forms` holds all other keywords that restrict
    a value, `words` the keywords that only describe it.
    """

    types: tuple[str, ...]
    required: frozenset[str]
    listed: tuple[Any, ...]
    closed: bool
    fixed: tuple[Any, ...]
    forms: dict[str, Any] = field(hash=False)
    words: dict[str, Any] = field(hash=False)


def described(schema: Any) -> dict[Way, Facts]:
    """Return the facts of every place that a schema describes, by its path: keys, and `*` for items."""
    whole = inlined(schema, schema, ())
    out: dict[Way, Facts] = {}
    for way, here in levels.places(whole):
        if way not in out:
            certain = [
                layer
                for layer in here
                if not any(layer is not other and _branch_of(layer, other) for other in here)
            ]
            out[way] = _facts(here, certain)
    return out


def inlined(schema: Any, document: Any, met: tuple[str, ...]) -> Any:
    """Return a schema with its local references inlined. A reference that leads back to itself becomes an empty schema."""
    if not isinstance(schema, dict):
        return schema
    reference = local(schema)
    if reference is not None:
        if reference in met:
            return {}
        named = inlined(target(document, reference), document, (*met, reference))
        beside = {
            keyword: value
            for keyword, value in schema.items()
            if keyword not in ("$ref", "definitions", "$defs")
        }
        newer = "2019-09" in str(document.get("$schema")) or "2020-12" in str(document.get("$schema"))
        return {"allOf": [named, inlined(beside, document, met)]} if newer and beside else named
    return levels.with_inside(schema, lambda inner: inlined(inner, document, met))


def recursive(schema: Any) -> bool:
    """Return whether a schema refers to itself through local references."""
    return _returns(schema, schema, ())


def _returns(schema: Any, document: Any, met: tuple[str, ...]) -> bool:
    if not isinstance(schema, dict):
        return False
    reference = local(schema)
    if reference is not None:
        return reference in met or _returns(target(document, reference), document, (*met, reference))
    return any(
        _returns(inner, document, met) for way, inner in levels.inside(schema) if way[0] != "definitions"
    )


def _branch_of(layer: Schema, other: Schema) -> bool:
    """Return whether a layer is a branch of a composition in another layer that need not apply."""
    below = [branch for keyword in _ALONE for branch in other.get(keyword, ())]
    below += [other[keyword] for keyword in ("then", "else", "if") if keyword in other]
    return any(layer is found for branch in below for found in levels.layers(branch))


def _facts(here: list[Schema], certain: list[Schema]) -> Facts:
    listed = _last(certain, "enum") or _last(certain, "x-known") or []
    fixed = [layer["const"] for layer in certain if "const" in layer]
    forms: dict[str, Any] = {}
    words: dict[str, Any] = {}
    for layer in certain:
        for keyword, value in layer.items():
            if _is_word(keyword):
                words.setdefault(keyword, value)
            elif keyword not in _TOLD:
                forms[keyword] = (
                    value if keyword not in forms or forms[keyword] == value else [forms[keyword], value]
                )
    return Facts(
        _types(here, certain),
        frozenset(name for layer in certain for name in layer.get("required", ()) if isinstance(name, str)),
        tuple(listed),
        any("enum" in layer for layer in certain),
        tuple(fixed),
        _restricting(forms),
        words,
    )


def _restricting(forms: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords that restrict a value. Items and undescribed fields are left out: they have places of their own."""
    own = {
        keyword: value
        for keyword, value in forms.items()
        if keyword not in ("items", "additionalProperties") or not isinstance(value, dict)
    }
    return {keyword: without_words({keyword: value})[keyword] for keyword, value in own.items()}


def _is_word(keyword: str) -> bool:
    """Return whether a keyword only describes. Keywords that signalbook adds (x-…) do, except the list of known values."""
    return keyword in _WORDS or (keyword.startswith("x-") and keyword != "x-known")


def _last(layers: Iterable[Schema], keyword: str) -> list[Any] | None:
    return next((layer[keyword] for layer in layers if isinstance(layer.get(keyword), list)), None)


def _types(here: list[Schema], certain: list[Schema]) -> tuple[str, ...]:
    """Return the types that a place may have: what all certain layers allow, or what any branch allows."""
    named = [_of(layer) for layer in certain if "type" in layer]
    if named:
        common = [
            name
            for name in _TYPES
            if all(name in one or (name == "integer" and "number" in one) for one in named)
        ]
        return tuple(name for name in common if not (name == "integer" and "number" in common))
    branches = {name for layer in here for name in _of(layer)}
    return tuple(
        name for name in _TYPES if name in branches and not (name == "integer" and "number" in branches)
    )


def _of(layer: Schema) -> list[str]:
    found = layer.get("type", [])
    return [found] if isinstance(found, str) else list(found)


def without_words(schema: Any) -> Any:
    """Return a schema without descriptive keywords and with sorted required fields, so that neither counts as a change in meaning."""
    if not isinstance(schema, dict):
        return schema
    out = levels.with_inside(
        {keyword: value for keyword, value in schema.items() if not _is_word(keyword)}, without_words
    )
    return {**out, "required": sorted(out["required"])} if isinstance(out.get("required"), list) else out
