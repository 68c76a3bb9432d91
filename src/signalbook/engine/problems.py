"""Define `Problem`, one violation of a schema, and resolve its paths in the value and in the schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.engine import levels
from signalbook.reading import pointers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from signalbook.engine.levels import Schema, Weight


class Problem(NamedTuple):
    """One violation: the keyword, its weight, its path in the value, and texts for display."""

    rule: str
    weight: Weight
    path: tuple[str | int, ...]
    message: str
    field: str | None = None
    expected: str | None = None
    found: str | None = None
    hint: str | None = None
    description: str | None = None
    instead: str | None = None
    """The key that is probably a misspelling of the missing field."""

    @property
    def structural(self) -> bool:
        """Whether the problem concerns which fields exist or their types, and not the content of a value."""
        return self.rule == "unknown-field" or (self.weight == "guarantee" and self.rule != "const")

    def below(self, path: tuple[str | int, ...]) -> Problem:
        """Return the same problem for a value that is nested at `path` in a larger one."""
        return self._replace(path=(*path, *self.path))


@dataclass(frozen=True, slots=True)
class Place:
    """A subschema, with the texts of the field that it describes: the field's own texts, not those of a shared definition."""

    node: Schema
    description: str | None
    form: str | None
    unsourced: bool
    """Whether no document has the field, or the constraint at this place: violations then weigh less."""


def exact(value: Any, path: Iterable[str | int], wanted: Any = None) -> tuple[str | int, ...]:
    """Return the path with the actual keys: jsonschema-rs reports a key of digits as a number, and omits an empty key.

    `wanted` is the value at the path, if known: it shows whether empty keys are missing at the end.
    """
    out: list[str | int] = []
    for step in path:
        # {"": {"a": 1}}: the path to 1 is reported as ["a"], but the outer object has no key "a".
        while (
            isinstance(value, dict)
            and step not in value
            and "" in value
            and not any(_same(key, step) for key in value)
        ):
            out.append("")
            value = value[""]
        key = step if isinstance(value, list) or step in value else _key(value, step, wanted)
        out.append(key)
        value = value[key]
    # {"a": {"": 1}}: the path to 1 is reported as ["a"], but the value there is not 1.
    while wanted is not None and isinstance(value, dict) and "" in value and value != wanted:
        out.append("")
        value = value[""]
    return tuple(out)


def _key(value: dict[str, Any], step: str | int, wanted: Any) -> str:
    """Return the key of digits for a number; of several ("1", "01"), the one with the wanted value, or the shortest."""
    found = sorted((key for key in value if _same(key, step)), key=len)
    return next((key for key in found if wanted is not None and value[key] == wanted), found[0])


def _same(key: str, step: str | int) -> bool:
    return key == step or (isinstance(step, int) and key.isascii() and key.isdecimal() and int(key) == step)


def pointed(document: Any, pointer: str) -> Any:
    """Return the value at a JSON Pointer in a document. Raises LookupError if the pointer leads nowhere."""
    try:
        for step in pointers.split(pointer):
            document = document[int(step)] if isinstance(document, list) else document[step]
    except (KeyError, IndexError, TypeError, ValueError):
        raise LookupError(pointer) from None
    return document


def place(schema: Schema, path: Iterable[str | int]) -> Place:
    """Return the subschema at a path of a schema."""
    node: Any = schema
    description: str | None = None
    form: str | None = None
    name_follows = False
    unsourced = levels.is_unsourced(node)
    for step in path:
        node = node[step]
        is_named, name_follows = (
            name_follows,
            not name_follows and step in ("properties", "patternProperties"),
        )
        if not name_follows:
            unsourced = levels.is_unsourced(node) or (unsourced and not is_named)
        if is_named or step in ("items", "additionalProperties"):
            about = node if isinstance(node, dict) else {}
            # Items without a description inherit that of their array; a field without a description does not inherit.
            description = about.get("description") or (None if is_named else description)
            form = about.get("x-form")
    return Place(node, description, form, unsourced)


def whole(path: Sequence[str | int]) -> Sequence[str | int]:
    """Return the path of the schema for the whole object, if `path` may lead to one of its branches."""
    while len(path) > 1 and path[-2] in ("allOf", "anyOf", "oneOf"):
        path = path[:-2]
    return path
