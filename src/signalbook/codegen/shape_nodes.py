"""Defines the values that shaping works with: a shape and its nodes, small draft-07 schemas that become the parts of a type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from signalbook.codegen.class_names import IMPORTED

if TYPE_CHECKING:
    from signalbook.codegen.merging import Flat
    from signalbook.engine.levels import Schema

Node = dict[str, Any]

_FORMS = {
    "string": ("pattern", "minLength", "maxLength"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
LONG = 60
"""Length beyond which a pattern gets a name."""
_WORDS = {"string": "Text", "integer": "Number", "number": "Number"}
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


@dataclass(frozen=True)
class Shape:
    """Content of a module: classes and named types as definitions, the times behind its markers, and groups of fields of which one must be present.

    `generic` holds envelope classes that are generic in their body; `parents` holds shared objects that a class in the module extends.
    """

    definitions: dict[str, Node] = field(default_factory=dict)
    times: list[Flat] = field(default_factory=list)
    groups: dict[str, list[list[str]]] = field(default_factory=dict)
    generic: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Manner:
    """What a style of types can express: times as datetimes, envelopes generic in their body, classes that narrow those they extend, open lists.

    `texts` says that JSON text in a string can be typed, `unions` that several object or list types can be told apart, and `marks_null` that None
    also stands for an absent field, so that a nullable field needs a marker.
    """

    times: bool = True
    generic: bool = True
    inherits: bool = True
    lists: bool = True
    texts: bool = True
    unions: bool = True
    marks_null: bool = True


@dataclass(frozen=True)
class Kind:
    """Values of one place: alternatives, none of which is null, and whether null is also allowed."""

    nodes: list[Node]
    nullable: bool = False


ANYTHING = Kind([{}], nullable=True)
"""Any value at all."""


def form_of(node: Node) -> str | None:
    """Return the name suffix for a node with a pattern or a bound, or None for a node without."""
    return _WORDS[node["type"]] if set(node) & set(_FORMS.get(node.get("type", ""), ())) else None


def scalars(schema: Schema, types: set[str]) -> list[Node]:
    """Return the plain alternatives of a schema, each with the patterns and bounds that the schema sets for it."""
    order = [one for one in ("string", "integer", "number", "boolean", "array", "object") if one in types]
    return [
        _scalar(one, {keyword: schema[keyword] for keyword in _FORMS.get(one, ()) if keyword in schema})
        for one in order
    ]


def _scalar(kind: str, form: Node) -> Node:
    # A float would lose the last digits of a large integer, and JSON Schema counts every integer as a number.
    return (
        {"customTypePath": f"{IMPORTED}base.Number"}
        if kind == "number" and not form
        else {"type": kind, **form}
    )


def literal(values: list[Any]) -> list[Node]:
    """Return the values that a Python Literal can hold, with their type; others (a fraction, an object) are left to the types next to them."""
    named = [value for value in values if isinstance(value, str | int)]
    kinds = {TYPES[type(one)] for one in named}
    return [{"enum": named, **({"type": kinds.pop()} if len(kinds) == 1 else {})}] if named else []


def union(nodes: list[Node]) -> Node:
    """Return alternatives as one node; null if there are none."""
    if not nodes or {} in nodes:
        return {"type": "null"} if not nodes else {}
    return dict(nodes[0]) if len(nodes) == 1 and "$ref" not in nodes[0] else {"anyOf": nodes}


def about(schema: Any) -> Node:
    """Return a schema's description as part of a node."""
    text = schema.get("description") if isinstance(schema, dict) else None
    return {"description": text} if text else {}
