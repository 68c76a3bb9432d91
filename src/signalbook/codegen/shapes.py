"""Converts a contract into its *shape*: the same fields as a draft-07 schema that datamodel-code-generator turns into types.

References to shared definitions become names to import, lists become open (`Literal[…] | str`), times become markers that `modules` replaces, and
nested objects become named classes. What types cannot express (formats, conditions) is left to the validator.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from signalbook.codegen.class_names import HERE, IMPORTED, NULL, TEXT, TIME, below, pascal
from signalbook.codegen.merging import Merger, only_reference
from signalbook.codegen.provider_times import is_time
from signalbook.codegen.shape_nodes import (
    ANYTHING,
    LONG,
    TYPES,
    Kind,
    Shape,
    about,
    form_of,
    literal,
    scalars,
    union,
)
from signalbook.registry import naming

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signalbook.codegen.class_names import Shared
    from signalbook.codegen.merging import Described, Flat
    from signalbook.codegen.shape_nodes import Manner, Node
    from signalbook.engine.levels import Schema
    from signalbook.engine.schema_validator import Library


class Shaper:
    """Shapes the documents of one module. `home` is the marker of that module, whose own types need no import; `reserved` holds its class names."""

    def __init__(
        self, library: Library, shared: Shared, home: str, manner: Manner, reserved: Iterable[str] = ()
    ) -> None:
        self.shape = Shape()
        self._taken = {*reserved, *shared.names.values(), *naming.TAKEN}
        self._merger = Merger(library, shared, inherits=manner.inherits)
        self._shared = shared
        self._imported = {
            f"{IMPORTED}{shared.modules[target]}.{name}": target for target, name in shared.names.items()
        }
        self._home = home
        self._manner = manner

    def add_class(self, document: Schema, name: str, ancestor: str, slot: str | None = None) -> None:
        """Add the class of a document that describes an object. The class inherits from `ancestor`; the field `slot` holds the body."""
        self._object(self._merger.merged(document, document["$id"]), name, ancestor, slot)
        if slot and self._manner.generic:
            self.shape.generic.add(name)

    def add_shared(self, target: str) -> None:
        """Add the class or named type of a shared definition. A definition that an event extends inherits from `Event`."""
        flat = self._merger.merged(*self._merger.target(target))
        name = self._shared.names[target]
        if name in self.shape.definitions:
            return
        if _is_class(flat):
            self._object(flat, name, "Event" if target in self.shape.parents else "Part")
        elif self._is_time(flat):
            self._time(flat, name)
        else:
            # A name can only stand for the text; its JSON content is described where the name is used.
            self.shape.definitions[name] = {
                **self._union(self._kind(replace(flat, text=None), name, named=True).nodes),
                **about(flat.schema),
            }

    def _object(self, flat: Flat, name: str, ancestor: str = "Part", slot: str | None = None) -> None:
        base = f"{IMPORTED}base.{ancestor}"
        if flat.parent:
            base = self._parent(flat.parent)
        needed = list(flat.required)
        definition: Node = {
            "type": "object",
            "customBasePath": base,
            **about(flat.schema),
            "properties": {},
            "required": needed,
        }
        self.shape.definitions[name] = definition
        for field_name in dict.fromkeys([*flat.fields, *needed]):
            described = flat.fields.get(field_name, [(True, "")])
            node = (
                self._body(described)
                if field_name == slot
                else self._field(described, f"{name}{pascal(field_name)}", needed=field_name in needed)
            )
            definition["properties"][field_name] = node
        groups = [group for group in flat.groups if set(group) <= set(flat.fields)]
        if groups:
            self.shape.groups[name] = groups

    def _parent(self, target: str) -> str:
        """Return the import marker for the class of an extended shared object. In its own module, the object is added first."""
        above: str | None = target
        while above:
            self.shape.parents.add(above)
            above = self._merger.merged(*self._merger.target(above)).parent
        name = self._shared.names[target]
        if self._shared.modules[target] != self._home:
            return f"{IMPORTED}{self._shared.modules[target]}.{name}"
        self.add_shared(target)
        return f"{IMPORTED}here.{HERE}{name}"

    def _body(self, described: list[Described]) -> Node:
        return {
            **({"customTypePath": f"{IMPORTED}base.BodyT"} if self._manner.generic else {}),
            **about(described[0][0]),
        }

    def _field(self, described: list[Described], name: str, *, needed: bool) -> Node:
        """Return the node of a field that one or more schemas describe; `name` is the prefix for types inside it."""
        kinds = [self._described(one, name) for one in described]
        kind = kinds[0] if all(one == kinds[0] for one in kinds) else ANYTHING
        nodes = kind.nodes
        if kind.nullable and nodes and {} not in nodes:
            plain = needed or not self._manner.marks_null
            nodes = [*nodes, {"type": "null"} if plain else {"customTypePath": f"{IMPORTED}base.{NULL}"}]
        node = {**self._union(nodes), **about(next((schema for schema, _ in described if about(schema)), {}))}
        return node if self._manner.lists else self._with_list(node, described[0])

    def _with_list(self, node: Node, described: Described) -> Node:
        """Return a field's node with its listed values in the description, for a style whose types cannot express them."""
        schema = self._merger.merged(*described).schema if isinstance(described[0], dict) else {}
        values: list[Any] = schema.get("enum") or schema.get("x-known") or []
        listed = [str(value) for value in values if value not in (None, "")]
        return (
            {
                **node,
                "description": f"{node.get('description', '')} Known values: {', '.join(listed)}.".strip(),
            }
            if listed
            else node
        )

    def _described(self, described: Described, name: str) -> Kind:
        """Return the kind of a place: the name of the type, if the schema only refers to one."""
        schema, base = described
        if not isinstance(schema, dict):
            return ANYTHING
        target = only_reference(schema, base)
        if target is None:
            return self._kind(self._merger.merged(schema, base), name)
        flat = self._merger.merged(*self._merger.target(target))
        if not flat.types - {"null"}:
            return self._kind(flat, name)
        others = flat.types - {"object", "null"} if _is_class(flat) else set()
        return Kind([self._named(target), *scalars(flat.schema, others)], "null" in flat.types)

    def _named(self, target: str) -> Node:
        module, name = self._shared.modules[target], self._shared.names[target]
        return (
            {"$ref": f"#/definitions/{name}"}
            if module == self._home
            else {"customTypePath": f"{IMPORTED}{module}.{name}"}
        )

    def _is_time(self, flat: Flat) -> bool:
        return self._manner.times and is_time(flat)

    def _union(self, nodes: list[Node]) -> Node:
        """Return alternatives as one node; if the style cannot tell them apart, the node allows anything."""
        # A single object or list has nothing to be told apart from.
        return union(nodes) if self._manner.unions or sum(map(self._is_many, nodes)) <= 1 else {}

    def _is_many(self, node: Node) -> bool:
        """Return whether a node stands for objects or lists."""
        if "$ref" in node:
            definition = self.shape.definitions.get(node["$ref"].rpartition("/")[2], {"type": "object"})
            return self._is_many(definition)
        if target := self._imported.get(node.get("customTypePath", "")):
            return bool({"object", "array"} & self._merger.merged(*self._merger.target(target)).types)
        return node.get("type") in ("object", "array") or any(map(self._is_many, node.get("anyOf", ())))

    def _free(self, name: str) -> str:
        """Return an unused name for something inside a class."""
        while name in self._taken:
            name = f"{name}Part"
        self._taken.add(name)
        return name

    def _time(self, flat: Flat, name: str) -> None:
        mark = {"customTypePath": f"{IMPORTED}base.{TIME}{len(self.shape.times)}"}
        self.shape.times.append(flat)
        self.shape.definitions[name] = {**mark, **about(flat.schema)}

    def _kind(self, flat: Flat, name: str, *, named: bool = False) -> Kind:
        schema = flat.schema
        listed: list[Any] | None = schema.get("enum", schema.get("x-known"))
        if self._is_time(flat):
            name = self._free(name)
            self._time(flat, name)
            return Kind([{"$ref": f"#/definitions/{name}"}], "null" in flat.types)
        if "const" in schema:
            const = schema["const"]
            return (
                Kind([], nullable=True)
                if const is None
                else Kind(literal([const]) or [{"type": TYPES[type(const)]}])
            )
        if listed is not None:
            return self._apart(self._listed(flat, listed), name, named=named)
        if not flat.types:
            return self._branches(flat, name)
        if (
            self._manner.texts
            and flat.text
            and flat.types <= {"string", "null"}
            and (inner := self._text(flat.text, name))
        ):
            return Kind([inner, {"customTypePath": f"{IMPORTED}base.{TEXT}"}], "null" in flat.types)
        nodes = [self._mapping(flat, name)] if "object" in flat.types else []
        nodes += [self._list(flat, name)] if "array" in flat.types else []
        return self._apart(
            Kind([*nodes, *scalars(schema, flat.types - {"object", "array", "null"})], "null" in flat.types),
            name,
            named=named,
        )

    def _text(self, described: Described, name: str) -> Node | None:
        """Return the class for JSON text in a string, or None if the content is not an object with a class."""
        schema, base = described
        target = only_reference(schema, base)
        flat = self._merger.merged(*(self._merger.target(target) if target else described))
        return (
            self._described(described, name).nodes[0]
            if flat.types == {"object"} and _is_class(flat)
            else None
        )

    def _listed(self, flat: Flat, listed: list[Any]) -> Kind:
        """Return the listed values and, because a provider may extend the list, every other value of their types."""
        values = [value for value in listed if value is not None]
        types = flat.types - {"null"} or {TYPES[type(value)] for value in values}
        nullable = None in listed or ("null" in flat.types and "enum" not in flat.schema)
        return Kind(
            [*(literal(values) if self._manner.lists else []), *scalars(flat.schema, types)], nullable
        )

    def _apart(self, kind: Kind, name: str, *, named: bool) -> Kind:
        """Return a kind in which hard-to-read parts have names: a long pattern, and a form among several alternatives.

        The generator would number the latter. A type that is already `named` keeps its pattern.
        """
        nodes: list[Node] = []
        for node in kind.nodes:
            long = not named and len(node.get("pattern", "")) > LONG
            form = form_of(node) if len(kind.nodes) > 1 else "" if long else None
            if form is not None:
                called = self._free(f"{name}{form}")
                self.shape.definitions[called], node = node, {"$ref": f"#/definitions/{called}"}  # noqa: PLW2901 - replaced by a reference
            nodes.append(node)
        return Kind(nodes, kind.nullable)

    def _branches(self, flat: Flat, name: str) -> Kind:
        """Return the union of a composition's branches; anything if one of them is open, or if several are named types."""
        kinds = [self._described(branch, name) for branch in flat.branches]
        nodes = [node for kind in kinds for node in kind.nodes]
        named = [node for node in nodes if "$ref" in node]
        if not nodes or {} in nodes or len(named) > 1:
            return ANYTHING
        return Kind(
            [node for place, node in enumerate(nodes) if node not in nodes[:place]],
            any(kind.nullable for kind in kinds),
        )

    def _mapping(self, flat: Flat, name: str) -> Node:
        if _is_class(flat):
            name = self._free(name)
            self._object(flat, name)
            return {"$ref": f"#/definitions/{name}"}
        if flat.values is None or flat.named_freely:
            return {"type": "object"}
        return {"type": "object", "additionalProperties": self._inner(flat.values, f"{name}Value")}

    def _list(self, flat: Flat, name: str) -> Node:
        return (
            {"type": "array", "items": self._inner(flat.items, below(name))}
            if flat.items
            else {"type": "array"}
        )

    def _inner(self, described: Described, name: str) -> Node:
        kind = self._described(described, name)
        return self._union(
            [*kind.nodes, *([{"type": "null"}] if kind.nullable and {} not in kind.nodes else [])]
        )


def _is_class(flat: Flat) -> bool:
    return "object" in flat.types and bool(flat.fields or flat.parent)
