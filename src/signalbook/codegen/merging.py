"""Merges the schemas that describe one value into a single description: resolves references and combines compositions."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from signalbook.engine import levels
from signalbook.engine.schema_validator import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.codegen.class_names import Shared
    from signalbook.engine.levels import Schema
    from signalbook.engine.schema_validator import Library

Described = tuple[Any, str]
"""A schema, and the URL of the document that contains it."""

_INSIDE = (
    "properties",
    "patternProperties",
    "items",
    "additionalProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "required",
)
_NARROWING = frozenset({
    *("type", "enum", "const", "x-known", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("multipleOf", "properties", "required", "items", "additionalProperties", "not", "anyOf", "oneOf"),
})  # fmt: skip


@dataclass
class Flat:
    """Merged description of a value: `schema` has the keywords about the value itself, the other attributes describe what is inside it.

    `fields` holds the schemas of each field: several if branches of a composition describe it. `values` describes the values of a map, `branches`
    the alternatives of compositions, and `text` what a string holds as JSON text. `groups` lists field names of which one must be present.
    `parent` is a shared object that this one extends.
    """

    schema: Schema = field(default_factory=dict)
    fields: dict[str, list[Described]] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    groups: list[list[str]] = field(default_factory=list)
    branches: list[Described] = field(default_factory=list)
    items: Described | None = None
    values: Described | None = None
    text: Described | None = None
    named_freely: bool = False
    parent: str | None = None

    @property
    def types(self) -> set[str]:
        """JSON types that the value may have; empty if the schema names none."""
        types = self.schema.get("type", ())
        return {types} if isinstance(types, str) else set(types)


@dataclass(frozen=True)
class Merger:
    """Merges schemas from a library's documents. With `inherits`, a shared object that a schema extends becomes its parent and is not merged."""

    library: Library
    shared: Shared
    inherits: bool

    def target(self, target: str) -> Described:
        """Resolve a reference target: return its schema and the document that contains it."""
        return looked_up(target, self.library)

    def merged(self, schema: Schema, base: str) -> Flat:
        """Return the description of the values of a schema in the document `base`."""
        flat = Flat(parent=self._parent(schema, base))
        optional = {
            id(inner)
            for keyword in ("anyOf", "oneOf")
            for one in schema.get(keyword, ())
            for inner in levels.declared(one).values()
            if not _only_demands(inner)
        }
        for layer, where, certain in self._layers(schema, base, skip=flat.parent):
            _add(flat, layer, where, certain=certain)
        for name, found in flat.fields.items():
            # If several schemas all apply, the first that restricts anything is the contract's own.
            if not any(id(inner) in optional for inner, _ in found):
                flat.fields[name] = [next((one for one in found if _says(one[0])), found[0])]
        if flat.parent and not self._may_extend(flat, self.merged(*self.target(flat.parent))):
            return replace(self, inherits=False).merged(schema, base)
        return flat

    def _may_extend(self, flat: Flat, inherited: Flat) -> bool:
        """Return whether a class may extend another: a redefined field must be equally required, and equal but for descriptions or a narrower text.

        A type checker would reject anything more, because code that knows only the parent could be wrong.
        """
        flat.required = [
            name for name in flat.required if name in flat.fields or name not in inherited.required
        ]
        again = [name for name in {**flat.fields, **dict.fromkeys(flat.required)} if name in inherited.fields]
        return all(
            name in flat.fields
            and (name in flat.required) == (name in inherited.required)
            and self._narrows(flat.fields[name][0], inherited.fields[name][0], certain=name in flat.required)
            for name in again
        )

    def _narrows(self, new: Described, old: Described, *, certain: bool) -> bool:
        if not isinstance(new[0], dict) or not isinstance(old[0], dict):
            return False
        mine, theirs = self.merged(*new), self.merged(*old)
        if mine.types == theirs.types and _is_plain(mine) and _is_plain(theirs):
            return True
        listed = {"const", "enum", "x-known", "x-zone", "format", "contentSchema"} & set(theirs.schema)
        return certain and mine.types == theirs.types == {"string"} and not listed

    def _parent(self, schema: Schema, base: str) -> str | None:
        """Return the shared object that a schema extends: the only reference in its allOf, next to fields of its own."""
        found = [one for branch in schema.get("allOf", ()) if (one := reference(branch, base))]
        if (
            len(found) != 1
            or not schema.get("properties")
            or not self.inherits
            or found[0] not in self.shared.names
        ):
            return None
        return found[0] if self.target(found[0])[0].get("properties") else None

    def _layers(
        self, schema: Any, base: str, *, certain: bool = True, skip: str | None = None
    ) -> Iterator[tuple[Schema, str, bool]]:
        """Yield the schemas that describe the same value, the document of each, and whether every value must match it."""
        if not isinstance(schema, dict):
            return
        if target := reference(schema, base):
            yield from self._layers(*self.target(target), certain=certain)
            return
        yield schema, base, certain
        for branch in schema.get("allOf", ()):
            if skip is None or reference(branch, base) != skip:
                yield from self._layers(branch, base, certain=certain)
        for keyword in ("anyOf", "oneOf"):
            for branch in schema.get(keyword, ()):
                yield from self._layers(branch, base, certain=False)


