"""Finds the unknown fields of a payload that is otherwise valid, without asking the engine for its errors.

Providers add fields before they document them, so unknown fields are the most common findings in payloads that were received. The engine takes
several times as long to describe an error as to validate a payload. So this module removes the fields that a closed object does not know, and reports
them if the engine accepts the rest. It does so only where a schema is plain enough that no other keyword depends on these fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.engine import levels
from signalbook.reading.strict_json import shown
from signalbook.validation.contracts import findings_of, has_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from signalbook.engine.levels import Level
    from signalbook.engine.problems import Problem
    from signalbook.engine.schema_validator import Checker
    from signalbook.registry import Contract, Envelope, Event
    from signalbook.validation.contracts import Request
    from signalbook.validation.findings import Finding

_OF_OBJECTS = frozenset({"type", "properties", "required", "additionalProperties"})
_OF_ARRAYS = frozenset({"type", "items", "minItems", "maxItems"})
_BRANCHES = ("allOf", "anyOf")
_REMEMBERED, _BULK = 1000, 1000
"""Maximum number of findings that a layer remembers, and of characters in the keys that lead to one."""
_MOST = 100
"""Maximum number of unknown fields that are handled here. The validator summarises more of them."""


class Fields:
    """The fields that an object knows (None if it is open), and what can be removed below a field, or below each item of an array."""

    __slots__ = ("below", "declared", "items", "known")

    def __init__(
        self,
        known: frozenset[str] | None,
        declared: Mapping[str, Any],
        below: Mapping[str, Fields],
        items: Fields | None,
    ) -> None:
        self.known, self.declared, self.below, self.items = known, declared, below, items


def _fields(schema: Any) -> Fields | None:
    """Return the known fields of a strict schema, or None if it has none, or has keywords that may depend on unknown fields."""
    if not isinstance(schema, dict):
        return None
    keywords = {key for key in schema if not levels.is_annotation(key)}
    if "items" in keywords:
        items = _fields(schema["items"]) if keywords <= _OF_ARRAYS else None
        return Fields(None, {}, {}, items) if items else None
    branches = [branch for key in _BRANCHES for branch in schema.get(key, ())]
    if not keywords - {*_BRANCHES} <= _OF_OBJECTS or not all(map(_is_plain, branches)):
        return None
    # A branch may describe a field further, so nothing is removed below it.
    described = {name for branch in branches for name in branch.get("properties", ())}
    below = {
        name: inner
        for name, one in schema.get("properties", {}).items()
        if name not in described and (inner := _fields(one))
    }
    closed = schema.get("additionalProperties") is False
    if not closed and not below:
        return None
    known = frozenset(schema.get("properties", ())) if closed else None
    return Fields(known, levels.declared(schema), below, None)


def _is_plain(branch: Any) -> bool:
    """Return whether a branch only requires or describes fields; the whole object knows these."""
    return isinstance(branch, dict) and all(
        key in ("properties", "required") or levels.is_annotation(key) for key in branch
    )


class Layer:
    """One of the values that are validated in a payload: an envelope or a body (`what`), with its contract, and its path in the payload.

    `name` is the name of the checker. `request` is the one to validate the value with.
    """

    __slots__ = ("_checker", "_fields", "_known", "contract", "name", "path", "request", "what")

    def __init__(
        self, what: Event | Envelope, contract: Contract, path: tuple[str | int, ...], request: Request
    ) -> None:
        self.what, self.contract, self.path, self.request = what, contract, path, request
        self.name = str(contract)
        self._checker = contract.checker
        self._fields: _Checked | None = None
        self._known: dict[Any, Finding | None] = {}

    @property
    def fields(self) -> _Checked:
        """The known fields, compiled on first use: most kinds of payloads never have an unknown one."""
        if self._fields is None:
            self._fields = _checked(self._checker)
        return self._fields

    def findings(self, unknown: list[Unknown], level: Level) -> list[Finding]:
        """Return the findings on unknown fields of the value."""
        from signalbook.engine.messages import one_for_each_fault  # noqa: PLC0415 - most payloads have no problems

        if len(unknown) != 1:
            return findings_of(
                one_for_each_fault([one.problem() for one in unknown]), self.contract, self.path, level
            )
        # Only the value differs between payloads with the same fields.
        (one,) = unknown
        key = (one.path, one.name, *one.here)
        if key in self._known:
            known = self._known[key]
            return [known._replace(found=shown(one.here[one.name]))] if known else []
        found = findings_of([one.problem()], self.contract, self.path, level)
        if len(self._known) < _REMEMBERED and sum(map(len, key)) < _BULK:
            self._known[key] = found[0] if found else None
        return found


class Unknown(NamedTuple):
    """An unknown field: the path of its object, the object, its name, and the fields that the object declares."""

    path: tuple[str | int, ...]
    here: dict[str, Any]
    name: str
    declared: Mapping[str, Any]

    def problem(self) -> Problem:
        """Return the problem as the engine would report it."""
        from signalbook.engine.messages import unknown_field  # noqa: PLC0415 - most payloads have no problems

        return unknown_field(self.name, self.path, self.here, self.declared)


class _Checked(NamedTuple):
    """The known fields of what a checker validates, and of the JSON text in its strings, by the number of the place."""

    fields: Fields | None
    inside: tuple[tuple[int, tuple[str, ...], _Checked], ...]


def _checked(checker: Checker) -> _Checked:
    inside = tuple(
        (place, way, _checked(inner)) for place, (way, inner) in enumerate(checker.inside) if "*" not in way
    )
    return _Checked(_fields(checker.schema), inside)


def findings(
    layers: tuple[Layer, ...],
    gathered: dict[str, Any],
    accepts: Callable[[dict[str, Any]], bool],
    level: Level,
) -> tuple[Finding, ...] | None:
    """Return the findings on a payload whose only problems are unknown fields; None if it has others, or they are errors at this level.

    `gathered` maps names of checkers to values, which `accepts` has rejected.
    """
    rest = dict(gathered)
    out: list[Finding] = []
    count = 0
    for layer in layers:
        unknown: list[Unknown] = []
        _collect(layer.fields, layer.name, (), gathered, rest, unknown)
        if unknown:
            count += len(unknown)
            out += layer.findings(unknown, level)
    if not count or count > _MOST or has_errors(out) or not accepts(rest):
        return None
    return tuple(out)


def _collect(  # noqa: PLR0913, PLR0917 - a recursion that fills two collections
    checked: _Checked,
    name: str,
    path: tuple[str | int, ...],
    gathered: Mapping[str, Any],
    rest: dict[str, Any],
    unknown: list[Unknown],
) -> None:
    """Add the unknown fields in the value of a checker to `unknown`, and put the value without them into `rest`."""
    for place, way, inner in checked.inside:
        if (inner_name := f"{name}#{place}") in gathered:
            _collect(inner, inner_name, (*path, *way), gathered, rest, unknown)
    if checked.fields:
        rest[name] = _without_unknown(gathered[name], checked.fields, path, unknown)


def _without_unknown(value: Any, fields: Fields, path: tuple[str | int, ...], unknown: list[Unknown]) -> Any:
    """Return a value without its unknown fields, which are added to `unknown`; the value itself if it has none."""
    if type(value) is list and fields.items:
        items = [
            _without_unknown(item, fields.items, (*path, place), unknown) for place, item in enumerate(value)
        ]
        return items if any(one is not item for one, item in zip(items, value, strict=True)) else value
    if type(value) is not dict:
        return value
    out = value
    if fields.known is not None and not value.keys() <= fields.known:
        unknown += [Unknown(path, value, key, fields.declared) for key in value if key not in fields.known]
        out = {key: one for key, one in value.items() if key in fields.known}
    for key, below in fields.below.items():
        if key in value:
            one = _without_unknown(value[key], below, (*path, key), unknown)
            if one is not value[key]:
                out = {**out, key: one}
    return out
