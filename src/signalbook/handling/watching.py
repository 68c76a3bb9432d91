"""What a handler reads of a typed delivery: the same objects, whose classes note which of their fields are asked for."""

from __future__ import annotations

from functools import cache
from typing import Any
from weakref import WeakValueDictionary

from signalbook.delivery import Delivery

Path = tuple[str | int, ...]
Read = set[Path]

_NOT_THE_EVENT = frozenset({"verdict", "envelopes"})
# Of each watched model where it stands and what notes it. Models may have no hash, and no place for more attributes.
_NODES: dict[int, tuple[Read, Path]] = {}
_ALIVE: WeakValueDictionary[int, Any] = WeakValueDictionary()


def watched_delivery(delivery: Delivery, read: Read, path: Path) -> Delivery:
    """Return a delivery that notes in `read` the paths of what is asked for; `path` is that of its body in the payload."""
    watched = object.__new__(_Watched)
    for name in (*Delivery.__slots__,):
        object.__setattr__(watched, name, object.__getattribute__(delivery, name))
    object.__setattr__(watched, "_note", (read, path))
    return watched


class _Watched(Delivery):
    """A delivery that notes what is asked for."""

    __slots__ = ("_note",)

    def __getattribute__(self, name: str) -> Any:
        found = object.__getattribute__(self, name)
        if not name.startswith("_") and name not in _NOT_THE_EVENT:
            read, path = object.__getattribute__(self, "_note")
            read.add(path)
            return _watched_model(found, read, path) if name == "body" else found
        return found


def _watched_model(value: Any, read: Read, path: Path) -> Any:
    """Return a model as one of a class that notes what is asked for; what is no model as it is."""
    if getattr(type(value), "model_fields", None) is None:
        return value
    if not hasattr(type(value), "_is_watched"):
        try:
            object.__setattr__(value, "__class__", _class(type(value)))  # type: ignore[arg-type]  # mypy: a model's class may have no hash
        except TypeError:  # a model whose memory is laid out otherwise: it stays unwatched
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

    about = {"__getattribute__": get, "__module__": model.__module__, "__qualname__": model.__qualname__, "_is_watched": True}
    return type(model)(model.__name__, (model,), about)
