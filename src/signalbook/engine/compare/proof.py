"""Does one schema accept all that another accepts? jsonschema-rs's set algebra first; where it does not know, the parts are compared by rules.

Every rule is sound: it answers yes only where every value of the narrow schema is one of the wide schema. None of them answers no: that takes a
witness. Schemas that refer to themselves are compared by induction on the size of a value: a question met again inside a smaller value may be
taken as answered, because the values of JSON are finite.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from jsonschema_rs import CanonicalSchema, canonical, canonicalize

from signalbook.engine.compare import objects, texts
from signalbook.engine.compare.finite import finite
from signalbook.engine.compare.samples import item
from signalbook.engine.compare.subject import aligned, decider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.compare.subject import Subject

_MOST_QUESTIONS = 4_000
"""How many pairs of subschemas are compared before the proof is given up: a few seconds for the largest contracts."""

_MOST_TURNS = 3
"""How often `not` may turn a question round: each turn starts anew."""


def covered(narrow: Subject, wide: Subject, seconds: float) -> bool:
    """Whether it is proved that `wide` accepts every value that `narrow` accepts. False says that there is no proof, not that it does not.

    No new pair of subschemas is compared after so many seconds.
    """
    try:
        return Proof(monotonic() + seconds).holds(*aligned(narrow, wide))
    except (RecursionError, ValueError):
        return False  # too deep, or one of the dialects has no word in the other for something


Question = tuple[CanonicalSchema, CanonicalSchema]
"""A narrow and a wide schema: is every value of the one a value of the other?"""


class Proof:
    """One attempt, with the questions it has met: it ends, because it asks only so many, and none after `end`."""

    def __init__(self, end: float, turned: int = 0) -> None:
        self._end = end
        self._turned = turned
        self._answers: dict[Question, bool] = {}
        self._pending: dict[Question, int] = {}
        self._tentative: dict[Question, int] = {}
        self._assumed = 0

    def holds(self, narrow: CanonicalSchema, wide: CanonicalSchema, size: int = 0) -> bool:
        """Whether every value of `narrow` is proved to be one of `wide`. `size` counts the steps into the value: each makes it smaller."""
        question = (narrow, wide)
        if question in self._answers:
            return self._answers[question]
        if question in self._pending or size >= self._tentative.get(question, size + 1):
            self._assumed += 1
            return size > self._pending.get(question, -1)
        if len(self._answers) > _MOST_QUESTIONS or monotonic() > self._end:
            return False
        self._pending[question] = size
        before = self._assumed
        found = self._by_algebra(narrow, wide) or self._by_rule(narrow, wide, size)
        del self._pending[question]
        self._remember(question, size, found=found, leaning=before != self._assumed)
        return found

    def _remember(self, question: Question, size: int, *, found: bool, leaning: bool) -> None:
        """Keep an answer. A yes that leans on a question still open is worth no more than that one: it may be used again while that stays open.

        It may be used as deep inside the value as it was found, or deeper, because there what it leans on is still about a smaller value.
        """
        if not found:
            self._tentative.clear()
            self._answers[question] = False
        elif not leaning:
            self._answers[question] = True
        else:
            self._tentative[question] = size
        if not self._pending:
            self._answers.update(dict.fromkeys(self._tentative, True))
            self._tentative.clear()

    def _by_algebra(self, narrow: CanonicalSchema, wide: CanonicalSchema) -> bool:
        try:
            return wide.covers(narrow) == canonical.Containment.YES
        except canonical.CanonicalizationError:
            return False

    def _by_rule(self, narrow: CanonicalSchema, wide: CanonicalSchema, size: int) -> bool:  # noqa: C901, PLR0911 - a table of cases, a line or two each
        seen, against = narrow.view(), wide.view()
        match seen:
            case canonical.ReferenceView(uri):
                target = narrow.definition(uri)
                return target is not None and self.holds(target, wide, size)
            case canonical.AnyOfView(branches):
                return all(self.holds(branch, wide, size) for branch in branches)
            case canonical.MultiTypeView(types) if len(types) > 1:
                return all(self.holds(one, wide, size) for one in _of_one_type(types, narrow.draft))
        values = finite(narrow)
        if values is not None:
            return all(map(decider(wide), values))
        if isinstance(seen, canonical.StringView) and texts.empty(texts.inside(seen), texts.outside(seen)):
            return True  # no text fits its patterns and lengths together
        match against:
            case canonical.ReferenceView(uri):
                target = wide.definition(uri)
                return target is not None and self.holds(narrow, target, size)
            case canonical.AllOfView(branches):
                return all(self.holds(narrow, branch, size) for branch in branches)
            case canonical.AnyOfView(branches):
                if any(self.holds(narrow, branch, size) for branch in branches) or texts.covered_by_any(seen, branches):
                    return True
            case canonical.OneOfView(branches) if self._in_one(narrow, branches, size):
                return True
            case canonical.NotView(schema) if apart(narrow, schema) or (
                isinstance(seen, canonical.NotView) and self._turned < _MOST_TURNS and Proof(self._end, self._turned + 1).holds(schema, seen.schema)
            ):
                return True
        return self._by_parts(narrow, seen, wide, against, size)

    def _by_parts(self, narrow: CanonicalSchema, seen: Any, wide: CanonicalSchema, against: Any, size: int) -> bool:  # noqa: PLR0911 - the same
        match seen, against:
            case ((canonical.AllOfView(branches) | canonical.OneOfView(branches)), _):
                some = any if isinstance(seen, canonical.AllOfView) else all
                return some(self.holds(branch, wide, size) for branch in branches)
            case canonical.TypedGroupView(_, body), _:
                return self.holds(body, wide, size)
            case _, canonical.TypedGroupView(name, body):
                return _type_of(seen) == name and self.holds(narrow, body, size)
            case canonical.ObjectView(), canonical.ObjectView():
                return objects.covered(seen, against, lambda inner, outer: self.holds(inner, outer, size + 1))
            case canonical.ArrayView(), canonical.ArrayView():
                return self._arrays(seen, against, size + 1)
            case canonical.StringView(), canonical.StringView():
                return texts.covered(seen, against)
            case canonical.MultiTypeView(types=["string"]), canonical.StringView():
                return texts.covered(None, against)
            case canonical.StringView(), canonical.ConstView() | canonical.EnumView():
                return texts.listed(seen, _values(against))
        return False

    def _in_one(self, narrow: CanonicalSchema, branches: list[CanonicalSchema], size: int) -> bool:
        """Whether every value of `narrow` is one of exactly one branch."""
        return any(self.holds(narrow, branch, size) and all(apart(narrow, other) for other in branches if other is not branch) for branch in branches)

    def _arrays(self, narrow: canonical.ArrayView, wide: canonical.ArrayView, size: int) -> bool:
        most = narrow.max_items
        if (narrow.min_items or 0) < (wide.min_items or 0) or (wide.max_items is not None and (most is None or most > wide.max_items)):
            return False
        if wide.distinctness not in (canonical.Distinctness.UNCONSTRAINED, narrow.distinctness):
            return False
        places = max(len(narrow.prefix_items), len(wide.prefix_items)) + 1
        items = [(item(narrow, place), item(wide, place)) for place in range(places if most is None else min(places, most))]
        if not all(outer is None or (inner is not None and self.holds(inner, outer, size)) for inner, outer in items):
            return False
        return all(any(self._contains(one, needed, size) for one in narrow.contains) for needed in wide.contains)

    def _contains(self, narrow: canonical.ContainsView, wide: canonical.ContainsView, size: int) -> bool:
        enough = (1 if narrow.min_contains is None else narrow.min_contains) >= (1 if wide.min_contains is None else wide.min_contains)
        if not enough or not self.holds(narrow.schema, wide.schema, size):
            return False
        if wide.max_contains is None:
            return True
        few = narrow.max_contains is not None and narrow.max_contains <= wide.max_contains
        return few and self.holds(wide.schema, narrow.schema, size)


def _values(view: canonical.ConstView | canonical.EnumView) -> list[Any]:
    return [view.value] if isinstance(view, canonical.ConstView) else view.values


def _of_one_type(types: list[str], draft: int) -> Iterator[CanonicalSchema]:
    return (canonicalize({"type": name}, draft=draft) for name in types)


def apart(one: CanonicalSchema, other: CanonicalSchema) -> bool:
    """Whether it is proved that no value is one of both."""
    try:
        return one.intersect(other).satisfiability() == canonical.Satisfiability.NO
    except canonical.CanonicalizationError:
        return False


def _type_of(view: Any) -> str | None:
    kinds = {
        canonical.ObjectView: "object",
        canonical.ArrayView: "array",
        canonical.StringView: "string",
        canonical.IntegerView: "integer",
        canonical.NumberView: "number",
    }
    return kinds.get(type(view))