def _add(flat: Flat, layer: Schema, where: str, *, certain: bool) -> None:
    """Add one schema. If it applies only sometimes, it adds its fields but no requirement for all values."""
    for name, inner in layer.get("properties", {}).items():
        flat.fields.setdefault(name, []).append((inner, where))
    for keyword in ("anyOf", "oneOf"):
        branches = layer.get(keyword, ())
        if branches and all(
            isinstance(one, dict)
            and set(one) <= {"required", "description"}
            and len(one.get("required", ())) == 1
            for one in branches
        ):
            flat.groups.append([one["required"][0] for one in branches])
        else:
            flat.branches += [(one, where) for one in branches]
    if not certain:
        return
    flat.required += [name for name in layer.get("required", ()) if name not in flat.required]
    flat.named_freely = flat.named_freely or "patternProperties" in layer
    if isinstance(layer.get("items"), dict):
        flat.items = flat.items or (layer["items"], where)
    if isinstance(layer.get("additionalProperties"), dict):
        flat.values = flat.values or (layer["additionalProperties"], where)
    if isinstance(layer.get("contentSchema"), dict):
        flat.text = flat.text or (layer["contentSchema"], where)
    flat.schema = {
        **{keyword: value for keyword, value in layer.items() if keyword not in _INSIDE},
        **flat.schema,
    }


def _is_plain(flat: Flat) -> bool:
    """Return whether a description states the types of a value and nothing else that types can express."""
    said = (_NARROWING | {"x-zone", "format", "contentSchema"}) & set(flat.schema) - {"type"}
    return bool(flat.types) and not (said or flat.fields or flat.items or flat.values or flat.branches)


def _only_demands(schema: Any) -> bool:
    """Return whether a schema only requires fields of an object, without describing them: the object's class can ignore it."""
    if not isinstance(schema, dict) or not set(schema) <= {"description", "required", "properties"}:
        return False
    return all(inner is True for inner in schema.get("properties", {}).values())


def _says(schema: Any) -> bool:
    return isinstance(schema, dict) and bool(_NARROWING & set(schema) or {"$ref", "allOf"} & set(schema))


def reference(schema: Any, base: str) -> str | None:
    """Return the target of a schema that is a reference: the URL of a document, with a fragment if it points into it."""
    if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
        return None
    return "#".join(part for part in address(base, schema["$ref"]) if part)


def looked_up(target: str, library: Library) -> Described:
    """Resolve a reference target: return its schema and the document that contains it."""
    document, _, pointer = target.partition("#")
    return library.look_up(document, f"#{pointer}"), document


def only_reference(schema: Schema, base: str) -> str | None:
    """Return the target of a schema's reference if the schema has nothing else that restricts the value."""
    branches = schema.get("allOf", ())
    return reference(branches[0] if len(branches) == 1 and not _NARROWING & set(schema) else schema, base)
