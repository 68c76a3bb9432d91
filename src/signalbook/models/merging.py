"""The schemas that describe one value together → one description of it: references looked up, compositions put together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from signalbook import levels
from signalbook.engine import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine import Library
    from signalbook.levels import Schema
    from signalbook.models.names import Shared

Described = tuple[Any, str]
"""A schema, and the URL of the document it stands in."""

_INSIDE = ("properties", "patternProperties", "items", "additionalProperties", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "required")
_NARROWING = frozenset({
    *("type", "enum", "const", "x-known", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("multipleOf", "properties", "required", "items", "additionalProperties", "not", "anyOf", "oneOf"),
})  # fmt: skip


@dataclass
class Flat:
    """One description of a value: `schema` has the keywords that speak of the value itself, the rest what is inside it.

    `fields` are the schemas of each field; several where branches of a composition describe it. `values` are those of a map, `branches` those
    that compositions leave a choice between; `text` is what a string holds as JSON text. `groups` are names of fields of which one must be there. `parent` is a shared object that it extends.
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
        """The JSON types that the value may have; none where nothing is said."""
        types = self.schema.get("type", ())
        return {types} if isinstance(types, str) else set(types)


@dataclass(frozen=True)
class Merger:
    """Merges what documents of a library say. With `inherits`, a shared object that a schema extends is its parent, and not merged into it."""

    library: Library
    shared: Shared
    inherits: bool

    def target(self, target: str) -> Described:
        """Return the schema that a target of a reference names, and the document it stands in."""
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
            # Of several schemas that all hold, the first that says anything is the contract's own.
            if not any(id(inner) in optional for inner, _ in found):
                flat.fields[name] = [next((one for one in found if _says(one[0])), found[0])]
        if flat.parent and not self._may_extend(flat, self.merged(*self.target(flat.parent))):
            return replace(self, inherits=False).merged(schema, base)
        return flat

    def _may_extend(self, flat: Flat, inherited: Flat) -> bool:
        """Whether a class may extend another: a field that it describes again is as surely there, and is the same but for the words, or a narrower text.

        Anything more a type checker would refuse, because who knows only the parent could be wrong.
        """
        flat.required = [name for name in flat.required if name in flat.fields or name not in inherited.required]
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
        """Return the shared object that a schema extends: the only reference of its allOf, beside fields of its own."""
        found = [one for branch in schema.get("allOf", ()) if (one := reference(branch, base))]
        if len(found) != 1 or not schema.get("properties") or not self.inherits or found[0] not in self.shared.names:
            return None
        return found[0] if self.target(found[0])[0].get("properties") else None

    def _layers(self, schema: Any, base: str, *, certain: bool = True, skip: str | None = None) -> Iterator[tuple[Schema, str, bool]]:
        """Yield the schemas that describe the same value, where each stands, and whether every value must fit it."""
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
    """Add what one schema says. What holds only sometimes adds the fields it describes, and nothing that all values must have."""
    for name, inner in layer.get("properties", {}).items():
        flat.fields.setdefault(name, []).append((inner, where))
    for keyword in ("anyOf", "oneOf"):
        branches = layer.get(keyword, ())
        if branches and all(
            isinstance(one, dict) and set(one) <= {"required", "description"} and len(one.get("required", ())) == 1 for one in branches
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
    flat.schema = {**{keyword: value for keyword, value in layer.items() if keyword not in _INSIDE}, **flat.schema}


def _is_plain(flat: Flat) -> bool:
    """Whether a description says of which types a value is, and nothing else that types could say."""
    said = (_NARROWING | {"x-zone", "format", "contentSchema"}) & set(flat.schema) - {"type"}
    return bool(flat.types) and not (said or flat.fields or flat.items or flat.values or flat.branches)


def _only_demands(schema: Any) -> bool:
    """Whether a schema asks for fields of an object, and says nothing of what they are: the class of the object need not know it."""
    if not isinstance(schema, dict) or not set(schema) <= {"description", "required", "properties"}:
        return False
    return all(inner is True for inner in schema.get("properties", {}).values())


def _says(schema: Any) -> bool:
    return isinstance(schema, dict) and bool(_NARROWING & set(schema) or {"$ref", "allOf"} & set(schema))


def reference(schema: Any, base: str) -> str | None:
    """Return what a schema that is a reference names: the URL of a document, with a fragment where it leads into it."""
    if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
        return None
    return "#".join(part for part in address(base, schema["$ref"]) if part)


def looked_up(target: str, library: Library) -> Described:
    """Return the schema that a target of a reference names, and the document it stands in."""
    document, _, pointer = target.partition("#")
    return library.look_up(document, f"#{pointer}"), document


def only_reference(schema: Schema, base: str) -> str | None:
    """Return what a schema refers to where it says nothing else that would narrow it."""
    branches = schema.get("allOf", ())
    return reference(branches[0] if len(branches) == 1 and not _NARROWING & set(schema) else schema, base)
