"""The values that shaping works with: a shape, and its nodes, small draft-07 schemas that become the parts of a type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from signalbook.models.names import IMPORTED

if TYPE_CHECKING:
    from signalbook.levels import Schema
    from signalbook.models.merging import Flat

Node = dict[str, Any]

_FORMS = {
    "string": ("pattern", "minLength", "maxLength"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
}
LONG = 60
"""A longer pattern gets a name."""
_WORDS = {"string": "Text", "integer": "Number", "number": "Number"}
TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


@dataclass(frozen=True)
class Shape:
    """What a module holds: classes and named types as definitions, what its marks for times stand for, and groups of fields of which one must be there.

    `generic` are classes of envelopes that are generic in their body; `parents` are shared objects that a class here extends.
    """

    definitions: dict[str, Node] = field(default_factory=dict)
    times: list[Flat] = field(default_factory=list)
    groups: dict[str, list[list[str]]] = field(default_factory=dict)
    generic: set[str] = field(default_factory=set)
    parents: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Manner:
    """What a style of types can say: times as datetimes, envelopes generic in their body, classes that narrow those they extend, open lists.

    `texts` says that what a string holds as JSON text can be typed as well, `unions` that several objects
    or several lists can be told apart, and `marks_null` that None also stands for an absent field, so that one which may be null needs a mark.
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
    """The values of one place: alternatives, none of which is null, and whether null is one more."""

    nodes: list[Node]
    nullable: bool = False


ANYTHING = Kind([{}], nullable=True)
"""What nothing is known of."""


def form_of(node: Node) -> str | None:
    """Return what to call a node that asks for a form (a pattern, a bound), or None for one that does not."""
    return _WORDS[node["type"]] if set(node) & set(_FORMS.get(node.get("type", ""), ())) else None


def scalars(schema: Schema, types: set[str]) -> list[Node]:
    """Return the plain alternatives of a schema, with the forms that it asks of each."""
    order = [one for one in ("string", "integer", "number", "boolean", "array", "object") if one in types]
    return [_scalar(one, {keyword: schema[keyword] for keyword in _FORMS.get(one, ()) if keyword in schema}) for one in order]


def _scalar(kind: str, form: Node) -> Node:
    # A float would lose the last digits of a large integer, and JSON Schema counts every integer among the numbers.
    return {"customTypePath": f"{IMPORTED}base.Number"} if kind == "number" and not form else {"type": kind, **form}


def literal(values: list[Any]) -> list[Node]:
    """Return the values that Python can list, by type; what it cannot (a fraction, an object) is left to the types beside them."""
    named = [value for value in values if isinstance(value, str | int)]
    kinds = {TYPES[type(one)] for one in named}
    return [{"enum": named, **({"type": kinds.pop()} if len(kinds) == 1 else {})}] if named else []


def union(nodes: list[Node]) -> Node:
    """Return alternatives as one node; none at all is null."""
    if not nodes or {} in nodes:
        return {"type": "null"} if not nodes else {}
    return dict(nodes[0]) if len(nodes) == 1 and "$ref" not in nodes[0] else {"anyOf": nodes}


def about(schema: Any) -> Node:
    """Return a schema's description, as the part of a node that it becomes."""
    text = schema.get("description") if isinstance(schema, dict) else None
    return {"description": text} if text else {}
