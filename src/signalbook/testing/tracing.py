"""Traces what a handler reads of a payload: dicts and lists that record which of their places are read, including those in decoded JSON text.

The handler gets ordinary bytes or text, or a dict. While it runs, the decoders of `json` and `orjson` return traced values for texts that are the
payload or occur in it. Other decoders return untraced values, so nothing is known about what is read then.
"""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from signalbook.reading import pointers, strict_json
from signalbook.validation.parsing import WATCH, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

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


_OURS = ("signalbook", "signalbook_models")


class Trace:
    """What was read of one payload: the paths of all places that were read, through strings of JSON text, whether they exist or not."""

    def __init__(self, value: Any) -> None:
        self.read: set[Path] = set()
        self._value = value
        self._texts: dict[str, list[Path]] = {}
        self._note_texts(value, ())

    def _note_texts(self, value: Any, path: Path) -> None:
        if isinstance(value, str):
            inner = strict_json.revealed(value)
            if inner is not value:
                # For Base64, the decoder gets the decoded text.
                text = (
                    value
                    if strict_json.unfolded(value) is not value
                    else strict_json.from_base64(value) or value
                )
                self._texts.setdefault(text, []).append(path)
                self._note_texts(inner, path)
        elif isinstance(value, dict | list):
            for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
                self._note_texts(inner, (*path, step))

    def whole(self) -> Any:
        """Return the payload, traced."""
        return self.watched(self._value, ())

    def watched(self, value: Any, path: Path) -> Any:
        """Return a value that reports its reads to this trace."""
        if isinstance(value, dict):
            return WatchedDict(value, path, self)
        return WatchedList(value, path, self) if isinstance(value, list) else value

    def decoded(self, text: Any, value: Any) -> Any:
        """Return the result of a decoder: traced if the text is the payload or occurs in it."""
        if type(value) not in (dict, list):
            return value
        if isinstance(text, str) and text in self._texts:
            paths = self._texts[text]
            paths.append(
                paths.pop(0)
            )  # if equal texts occur in several places, assume that they are decoded in order
            return self.watched(value, paths[-1])
        return self.watched(value, ()) if value == self._value else value

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Trace what the decoders of `json` and `orjson` return."""
        decode = json.JSONDecoder.decode
        orjson: Any = sys.modules.get("orjson")
        loads: Callable[[Any], Any] = orjson.loads if orjson else json.loads

        def watched_decode(decoder: json.JSONDecoder, s: str, *more: Any) -> Any:
            value = decode(decoder, s, *more)
            return value if _is_ours() else self.decoded(s, value)

        def watched_loads(data: Any) -> Any:
            return self.decoded(_as_text(data), loads(data))

        deliveries = WATCH.set(lambda found: watched_delivery(found, self.read, self._path(found.pointer)))
        json.JSONDecoder.decode = watched_decode  # type: ignore[assignment,method-assign]
        if orjson:
            orjson.loads = watched_loads
        try:
            yield
        finally:
            WATCH.reset(deliveries)
            json.JSONDecoder.decode = decode  # type: ignore[method-assign]
            if orjson:
                orjson.loads = loads

    def _path(self, pointer: str) -> Path:
        """Return the path of a pointer into the payload, with item indexes as numbers."""
        path: list[str | int] = []
        node = self._value
        for step in pointers.split(pointer):
            node = strict_json.revealed(node)
            path.append(int(step) if isinstance(node, list) else step)
            node = node[path[-1]]
        return tuple(path)

    def found(self) -> set[Path]:
        """Return the paths that were read and that exist."""
        return {path for path in self.read if self._is_there(path)}

    def _is_there(self, path: Path) -> bool:
        node = self._value
        for step in path:
            node = strict_json.revealed(node)
            if not (
                step in node
                if isinstance(node, dict)
                else isinstance(node, list) and isinstance(step, int) and step < len(node)
            ):
                return False
            node = node[step]
        return True


def _is_ours() -> bool:
    """Return whether signalbook or its models are decoding: their reads are not the handler's."""
    frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - no public function is as cheap
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] == "json":
        frame = frame.f_back
    return frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _OURS


def _as_text(data: Any) -> Any:
    return data if isinstance(data, str) else bytes(data).decode("utf-8", "replace")


def _unwatched(value: Any) -> Any:
    if isinstance(value, WatchedDict):
        return value.unwatched()
    return [_unwatched(item) for item in list.__iter__(value)] if isinstance(value, list) else value


class WatchedDict(dict[str, Any]):
    """Dict that reports to a trace which of its fields are read."""

    def __init__(self, value: dict[str, Any], path: Path, trace: Trace) -> None:
        super().__init__({key: trace.watched(inner, (*path, key)) for key, inner in value.items()})
        self._path, self._trace = path, trace

    def _asked(self, *keys: Any) -> None:
        self._trace.read.update((*self._path, key) for key in keys)

    def __getitem__(self, key: str) -> Any:
        self._asked(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._asked(key)
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._asked(*super().keys())
        return super().__iter__()

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return dict, (dict(self.items()),)

    def unwatched(self) -> dict[str, Any]:
        """Return the content as plain values, without reporting reads."""
        return {key: _unwatched(value) for key, value in super().items()}

    def __deepcopy__(self, _: dict[int, Any]) -> dict[str, Any]:
        return dict(self.items())

    def get(self, key: str, default: Any = None) -> Any:
        """Same as `dict.get`."""
        self._asked(key)
        return super().get(key, default)

    def pop(self, key: str, *default: Any) -> Any:
        """Same as `dict.pop`."""
        self._asked(key)
        return super().pop(key, *default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """Same as `dict.setdefault`."""
        self._asked(key)
        return super().setdefault(key, default)

    def keys(self) -> Any:
        """Same as `dict.keys`."""
        self._asked(*super().keys())
        return super().keys()

    def values(self) -> Any:
        """Same as `dict.values`."""
        self._asked(*super().keys())
        return super().values()

    def items(self) -> Any:
        """Same as `dict.items`."""
        self._asked(*super().keys())
        return super().items()

    def copy(self) -> dict[str, Any]:
        """Return a plain dict whose values are still traced."""
        return dict(self.items())


class WatchedList(list[Any]):
    """List that reports to a trace which of its items are read."""

    def __init__(self, value: list[Any], path: Path, trace: Trace) -> None:
        super().__init__(trace.watched(inner, (*path, place)) for place, inner in enumerate(value))
        self._path, self._trace = path, trace

    def _asked(self, places: range | list[int]) -> None:
        self._trace.read.update((*self._path, place) for place in places)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            self._asked(range(len(self))[place])
        elif isinstance(place, int) and -len(self) <= place < len(self):
            self._asked([place % len(self)])
        return super().__getitem__(place)

    def __iter__(self) -> Iterator[Any]:
        for place, item in enumerate(super().__iter__()):
            self._asked([place])
            yield item

    def __reversed__(self) -> Iterator[Any]:
        self._asked(range(len(self)))
        return super().__reversed__()

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return list, (list(self),)

    def __deepcopy__(self, _: dict[int, Any]) -> list[Any]:
        return list(self)

    def pop(self, place: Any = -1) -> Any:
        """Same as `list.pop`."""
        self._asked([int(place) % len(self)] if len(self) else [])
        return super().pop(place)

    def copy(self) -> list[Any]:
        """Return a plain list whose items are still traced."""
        return list(self)
