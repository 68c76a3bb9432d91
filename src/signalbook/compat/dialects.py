"""Handles the dialects of JSON Schema: detects the dialect of a schema, and finds the subschemas inside a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from signalbook.engine import levels, problems

if TYPE_CHECKING:
    from collections.abc import Callable

_DRAFTS = {
    "http://json-schema.org/draft-04/schema": jsonschema_rs.Draft4,
    "http://json-schema.org/draft-06/schema": jsonschema_rs.Draft6,
    "http://json-schema.org/draft-07/schema": jsonschema_rs.Draft7,
    "https://json-schema.org/draft/2019-09/schema": jsonschema_rs.Draft201909,
    "https://json-schema.org/draft/2020-12/schema": jsonschema_rs.Draft202012,
}
VALIDATORS = {
    jsonschema_rs.Draft4: jsonschema_rs.Draft4Validator,
    jsonschema_rs.Draft6: jsonschema_rs.Draft6Validator,
    jsonschema_rs.Draft7: jsonschema_rs.Draft7Validator,
    jsonschema_rs.Draft201909: jsonschema_rs.Draft201909Validator,
    jsonschema_rs.Draft202012: jsonschema_rs.Draft202012Validator,
}
ASSERTING = (jsonschema_rs.Draft4, jsonschema_rs.Draft6, jsonschema_rs.Draft7)
"""Dialects in which `format` is validated. In later ones it is an annotation."""

_NEWER = frozenset(
    [
        "prefixItems",
        "$defs",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedItems",
        "unevaluatedProperties",
        "minContains",
    ]
)
_NEWER_TOO = frozenset(["maxContains", "$anchor", "$dynamicRef", "$dynamicAnchor"])
_NAMED = ("$defs", "dependentSchemas", "dependencies")
_SINGLE = ("unevaluatedItems", "unevaluatedProperties")


class Unusable(Exception):
    """Schema that cannot be compared. The text says why and, if known, where. `side` is "old" or "new" when two schemas are compared."""

    def __init__(self, why: str, side: str = "") -> None:
        super().__init__(why, side)
        self.why = why
        self.side = side

    def __str__(self) -> str:
        return self.why


def dialect(schema: Any, beside: Any = None) -> int:
    """Return the dialect of a schema: the one it names, else the one that `beside` names if the schema fits it, else one that both fit.

    If neither names one, the dialect is draft-07, with two exceptions: the newest dialect if one of them uses a newer keyword and both are valid
    in it, and draft-04 if both are valid in draft-04 and not both in draft-07. Raises `Unusable` for an unknown dialect.
    """
    if isinstance(schema, dict) and "$schema" in schema:
        return _named(schema["$schema"])
    theirs = _known(beside.get("$schema")) if isinstance(beside, dict) else None
    if theirs is not None and _fits(schema, theirs):
        return theirs
    both = [one for one in (schema, beside) if isinstance(one, dict | bool)]
    if any(map(_is_newer, both)) and all(_fits(one, jsonschema_rs.Draft202012) for one in both):
        return jsonschema_rs.Draft202012
    old = not all(_fits(one, jsonschema_rs.Draft7) for one in both) and all(
        _fits(one, jsonschema_rs.Draft4) for one in both
    )
    return jsonschema_rs.Draft4 if old else jsonschema_rs.Draft7


def _named(url: Any) -> int:
    draft = _known(url)
    if draft is None:
        raise Unusable(
            f"$schema is {url!r}, which is no dialect that can be compared; known are {', '.join(_DRAFTS)}"
        )
    return draft


def _known(url: Any) -> int | None:
    plain = str(url).removesuffix("#").replace("http://", "https://")
    return next(
        (draft for known, draft in _DRAFTS.items() if known.replace("http://", "https://") == plain), None
    )


def _fits(schema: Any, draft: int) -> bool:
    url = {"$schema": url_of(draft)}
    # Draft-04 has no boolean schemas; a standalone one means the same in all other dialects.
    return (
        draft != jsonschema_rs.Draft4
        if isinstance(schema, bool)
        else jsonschema_rs.meta.is_valid({**schema, **url})
    )


def _is_newer(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    found = [bool(schema.keys() & (_NEWER | _NEWER_TOO))]
    within(schema, lambda inner: found.append(_is_newer(inner)))
    return any(found)


def url_of(draft: int) -> str:
    """Return the `$schema` value of a dialect."""
    return next(url for url, known in _DRAFTS.items() if known == draft)


def within(schema: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """Return a copy of a schema in any dialect with `change` applied to each direct subschema.

    `levels` covers the keywords that contracts use; this function adds those of other dialects. It does not descend into `contentSchema`: for
    comparing sets of values, that is not a subschema.
    """
    out = {
        **schema,
        **levels.with_inside(
            {keyword: value for keyword, value in schema.items() if keyword != "contentSchema"}, change
        ),
    }
    for keyword in (*_NAMED, *_SINGLE, "prefixItems"):
        value = schema.get(keyword)
        if keyword in _NAMED and isinstance(value, dict):
            out[keyword] = {name: change(inner) for name, inner in value.items()}
        elif keyword == "prefixItems" and isinstance(value, list):
            out[keyword] = [change(inner) for inner in value]
        elif keyword in _SINGLE and keyword in schema:
            out[keyword] = change(value)
    return out


_IN_PLACE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependencies", "dependentSchemas")


def endless(schema: Any) -> str | None:
    """Return a reference that leads back to itself without a step into the value, or None. Engines recurse endlessly on such a reference."""
    reached: set[str] = set()
    ahead: list[Any] = [schema]
    while ahead:
        inner = ahead.pop()
        if not isinstance(inner, dict):
            continue
        if one := _returns(inner, schema, ()):
            return one
        # Skip definitions: those that nothing refers to do not matter.
        within(
            {keyword: value for keyword, value in inner.items() if keyword not in ("definitions", "$defs")},
            ahead.append,
        )
        reference = local(inner)
        if reference is not None and reference not in reached:
            reached.add(reference)
            ahead.append(target(schema, reference))
    return None


def _returns(schema: Any, document: Any, met: tuple[str, ...]) -> str | None:
    """Return the first reference that occurs twice on one path through the schemas that apply to the same value."""
    if not isinstance(schema, dict):
        return None
    reference = local(schema)
    if reference is not None:
        if reference in met:
            return reference
        if one := _returns(target(document, reference), document, (*met, reference)):
            return one
    return next((one for inner in _beside(schema) if (one := _returns(inner, document, met))), None)


def _beside(schema: dict[str, Any]) -> list[Any]:
    out: list[Any] = []
    for keyword in _IN_PLACE:
        value = schema.get(keyword)
        named = keyword.startswith("depend") and isinstance(value, dict)
        out += value.values() if named else value if isinstance(value, list) else [value]  # type: ignore[union-attr]
    return out


def local(schema: dict[str, Any]) -> str | None:
    """Return the schema's `$ref` if it points into its own document (`#…`), or None."""
    reference = schema.get("$ref")
    return reference if isinstance(reference, str) and reference[:1] == "#" else None


def target(document: Any, reference: str) -> Any:
    """Return what a local reference (`#/…`) resolves to in a document, or None if it does not resolve."""
    try:
        return problems.pointed(document, reference[1:])
    except LookupError:
        return None
