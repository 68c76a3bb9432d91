"""One change of a payload: where, to what, why; and what all three kinds of change need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.jsontext import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook.sampling.folding import Path


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a payload's tree: `apply` takes what stands at `path`, and `why` says in a few words what the payload shows then.

    A fault also says of which `kind` it is, which `rules` may find it, which `field` they name, whose `contract` is broken, and whether the place is
    `telling`: breaking it may as well end in a payload that is not identified. `name` is the provider's name of the event where the change gives
    it another.
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
        """What it is about: of two changes about the same, only the last would be seen."""
        return self.path, self.why if self.kind in _OF_OBJECTS else ""


_OF_OBJECTS = frozenset({"absent", "present", "unknown-field", "missing", "key", "least", "most", "order", "name", "several"})


def put(path: Path, value: Any, kind: str = "value", why: str | None = None) -> Change:
    """Return the change that puts a value in the place of what is there."""
    return Change(kind, path, lambda _: value, why or f"{pointed(path)} is {shown(value)}")


def pointed(path: Path, *more: str) -> str:
    """Return the JSON Pointer of a place, as it is named to people."""
    return naming.pointer((*path, *more)) or "the payload"


def without(*names: str) -> Callable[[Any], Any]:
    """Return a function that leaves fields out of an object. It raises KeyError where there is none of them."""

    def apply(old: Any) -> Any:
        if not isinstance(old, dict) or not any(name in old for name in names):
            raise KeyError(names)  # another change has put something else there
        return {key: value for key, value in old.items() if key not in names}

    return apply


def having(more: dict[str, Any]) -> Callable[[Any], Any]:
    """Return a function that gives an object more fields. It raises KeyError for what is no object."""

    def apply(old: Any) -> Any:
        if not isinstance(old, dict):
            raise KeyError(tuple(more))
        return {**old, **more}

    return apply


def renaming(name: str, to: str) -> Callable[[Any], Any]:
    """Return a function that gives a field of an object another name. It raises KeyError where it is not there."""

    def apply(old: Any) -> Any:
        if not isinstance(old, dict) or name not in old:
            raise KeyError(name)
        return {to if key == name else key: value for key, value in old.items()}

    return apply
