"""Proves that one schema accepts everything that another accepts, with jsonschema-rs's set algebra first and rules for the parts second.

Every rule is sound: it answers yes only if every value of the narrow schema is one of the wide schema. No rule answers no: that takes a
witness. Schemas that refer to themselves are compared by induction on the size of a value: a question that recurs inside a smaller value may
be assumed true, because JSON values are finite.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from jsonschema_rs import CanonicalSchema, canonical, canonicalize

from signalbook.compat import string_sets
from signalbook.compat.example_values import finite, item
from signalbook.compat.schemas import aligned, decider
from signalbook.compat.string_sets import alternatives, text

if TYPE_CHECKING:
    from collections.abc import Callable

    Holds = Callable[[CanonicalSchema, CanonicalSchema], bool]
    from collections.abc import Iterator

    from signalbook.compat.schemas import Subject


def covered_by_names(narrow: canonical.ObjectView, wide: canonical.ObjectView, holds: Holds) -> bool:
    """Return whether every object of one view is proved to be one of another. `holds` answers the same for the values inside."""
    fewest = max(narrow.min_properties or 0, len(narrow.required))
    if (
        (wide.min_properties or 0) > fewest
        or not set(wide.required) <= set(narrow.required)
        or wide.violations
    ):
        return False
    if wide.max_properties is not None and (
        narrow.max_properties is None or narrow.max_properties > wide.max_properties
    ):
        return False
    if wide.property_names is not None and not _names_covered(narrow, wide.property_names, holds):
        return False
    return _Names(narrow, wide, holds).covered()


def _names_covered(narrow: canonical.ObjectView, wanted: CanonicalSchema, holds: Holds) -> bool:
    """Return whether the wide side accepts every name that the narrow side allows. A property whose schema is false excludes its name."""
    if narrow.property_names is not None and holds(narrow.property_names, wanted):
        return True
    allowed, barred = string_sets.names(narrow.property_names)
    barred += [
        text(name)
        for name, schema in narrow.properties.items()
        if schema.kind == canonical.CanonicalKind.FALSE
    ]
    demands = string_sets.demands(wanted.view())
    return bool(demands) and string_sets.kept(allowed, barred, demands)


class _Names:
    """The names of two objects, and what each side requires of their values."""

    def __init__(self, narrow: canonical.ObjectView, wide: canonical.ObjectView, holds: Holds) -> None:
        self._narrow, self._wide, self._holds = narrow, wide, holds
        self._named = list(dict.fromkeys([*narrow.properties, *wide.properties]))
        self._allowed, self._barred = string_sets.names(narrow.property_names)

    def covered(self) -> bool:
        """Return whether the narrow side constrains every value at least as much as the wide side does."""
        return (
            all(map(self._by_name, self._named))
            and all(
                self._by_pattern([pattern], [], schema)
                for pattern, schema in self._wide.pattern_properties.items()
            )
            and (
                self._wide.additional_properties is None
                or self._by_pattern([], list(self._wide.pattern_properties), self._wide.additional_properties)
            )
        )

    def _by_name(self, name: str) -> bool:
        if string_sets.empty([*self._allowed, text(name)], self._barred):
            return True
        given = [schema for _, schema in _asked(self._narrow, name, doubtful=False)]
        given += _together(given)
        # An unreadable pattern surely matches a name on the narrow side only where it matches the name on the wide side.
        same = self._narrow.pattern_properties
        wanted = _asked(self._wide, name, doubtful=True)
        return all(
            any(self._holds(one, need) for one in [*given, *([same[pattern]] if pattern in same else [])])
            for pattern, need in wanted
        )

    def _by_pattern(self, matched: list[str], unmatched: list[str], wanted: CanonicalSchema) -> bool:
        """Return whether the wide side accepts the values of all undeclared names that match `matched` and none of `unmatched`."""
        patterns = self._narrow.pattern_properties
        if any(self._holds(patterns[pattern], wanted) for pattern in matched if pattern in patterns):
            return True
        within, outside = string_sets.sets_of(matched), string_sets.sets_of(unmatched)
        if len(within) < len(matched) or len(outside) < len(unmatched):
            return False
        left = [*self._allowed, *within]
        good = string_sets.sets_of(
            pattern for pattern, schema in patterns.items() if self._holds(schema, wanted)
        )
        beyond = [*self._barred, *outside, *map(text, self._named), *good]
        if string_sets.empty(left, beyond):
            return True
        additional = self._narrow.additional_properties
        if additional is None or not self._holds(additional, wanted):
            return False
        # additionalProperties covers names that no pattern of the narrow side matches; the remaining names match one of the patterns.
        read = string_sets.sets_of(patterns)
        return len(read) == len(patterns) and (
            not read or string_sets.empty([*left, alternatives(read)], beyond)
        )


def _asked(
    view: canonical.ObjectView, name: str, *, doubtful: bool
) -> list[tuple[str | None, CanonicalSchema]]:
    """Return the schemas that apply to the value of a name, each with the pattern it belongs to, if any.

    A pattern that cannot be read may or may not match: with `doubtful` the result has every schema that may apply, without it only those that do.
    """
    matched = {pattern: string_sets.matches(pattern, name) for pattern in view.pattern_properties}
    named: list[tuple[str | None, CanonicalSchema]] = (
        [(None, view.properties[name])] if name in view.properties else []
    )
    found = [
        (pattern, schema)
        for pattern, schema in view.pattern_properties.items()
        if matched[pattern] or (matched[pattern] is None and doubtful)
    ]
    sure = bool(named) or any(matched.values())
    unread = None in matched.values()
    rest = view.additional_properties if not sure and (doubtful or not unread) else None
    return [*named, *found, *([(None, rest)] if rest is not None else [])]


def _together(schemas: list[CanonicalSchema]) -> list[CanonicalSchema]:
    """Return a one-item list with the intersection of the schemas; empty if there are fewer than two or it cannot be expressed."""
    if len(schemas) < 2:  # noqa: PLR2004
        return []
    out = schemas[0]
    try:
        for one in schemas[1:]:
            out = out.intersect(one)
    except ValueError:
        return []
    return [out]


_MOST_QUESTIONS = 4_000
"""Pairs of subschemas compared before the proof is given up: a few seconds for the largest contracts."""

_MOST_TURNS = 3
"""How often `not` may reverse a question. Each reversal starts a new proof."""


def covered(narrow: Subject, wide: Subject, seconds: float) -> bool:
    """Return whether it is proved that `wide` accepts every value that `narrow` accepts. False means no proof, not a disproof.

    No new pair of subschemas is compared after `seconds`.
    """
    try:
        return Proof(monotonic() + seconds).holds(*aligned(narrow, wide))
    except (RecursionError, ValueError):
        return False  # too deep, or something has no equivalent in the other dialect


Question = tuple[CanonicalSchema, CanonicalSchema]
"""A narrow and a wide schema: is every value of the first a value of the second?"""


class Proof:
    """One proof attempt and the questions it has met. It terminates, because it asks a limited number of questions, and none after `end`."""

    def __init__(self, end: float, turned: int = 0) -> None:
        self._end = end
        self._turned = turned
        self._answers: dict[Question, bool] = {}
        self._pending: dict[Question, int] = {}
        self._tentative: dict[Question, int] = {}
        self._assumed = 0

    def holds(self, narrow: CanonicalSchema, wide: CanonicalSchema, size: int = 0) -> bool:
        """Return whether every value of `narrow` is proved to be one of `wide`. `size` counts the steps into the value: each makes it smaller."""
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
        """Store an answer. A yes that depends on an open question is tentative: it can be reused only while that question stays open.

        It can be reused at the same depth inside the value or deeper, because there the open question still concerns a smaller value.
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
        if isinstance(seen, canonical.StringView) and string_sets.empty(
            string_sets.inside(seen), string_sets.outside(seen)
        ):
            return True  # no text satisfies its patterns and lengths together
        match against:
            case canonical.ReferenceView(uri):
                target = wide.definition(uri)
                return target is not None and self.holds(narrow, target, size)
            case canonical.AllOfView(branches):
                return all(self.holds(narrow, branch, size) for branch in branches)
            case canonical.AnyOfView(branches):
                if any(self.holds(narrow, branch, size) for branch in branches) or string_sets.covered_by_any(
                    seen, branches
                ):
                    return True
            case canonical.OneOfView(branches) if self._in_one(narrow, branches, size):
                return True
            case canonical.NotView(schema) if apart(narrow, schema) or (
                isinstance(seen, canonical.NotView)
                and self._turned < _MOST_TURNS
                and Proof(self._end, self._turned + 1).holds(schema, seen.schema)
            ):
                return True
        return self._by_parts(narrow, seen, wide, against, size)

    def _by_parts(  # noqa: PLR0911 - a table
        self, narrow: CanonicalSchema, seen: Any, wide: CanonicalSchema, against: Any, size: int
    ) -> bool:
        match seen, against:
            case ((canonical.AllOfView(branches) | canonical.OneOfView(branches)), _):
                some = any if isinstance(seen, canonical.AllOfView) else all
                return some(self.holds(branch, wide, size) for branch in branches)
            case canonical.TypedGroupView(_, body), _:
                return self.holds(body, wide, size)
            case _, canonical.TypedGroupView(name, body):
                return _type_of(seen) == name and self.holds(narrow, body, size)
            case canonical.ObjectView(), canonical.ObjectView():
                return covered_by_names(
                    seen, against, lambda inner, outer: self.holds(inner, outer, size + 1)
                )
            case canonical.ArrayView(), canonical.ArrayView():
                return self._arrays(seen, against, size + 1)
            case canonical.StringView(), canonical.StringView():
                return string_sets.covered(seen, against)
            case canonical.MultiTypeView(types=["string"]), canonical.StringView():
                return string_sets.covered(None, against)
            case canonical.StringView(), canonical.ConstView() | canonical.EnumView():
                return string_sets.listed(seen, _values(against))
        return False

    def _in_one(self, narrow: CanonicalSchema, branches: list[CanonicalSchema], size: int) -> bool:
        """Return whether every value of `narrow` is one of exactly one branch."""
        return any(
            self.holds(narrow, branch, size)
            and all(apart(narrow, other) for other in branches if other is not branch)
            for branch in branches
        )

    def _arrays(self, narrow: canonical.ArrayView, wide: canonical.ArrayView, size: int) -> bool:
        most = narrow.max_items
        if (narrow.min_items or 0) < (wide.min_items or 0) or (
            wide.max_items is not None and (most is None or most > wide.max_items)
        ):
            return False
        if wide.distinctness not in (canonical.Distinctness.UNCONSTRAINED, narrow.distinctness):
            return False
        places = max(len(narrow.prefix_items), len(wide.prefix_items)) + 1
        items = [
            (item(narrow, place), item(wide, place))
            for place in range(places if most is None else min(places, most))
        ]
        if not all(
            outer is None or (inner is not None and self.holds(inner, outer, size)) for inner, outer in items
        ):
            return False
        return all(
            any(self._contains(one, needed, size) for one in narrow.contains) for needed in wide.contains
        )

    def _contains(self, narrow: canonical.ContainsView, wide: canonical.ContainsView, size: int) -> bool:
        enough = (1 if narrow.min_contains is None else narrow.min_contains) >= (
            1 if wide.min_contains is None else wide.min_contains
        )
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
    """Return whether it is proved that no value belongs to both schemas."""
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
