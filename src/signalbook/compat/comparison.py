"""Compares two schemas: answers the four compatibility questions, lists the changes, and derives the version bump.

With T the tolerant reading of a schema and S its strict reading (see `levels`), *survives* asks whether S(new) is inside T(old): whether
today's consumer keeps working. *reads old* asks whether S(old) is inside T(new): whether the new contract still accepts archived payloads.
Both readings are defined for draft-07. A schema in another dialect, or one that refers to itself, is compared as written.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from signalbook.compat.changes import Change, changes
from signalbook.compat.decision import DRAWS, STEP, Answer, decide
from signalbook.compat.dialects import Unusable
from signalbook.compat.field_facts import inlined, recursive
from signalbook.compat.proof import covered
from signalbook.compat.schemas import Subject
from signalbook.engine import embedded_json, levels
from signalbook.reading.strict_json import at, compact

if TYPE_CHECKING:
    from collections.abc import Callable

    from signalbook.engine.levels import Slot, Way


_KEYWORD = "contentSchema"


def ways(schema: Any) -> frozenset[Way]:
    """Return the paths of the strings in an inlined schema whose content the schema describes."""
    return frozenset(way for way, _ in embedded_json.places(schema))


def lifted(schema: Any) -> Any:
    """Return a schema in which the content schema of each described string replaces the string."""
    if not isinstance(schema, dict):
        return schema
    said = schema.get(_KEYWORD)
    return lifted(said) if isinstance(said, dict) else levels.with_inside(schema, lifted)


def folded(value: Any, lifted_at: frozenset[Way]) -> Any:
    """Return a value with its lifted parts converted back to JSON text."""
    out = deepcopy(value)
    for way in lifted_at:
        for path, inner in list(levels.values_at(out, way)):
            if not path:
                return compact(inner)
            at(out, path[:-1])[path[-1]] = compact(inner)
    return out


_Either = TypeVar("_Either")
Pair = tuple[_Either, _Either]
"""One value per side, the old side first."""
Bump = Literal["none", "patch", "minor", "major"]
BUMPS: tuple[Bump, ...] = ("none", "patch", "minor", "major")
_BY_RULE = ("removed", "renamed", "moved")


@dataclass(frozen=True)
class Comparison:
    """Comparison of two schemas. Expensive results are computed on first access and cached.

    `seconds` is the time limit that messages report. `step` limits each step of a question and defaults to `seconds`.
    """

    old: Any
    new: Any
    slot: Slot = None
    seconds: float = STEP
    step: float | None = None

    @cached_property
    def backward(self) -> Answer:
        """Whether the new schema accepts every value that the old one accepts."""
        return self._answer(*self._subjects)

    @cached_property
    def forward(self) -> Answer:
        """Whether the old schema accepts every value that the new one accepts."""
        return self._answer(*reversed(self._subjects))

    @cached_property
    def survives(self) -> Answer:
        """Whether a consumer of the old version keeps working: S(new) inside T(old)."""
        return self._answer(self._strict[1], self._tolerant[0])

    @cached_property
    def reads_old(self) -> Answer:
        """Whether the new version accepts what was sent under the old one: S(old) inside T(new)."""
        return self._answer(self._strict[0], self._tolerant[1])

    @cached_property
    def changes(self) -> list[Change]:
        """Changes, place by place."""
        return changes(self.old, self.new)

    @cached_property
    def bump(self) -> Bump:
        """Version bump that the change requires.

        major: a consumer may break, that cannot be ruled out, or (by rule) a field was removed, renamed or moved. minor: other values are possible.
        patch: the accepted values are proved to be the same, with other descriptions or another notation. none: nothing changed.
        """
        if compact(self.old) == compact(self.new):
            return "none"
        if any(change.kind in _BY_RULE for change in self.changes) or self.survives.state != "proved":
            return "major"
        return "patch" if self.same_values else "minor"

    def answers(self, *, law_only: bool = False) -> dict[str, Answer]:
        """Return the answers by question. `law_only` leaves out the two that the version rules do not ask."""
        asked = {} if law_only else {"backward": self.backward, "forward": self.forward}
        return {**asked, "survives": self.survives, "readsOld": self.reads_old}

    def as_dict(self, *, law_only: bool = False) -> dict[str, Any]:
        """Return the comparison as JSON-compatible values, described by `src/signalbook/meta/diff.schema.json`."""
        answers = self.answers(law_only=law_only)
        return {
            **{question: answer.state for question, answer in answers.items()},
            "bump": self.bump,
            "changes": [change.as_dict() for change in self.changes],
            "witness": {question: answer.witness for question, answer in answers.items()},
            "reasons": {question: answer.reason for question, answer in answers.items()},
            "bound": {"draws": DRAWS, "seconds": self.seconds},
        }

    @cached_property
    def same_values(self) -> bool:
        """Whether both schemas are proved to accept the same values, both as written and in the strict reading, which reveals new fields."""
        step = self._step
        return all(
            covered(old, new, step) and covered(new, old, step) for old, new in (self._strict, self._subjects)
        )

    @property
    def _step(self) -> float:
        return self.seconds if self.step is None else self.step

    def _answer(self, narrow: Subject, wide: Subject) -> Answer:
        found = decide(narrow, wide, self._step, self.seconds)
        if found.state == "broken":
            return replace(found, witness=folded(found.witness, self._lifted_at))
        if self._contents_apart:
            return Answer(
                "undecided",
                "only one of the schemas describes the JSON text in some string, so what stands in it cannot be compared",
            )
        return found

    @cached_property
    def has_readings(self) -> bool:
        """Whether both schemas have a tolerant and a strict reading: draft-07 schemas that do not refer to themselves have."""
        return all(subject.is_draft_07 for subject in self._written) and not any(
            map(recursive, (self.old, self.new))
        )

    @cached_property
    def _written(self) -> Pair[Subject]:
        return _usable(self.old, self.new, "old"), _usable(self.new, self.old, "new")

    @cached_property
    def _inlined(self) -> Pair[Any]:
        return inlined(self.old, self.old, ()), inlined(self.new, self.new, ())

    @cached_property
    def _described_at(self) -> Pair[frozenset[Way]]:
        old, new = self._inlined
        return ways(old), ways(new)

    @property
    def _lifted_at(self) -> frozenset[Way]:
        """Paths at which strings are compared by their decoded content: where both schemas describe it."""
        old, new = self._described_at
        return old if old == new and self.has_readings else frozenset()

    @property
    def _contents_apart(self) -> bool:
        return any(self._described_at) and not self._lifted_at

    @cached_property
    def _lifted(self) -> Pair[Any]:
        """Both schemas with local references inlined, and with the content schema of described strings in place of the strings."""
        old, new = self._inlined
        return (lifted(old), lifted(new)) if self._lifted_at else (old, new)

    @cached_property
    def _subjects(self) -> Pair[Subject]:
        if not self._lifted_at:
            return self._written
        old, new = self._lifted
        return Subject(old, self.new), Subject(new, self.old)

    @cached_property
    def _strict(self) -> Pair[Subject]:
        return self._read(lambda schema: levels.strict(schema, self.slot))

    @cached_property
    def _tolerant(self) -> Pair[Subject]:
        return self._read(levels.tolerant)

    def _read(self, reading: Callable[[Any], Any]) -> Pair[Subject]:
        """Return both sides in a reading, or as written if they have no readings."""
        if not self.has_readings:
            return self._subjects
        old, new = self._lifted
        return Subject(reading(old)), Subject(reading(new))


def _usable(schema: Any, beside: Any, side: str) -> Subject:
    try:
        return Subject(schema, beside)
    except Unusable as error:
        raise Unusable(str(error), side) from None


def compare(old: Any, new: Any, *, slot: Slot = None, seconds: float = STEP) -> Comparison:
    """Compare two schemas. `slot` is the place where an envelope holds content that is not its own.

    Raises `Unusable` for a schema that is not valid in a known dialect, or that refers to something outside itself.
    """
    found = Comparison(old, new, slot, seconds)
    _ = found._written  # noqa: SLF001 - rejects unusable schemas here, not on first access
    return found
