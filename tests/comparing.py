"""Small schemas and all the small values there are: what the tests of the comparer draw from, and what they hold it against."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import jsonschema
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_TO_COMPARE = 120.0
"""Seconds after which a test no longer waits for a comparison that ends in one or two: generous, because machines are shared."""
NAMES = ("a", "b", "c")
SCALARS: list[Any] = [None, False, True, 0, 1, 2, 3, 0.5, -1, "", "a", "b", "ab", "ba", "bb"]
SMALL: list[Any] = [*SCALARS, [], {}, [0], ["a"], {"a": 0}]
UNIVERSE: list[Any] = [
    *SMALL,
    *([one] for one in SMALL),
    *([one, other] for one, other in product(SCALARS, repeat=2)),
    *({name: one} for name in NAMES for one in SMALL),
    *({"a": one, "b": other} for one, other in product(SCALARS, repeat=2)),
    *({"a": one, "c": other} for one, other in product(SCALARS[::3], repeat=2)),
]
PATTERNS = ["a", "^a", "b$", "^a*$", "^(a|b)$", "^[ab]{1,2}$", "^$"]
_TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]
_LIMITS = st.integers(0, 3)


def accepts(schema: Any) -> Callable[[Any], bool | None]:
    """Return what the reference engine says of values; None where it fails, as it does for `additionalItems` beside `items: false`."""
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)

    def ask(value: Any) -> bool | None:
        try:
            return bool(validator.is_valid(value))
        except TypeError:
            return None

    return ask


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> Any:
    """Draw a schema of draft-07 with any of its keywords, over small alphabets."""
    if depth == 0:
        return draw(
            st.one_of(
                st.booleans(),
                st.fixed_dictionaries({"type": st.sampled_from(_TYPES)}),
                st.just({"enum": [0, "a"]}),
                st.just({}),
            )
        )
    inner = schemas(depth - 1)
    named = st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=2)
    keywords: dict[str, st.SearchStrategy[Any]] = {
        "type": st.one_of(
            st.sampled_from(_TYPES), st.lists(st.sampled_from(_TYPES), min_size=1, max_size=3, unique=True)
        ),
        "enum": st.lists(st.sampled_from(SMALL), min_size=1, max_size=3, unique_by=repr),
        "const": st.sampled_from(SMALL),
        "minimum": _LIMITS,
        "maximum": _LIMITS,
        "exclusiveMinimum": _LIMITS,
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "minLength": _LIMITS,
        "maxLength": _LIMITS,
        "pattern": st.sampled_from(PATTERNS),
        "properties": named,
        "required": st.lists(st.sampled_from(NAMES), min_size=1, max_size=2, unique=True),
        "additionalProperties": inner,
        "patternProperties": st.dictionaries(st.sampled_from(PATTERNS), inner, min_size=1, max_size=1),
        "propertyNames": st.one_of(
            st.fixed_dictionaries({"pattern": st.sampled_from(PATTERNS)}), st.just({"enum": ["a"]})
        ),
        "minProperties": _LIMITS,
        "maxProperties": _LIMITS,
        "dependencies": st.dictionaries(st.sampled_from(NAMES), st.just(["a"]), min_size=1, max_size=1),
        "items": st.one_of(inner, st.lists(inner, min_size=1, max_size=2)),
        "additionalItems": inner,
        "contains": inner,
        "minItems": _LIMITS,
        "maxItems": _LIMITS,
        "uniqueItems": st.booleans(),
        "allOf": st.lists(inner, min_size=1, max_size=2),
        "anyOf": st.lists(inner, min_size=1, max_size=2),
        "oneOf": st.lists(inner, min_size=1, max_size=2),
        "not": inner,
        "if": inner,
        "then": inner,
        "else": inner,
    }
    chosen = draw(st.lists(st.sampled_from(sorted(keywords)), min_size=1, max_size=3, unique=True))
    return {keyword: draw(keywords[keyword]) for keyword in chosen}


@st.composite
def widened(draw: st.DrawFn, schema: Any) -> Any:
    """Draw a schema that accepts all that a schema accepts, and perhaps more."""
    other = draw(schemas(1))
    ways: list[Any] = [
        {"anyOf": [schema, other]},
        {"anyOf": [other, schema]},
        {"not": {"allOf": [{"not": schema}, other]}},
        True,
    ]
    if isinstance(schema, dict):
        free = [
            keyword
            for keyword in (
                "enum",
                "const",
                "minimum",
                "pattern",
                "required",
                "uniqueItems",
                "maxItems",
                "not",
                "allOf",
            )
            if keyword in schema
        ]
        ways += [{keyword: value for keyword, value in schema.items() if keyword != left} for left in free]
        if "maxLength" in schema:
            ways.append({**schema, "maxLength": schema["maxLength"] + 1})
    return draw(st.sampled_from(ways))


def renamed(schema: Any, names: dict[str, str]) -> Any:
    """Return a schema, or a value, with every text that is a name replaced and every object's keys in another order."""
    match schema:
        case dict():
            return {names.get(key, key): renamed(value, names) for key, value in reversed(schema.items())}
        case list():
            return [renamed(one, names) for one in schema]
        case str():
            return names.get(schema, schema)
        case _:
            return schema
