"""The adapter of jsonsubschema, which reads JSON Schema draft-04: what draft-07 writes otherwise is written its way first, where draft-04 can say it."""

from __future__ import annotations

from typing import Any

from jsonsubschema import isSubschema  # type: ignore[import-not-found] # it is in the peers' environment only

from benchmarks.compat.answering import Question, Said, answer, sides, verdict

_NAMED = ("properties", "patternProperties", "definitions", "dependencies")
_HOLDERS = (
    "items",
    "additionalItems",
    "additionalProperties",
    "propertyNames",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
)
_GONE = ("$schema", "$id", "const", "if", "then", "else", "contains", "exclusiveMinimum", "exclusiveMaximum")


def ask(question: Question) -> Said:
    """Ask whether the one schema is a subschema of the other."""
    narrow, wide = sides(question)
    return verdict(compatible=isSubschema(fourth(narrow), fourth(wide)))


def fourth(schema: Any) -> Any:
    """Return a draft-07 schema as draft-04 writes it. `propertyNames` has no such form and stays."""
    if isinstance(schema, bool):
        return {} if schema else {"not": {}}
    if isinstance(schema, list):
        return [fourth(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {keyword: _value(keyword, value) for keyword, value in schema.items() if keyword not in _GONE}
    if "const" in schema:
        out |= {"enum": [schema["const"]]}
    for bound in ("minimum", "maximum"):
        out |= _bound(bound, schema)
    if more := _layers(schema):
        out["allOf"] = [*out.get("allOf", []), *more]
    return out


def _value(keyword: str, value: Any) -> Any:
    if keyword in _NAMED:
        return {
            name: inner if keyword == "dependencies" and isinstance(inner, list) else fourth(inner)
            for name, inner in value.items()
        }
    closing = keyword in ("additionalProperties", "additionalItems") and isinstance(value, bool)
    return fourth(value) if keyword in _HOLDERS and not closing else value


def _bound(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """Return a bound that leaves its own value out as a flag beside it. No case has both kinds of one bound."""
    key = "exclusive" + name.capitalize()
    return {name: schema[key], key: True} if key in schema else {}


def _layers(schema: dict[str, Any]) -> list[Any]:
    """Return conditions and `contains` in words that draft-04 has."""
    out: list[Any] = []
    if "if" in schema:
        out += (
            [{"anyOf": [{"not": fourth(schema["if"])}, fourth(schema["then"])]}] if "then" in schema else []
        )
        out += [{"anyOf": [fourth(schema["if"]), fourth(schema["else"])]}] if "else" in schema else []
    if "contains" in schema:
        out += [{"not": {"type": "array", "items": {"not": fourth(schema["contains"])}}}]
    return out


if __name__ == "__main__":
    answer(ask)
