"""What the generated dataclasses are made of: `from_dict` reads and checks a JSON object, `to_dict` gives it back.

Unknown fields stay, absent stays absent, null is no field, and times keep their text. Only the standard library is needed.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    Self,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from signalbook.reading.wire_times import WireTime

T = TypeVar("T")


Number: TypeAlias = int | float
"""Any number: one without a fraction keeps all its digits."""


class Null:
    """Marks an optional field whose value may be null, which is not the same as absent."""


Nullable = Annotated[T | None, Null]
"""A field that may be absent and may be null."""


@dataclass(eq=True, unsafe_hash=True)
class Unfit(ValueError):
    """A JSON value does not fit its type: `path` says where (keys and indices), `why` what is wrong."""

    path: tuple[str | int, ...]
    why: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path)) or 'the object'}: {self.why}"


@dataclass(frozen=True, kw_only=True)
class Model:
    """An object of a notification. It never changes; `dataclasses.replace` makes another.

    Fields have Python's names, and `from_dict` reads the provider's. Fields that nobody knows are in `unknown`, and are written back.
    A field that is not there is None, and is not written. Lists are open: a value that is not listed is read too.
    """

    unknown: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)
    wire_names: ClassVar[dict[str, str]] = {}
    """The provider's names of the fields whose names differ."""
    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Groups of fields, by the provider's names, of which at least one is always there."""

    @classmethod
    def from_dict(cls, value: Any, path: tuple[str | int, ...] = ()) -> Self:
        """Return the dataclass of a JSON object, as `json.loads` returns it; `path` is where it stands. Raises `Unfit`."""
        if not isinstance(value, dict):
            raise Unfit(path, "is not an object")
        rest = dict(cast("dict[str, Any]", value))
        given: dict[str, Any] = {}
        for names in cls.one_of:
            if not set(names) & set(rest):
                raise Unfit(path, f"needs one of {', '.join(names)}")
        for name, (wire, hint, required) in _described(cls).items():
            if wire not in rest:
                if required:
                    raise Unfit(path, f"needs {wire}")
            elif rest[wire] is None and not required and not _may_be_null(hint):
                raise Unfit((*path, wire), "may be absent, but not null")
            elif rest[wire] is not None or required:
                given[name] = _read(rest.pop(wire), hint, (*path, wire))
            # A null that is allowed stays in `unknown`: to Python it is as good as absent, and it is written back.
        return cls(**given, unknown=rest)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object that the provider would write: equal to the one that was read."""
        out: dict[str, Any] = {}
        for name, (wire, hint, required) in _described(type(self)).items():
            value = getattr(self, name)
            if value is not None or required:
                out[wire] = _written(value, hint)
        return {**self.unknown, **out}


class Part(Model):
    """An object inside an event or an envelope."""


class Event(Model):
    """The body of a notification."""


class Envelope(Model):
    """What a delivery wraps around an event."""


def _described(cls: type[Model]) -> dict[str, tuple[str, Any, bool]]:
    """Return the provider's name, the type and whether it must be there, of every field by its own name."""
    if cls not in _KNOWN:
        _KNOWN[cls] = _looked_up(cls)
    return _KNOWN[cls]


_KNOWN: dict[type[Model], dict[str, tuple[str, Any, bool]]] = {}


def _looked_up(cls: type[Model]) -> dict[str, tuple[str, Any, bool]]:
    hints = get_type_hints(cls, include_extras=True)
    names: dict[str, str] = {}
    for one in reversed(cls.__mro__):
        names.update(vars(one).get("wire_names", {}))
    return {
        one.name: (names.get(one.name, one.name), hints[one.name], one.default is not None)
        for one in fields(cls)
        if one.name != "unknown"
    }


def _may_be_null(hint: Any) -> bool:
    return Null in get_args(hint) or hint is type(None) or Any in (hint, *get_args(hint))


def _read(value: Any, hint: Any, path: tuple[str | int, ...]) -> Any:
    """Return a JSON value as a type says, or raise `Unfit`."""
    origin, inside = get_origin(hint), get_args(hint)
    if hint is Any:
        return value
    if origin is Annotated:
        time = next((one for one in inside if isinstance(one, WireTime)), None)
        return _time(value, time, path) if time else _read(value, inside[0], path)
    if origin in (Union, types.UnionType):
        return _first(value, inside, path)
    if origin is Literal:
        return _listed(value, inside, path)
    if origin in (list, dict):
        return _several(value, origin, inside[-1], path)
    return (
        hint.from_dict(value, path)
        if isinstance(hint, type) and issubclass(hint, Model)
        else _plain(value, hint, path)
    )


def _listed(value: Any, listed: tuple[Any, ...], path: tuple[str | int, ...]) -> Any:
    if any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in listed):
        return value
    raise Unfit(path, f"is not {' or '.join(map(repr, listed))}")


def _several(value: Any, kind: type[Any], hint: Any, path: tuple[str | int, ...]) -> Any:
    """Return a list, or the values of a map, each as a type says."""
    if not isinstance(value, kind):
        raise Unfit(path, "is not an object" if kind is dict else "is not an array")
    if kind is dict:
        return {name: _read(one, hint, (*path, name)) for name, one in cast("dict[str, Any]", value).items()}
    return [_read(one, hint, (*path, place)) for place, one in enumerate(_items(value))]


def _plain(value: Any, hint: Any, path: tuple[str | int, ...]) -> Any:
    """Return a single value of a plain type. A number without a fraction is an integer, and any number fits float; true is no number."""
    if hint is int and isinstance(value, float) and value.is_integer():
        return int(value)
    wanted = (int, float) if hint is float else hint or type(None)
    if (
        isinstance(wanted, (type, tuple))
        and isinstance(value, wanted)
        and (hint is bool or not isinstance(value, bool))
    ):
        return cast("Any", value)
    raise Unfit(path, f"is not {getattr(hint, '__name__', hint)}")


def _first(value: Any, hints: tuple[Any, ...], path: tuple[str | int, ...]) -> Any:
    """Return a value as the first of several types that it fits; where it fits none, the error that lies deepest says most."""
    faults: list[Unfit] = []
    for hint in hints:
        try:
            return _read(value, hint, path)
        except Unfit as fault:
            faults.append(fault)
    raise max(faults, key=lambda fault: len(fault.path))


def _time(value: Any, time: WireTime, path: tuple[str | int, ...]) -> Any:
    try:
        return time.read(value)
    except ValueError as error:
        raise Unfit(path, str(error)) from None


def _items(value: Any) -> list[Any]:
    """Return a list of JSON values as one."""
    return list(value)


def _written(value: Any, hint: Any) -> Any:
    """Return a value as JSON has it: the way back from `_read`."""
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, list):
        return [_written(one, hint) for one in _items(value)]
    if isinstance(value, dict):
        return {name: _written(one, hint) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, datetime):
        return next(time for time in _times(hint)).write(value)
    return value


def _times(hint: Any) -> list[WireTime]:
    """Return how the times in a type are written."""
    return (
        [hint] if isinstance(hint, WireTime) else [found for one in get_args(hint) for found in _times(one)]
    )


__all__ = ["Envelope", "Event", "Model", "Nullable", "Number", "Part", "Unfit", "WireTime"]
