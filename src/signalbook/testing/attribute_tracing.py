"""Records which fields a handler reads of a typed delivery, by giving its objects classes that record attribute access."""

from __future__ import annotations

from functools import cache
from typing import Any
from weakref import WeakValueDictionary

from signalbook.validation.parsing import Delivery

Path = tuple[str | int, ...]
Read = set[Path]

_NOT_THE_EVENT = frozenset({"verdict", "envelopes"})
# For each traced model, its path and the set that records reads. Models may be unhashable and have no room for more attributes.
_NODES: dict[int, tuple[Read, Path]] = {}
_ALIVE: WeakValueDictionary[int, Any] = WeakValueDictionary()


def watched_delivery(delivery: Delivery, read: Read, path: Path) -> Delivery:
    """Return a delivery that records the paths read from it in `read`; `path` is the path of its body in the payload."""
    watched = object.__new__(_Watched)
    for name in (*Delivery.__slots__,):
        object.__setattr__(watched, name, object.__getattribute__(delivery, name))
    object.__setattr__(watched, "_note", (read, path))
    return watched


class _Watched(Delivery):
    """Delivery that records which attributes are read."""

    __slots__ = ("_note",)

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        if not name.startswith("_") and name not in _NOT_THE_EVENT:
            read, path = object.__getattribute__(self, "_note")
            read.add(path)
            return _watched_model(found, read, path) if name == "body" else found
        return found


def _watched_model(value: Any, read: Read, path: Path) -> Any:
    """Give a model a class that records attribute access, and return it; return other values unchanged."""
    if getattr(type(value), "model_fields", None) is None:
        return value
    if not hasattr(type(value), "_is_watched"):
        try:
            object.__setattr__(value, "__class__", _class(type(value)))  # type: ignore[arg-type]  # mypy: a model's class may have no hash
        except TypeError:  # a model with another memory layout stays untraced
            return value
    _NODES[id(value)] = (read, path)
    _ALIVE[id(value)] = value
    if len(_NODES) > 2 * len(_ALIVE):
        for gone in set(_NODES) - set(_ALIVE):
            del _NODES[gone]
    return value


@cache
def _class(model: Any) -> Any:
    names = {name: one.alias or name for name, one in model.model_fields.items()}

    def get(self: Any, name: str) -> Any:
        found = object.__getattribute__(self, name)
        if name in names and (note := _NODES.get(id(self))):
            read, path = note
            read.add((*path, names[name]))
            return _watched_model(found, read, (*path, names[name]))
        return found

    about = {
        "__getattribute__": get,
        "__module__": model.__module__,
        "__qualname__": model.__qualname__,
        "_is_watched": True,
    }
    return type(model)(model.__name__, (model,), about)
