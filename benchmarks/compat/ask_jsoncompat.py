"""The adapter of jsoncompat, which reads JSON Schema 2020-12 only, and no `$id`: what draft-07 writes otherwise is written its way first."""

from __future__ import annotations

import json
from typing import Any

import jsoncompat  # type: ignore[import-not-found] # it is in the peers' environment only

from benchmarks.compat.answering import Question, Said, answer, verdict

_ROLE = {"backward": "deserializer", "forward": "serializer"}
_NAMED = ("properties", "patternProperties", "definitions", "dependencies")


def ask(question: Question) -> Said:
    """Ask in the role that stands for the direction: who reads must take old data, who writes must not write what old readers reject."""
    old, new = (json.dumps(newest(question[side])) for side in ("old", "new"))
    return verdict(compatible=jsoncompat.check_compat(old, new, _ROLE[question["direction"]]))


def newest(schema: Any) -> Any:
    """Return a draft-07 schema as 2020-12 writes it: tuples, dependencies, and references with nothing beside them."""
    if isinstance(schema, list):
        return [newest(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        schema = {keyword: value for keyword, value in schema.items() if keyword in ("$ref", "definitions")}
    out: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in _NAMED:
            out |= _named(keyword, value)
        elif keyword in ("enum", "const"):
            out[keyword] = value
        elif keyword not in ("$schema", "$id", "items", "additionalItems"):
            out[keyword] = newest(value)
    return out | _items(schema)


def _named(keyword: str, value: dict[str, Any]) -> dict[str, Any]:
    if keyword != "dependencies":
        return {keyword: {name: newest(inner) for name, inner in value.items()}}
    lists = {name: inner for name, inner in value.items() if isinstance(inner, list)}
    schemas = {name: newest(inner) for name, inner in value.items() if not isinstance(inner, list)}
    return (
        {"dependentRequired": lists} | ({"dependentSchemas": schemas} if schemas else {})
        if lists
        else {"dependentSchemas": schemas}
    )


def _items(schema: dict[str, Any]) -> dict[str, Any]:
    items = schema.get("items")
    if not isinstance(items, list):
        return {} if items is None else {"items": newest(items)}
    rest = {"items": newest(schema["additionalItems"])} if "additionalItems" in schema else {}
    return {"prefixItems": newest(items)} | rest


if __name__ == "__main__":
    answer(ask)
