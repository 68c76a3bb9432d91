"""Generates values to try where one schema may not cover the other, from the differences between the two, place by place."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from jsonschema_rs import CanonicalSchema, canonical

from signalbook.compat import string_sets
from signalbook.compat.example_values import ANY_ARRAY, ANY_OBJECT, Sampler, asked, in_turn, item
from signalbook.compat.literals import Words, distinct
from signalbook.compat.proof import apart
from signalbook.compat.schemas import aligned, decider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.compat.schemas import Subject

_DEEPEST = 200
_MOST = 400
_MOST_KEPT = 120
"""Values kept per place and kind: those that tell the two sides apart there, and the others."""
_MOST_PLACES = 2_000
"""Limit on the pairs of places examined: the work on large schemas would be unbounded."""


def candidates(narrow: Subject, wide: Subject, seconds: float) -> Iterator[list[Any]]:
    """Yield values that `narrow` may accept and `wide` may reject, in three batches, without checking them against either.

    The batches are: values of the difference, up to some hundreds of values made along the differences, and the smallest values.
    No new place is examined after `seconds`.
    """
    try:
        sampler = Sampler(Words([narrow.schema, wide.schema]))
        seen, against = aligned(narrow, wide)
        left = _difference(seen, against)
        if left is not None:
            yield sampler.values(left)
        yield _Probes(sampler, monotonic() + seconds).between(seen, against, 0)
        yield sampler.smallest()
    except (RecursionError, ValueError):
        return  # too deep, or something has no equivalent in the other dialect


def sources(narrow: Subject, wide: Subject) -> list[Any]:
    """Return schemas to draw from: the difference, if it can be expressed, and the narrow schema with the names of both sides as its own fields."""
    seen, against = aligned(narrow, wide)
    left = _difference(seen, against)
    names = dict.fromkeys(Words([narrow.schema, wide.schema]).names)
    own: Any = seen.to_json_schema()
    definitions = own.pop("definitions", {}) if isinstance(own, dict) else {}
    named = {"definitions": definitions, "allOf": [own, {"properties": {name: {} for name in names}}]}
    return [*([left.to_json_schema()] if left is not None else []), named]


class _Probes:
    def __init__(self, sampler: Sampler, end: float) -> None:
        self._sampler = sampler
        self._end = end
        self._places = 0
        self._known: dict[tuple[CanonicalSchema | None, CanonicalSchema], list[Any]] = {}

    def between(self, narrow: CanonicalSchema | None, wide: CanonicalSchema | None, depth: int) -> list[Any]:
        """Return values to try at one place."""
        if wide is None:
            return []
        place = (narrow, wide)
        if place not in self._known:
            self._places += 1
            if depth > _DEEPEST or self._places > _MOST_PLACES or monotonic() > self._end:
                return self._sampler.values(narrow)
            self._known[place] = []  # recursion adds nothing
            self._known[place] = _likely_first(
                distinct(self._between(narrow, wide, depth), most=_MOST), narrow, wide
            )
        return self._known[place]

    def _between(self, narrow: CanonicalSchema | None, wide: CanonicalSchema, depth: int) -> Iterator[Any]:
        if narrow is not None:
            left = _difference(narrow, wide)
            if left is not None:
                if left.satisfiability() == canonical.Satisfiability.NO:
                    return
                yield from self._sampler.values(left)
            yield from self._along(narrow, wide, depth)
        yield from self._sampler.values(narrow)

    def _along(self, narrow: CanonicalSchema, wide: CanonicalSchema, depth: int) -> Iterator[Any]:  # noqa: C901 - a table of cases
        seen, against = narrow.view(), wide.view()
        match seen, against:
            case canonical.ReferenceView(uri), _:
                yield from self.between(narrow.definition(uri), wide, depth + 1)
            case (
                (
                    canonical.AnyOfView(branches)
                    | canonical.OneOfView(branches)
                    | canonical.AllOfView(branches)
                ),
                _,
            ):
                yield from in_turn([self.between(branch, wide, depth + 1) for branch in branches])
            case _, canonical.ReferenceView(uri):
                yield from self.between(narrow, wide.definition(uri), depth + 1)
            case _, (
                canonical.AnyOfView(branches) | canonical.OneOfView(branches) | canonical.AllOfView(branches)
            ):
                near = [branch for branch in branches if not apart(narrow, branch)]
                yield from in_turn([self.between(narrow, branch, depth + 1) for branch in near])
            case canonical.TypedGroupView(_, body), _:
                yield from self.between(body, wide, depth + 1)
            case _, canonical.TypedGroupView(_, body):
                yield from self.between(narrow, body, depth + 1)
            case canonical.ObjectView(), canonical.ObjectView():
                yield from self._objects(seen, against, depth + 1)
            case canonical.ArrayView(), canonical.ArrayView():
                yield from self._arrays(seen, against, depth + 1)
            case ((canonical.TrueView() | canonical.MultiTypeView()), canonical.ObjectView()):
                yield from self._objects(ANY_OBJECT, against, depth + 1)
            case ((canonical.TrueView() | canonical.MultiTypeView()), canonical.ArrayView()):
                yield from self._arrays(ANY_ARRAY, against, depth + 1)
            case canonical.StringView(), canonical.StringView():
                yield from self._sampler.strings(seen, string_sets.sets_of(against.patterns))

    def _objects(self, narrow: canonical.ObjectView, wide: canonical.ObjectView, depth: int) -> Iterator[Any]:
        base = self._sampler.object(narrow)
        yield base
        names = dict.fromkeys(
            [
                *wide.properties,
                *wide.required,
                *narrow.properties,
                *self._sampler.names(narrow),
                *self._sampler.names(wide),
            ]
        )
        yield from in_turn(
            [[{**base, name: value} for value in self._at(narrow, wide, name, depth)] for name in names]
        )

    def _at(
        self, narrow: canonical.ObjectView, wide: canonical.ObjectView, name: str, depth: int
    ) -> list[Any]:
        given, wanted = asked(narrow, name), asked(wide, name)
        return (
            self.between(given, wanted, depth)
            if given is not None and wanted is not None
            else self._sampler.values(given, depth)
        )

    def _arrays(self, narrow: canonical.ArrayView, wide: canonical.ArrayView, depth: int) -> Iterator[Any]:
        base = self._sampler.array(narrow)
        yield base
        places = max(len(narrow.prefix_items), len(wide.prefix_items), len(base)) + 1
        for place in range(places):
            given, wanted = item(narrow, place), item(wide, place)
            values = (
                self.between(given, wanted, depth)
                if given is not None and wanted is not None
                else self._sampler.values(given, depth)
            )
            before = base + [
                (self._sampler.values(item(narrow, at)) or [None])[0] for at in range(len(base), place)
            ]
            for value in values:
                yield [*before[:place], value, *base[place + 1 :]]
                yield [*before[:place], value, value]


def _likely_first(values: list[Any], narrow: CanonicalSchema | None, wide: CanonicalSchema) -> list[Any]:
    """Return values with those first that tell the two sides apart at their own place; from there they move up level by level.

    A limited number of the others is kept: inside an alternative, or under `not`, they may be the ones that matter.
    """
    inside = decider(narrow) if narrow is not None else _anything
    beyond = decider(wide)
    telling = [value for value in values if inside(value) and not beyond(value)]
    known = set(map(id, telling))
    return [*telling[:_MOST_KEPT], *[value for value in values if id(value) not in known][:_MOST_KEPT]]


def _anything(_: Any) -> bool:
    return True


def _difference(narrow: CanonicalSchema, wide: CanonicalSchema) -> CanonicalSchema | None:
    try:
        return narrow.subtract(wide)
    except canonical.CanonicalizationError:
        return None
