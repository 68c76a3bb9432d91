"""Defines one change of a payload (where, to what, why), and helpers that all three kinds of change use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook.reading import pointers
from signalbook.reading.strict_json import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook.testing.text_trees import Path


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a payload's tree: `apply` takes the value at `path`, and `why` says in a few words what the changed payload shows.

    A fault also has its `kind`, the `rules` that may find it, the `field` they name, the `contract` it breaks, and whether the place is `telling`:
    breaking it may also make the payload unidentifiable. `name` is the provider's new name of the event if the change renames it.
    """

    kind: str
    path: Path
    apply: Callable[[Any], Any]
    why: str
    rules: tuple[str, ...] = ()
    field: str | None = None
    contract: str = ""
    telling: bool = False
    name: str | None = None

    @property
    def about(self) -> tuple[Path, str]:
        """What the change is about: of two changes about the same thing, only the last would have an effect."""
        return self.path, self.why if self.kind in _OF_OBJECTS else ""


_OF_OBJECTS = frozenset(
    {"absent", "present", "unknown-field", "missing", "key", "least", "most", "order", "name", "several"}
)


def put(path: Path, value: Any, kind: str = "value", why: str | None = None) -> Change:
    """Return the change that replaces the value at a path."""
    return Change(kind, path, lambda _: value, why or f"{pointed(path)} is {shown(value)}")


def pointed(path: Path, *more: str) -> str:
    """Return the JSON Pointer of a place for messages."""
    return pointers.join((*path, *more)) or "the payload"


def without(*names: str) -> Callable[[Any], Any]:
    """Return a function that removes fields from an object. It raises KeyError if the object has none of them."""

    def apply(old: Any) -> Any:
        if not isinstance(old, dict) or not any(name in old for name in names):
            raise KeyError(names)  # another change has replaced the value
        return {key: value for key, value in old.items() if key not in names}

    return apply


def having(more: dict[str, Any]) -> Callable[[Any], Any]:
    """Return a function that adds fields to an object. It raises KeyError for anything but an object."""

    def apply(old: Any) -> Any:
        if not isinstance(old, dict):
            raise KeyError(tuple(more))
        return {**old, **more}

    return apply


def renaming(name: str, to: str) -> Callable[[Any], Any]:
    """Return a function that renames a field of an object. It raises KeyError if the field is missing."""

    def apply(old: Any) -> Any:
        if not isinstance(old, dict) or name not in old:
            raise KeyError(name)
        return {to if key == name else key: value for key, value in old.items()}

    return apply
