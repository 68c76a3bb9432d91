"""Derives payloads from an example: the same payload with other ids and times, and with changes that were tried one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from signalbook.envelopes.opened import UNIDENTIFIED
from signalbook.envelopes.opener import open_payload
from signalbook.reading import pointers
from signalbook.testing import documented, faults, future, text_forms
from signalbook.testing.samples import Fault, Kind, Sample, as_it_arrives, carried
from signalbook.testing.text_trees import Folds, changed, folded, inside_folded, plain, text_paths, unfolded
from signalbook.validation.validator import Request, check_payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from signalbook.engine.levels import Level
    from signalbook.registry import Contract, Envelope, Registry
    from signalbook.testing.changes import Change
    from signalbook.testing.documented import Pool
    from signalbook.testing.places import Describer, Place
    from signalbook.testing.text_trees import Path
    from signalbook.validation.findings import Verdict

_TRIALS = 6
_SPREAD = (
    15_485_863  # a prime number of seconds, about half a year, so that trials cover other months and hours
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What the specimens of one event share: the registry, the contract, the envelopes around it, and values for fields that an example lacks.

    `outermost` is the first envelope of the route, or the bare form if there is none.
    """

    registry: Registry
    contract: Contract
    route: tuple[str, ...]
    outermost: Envelope
    describer: Describer
    pool: Pool


class Specimen:
    """Valid payload of an event, and what can be derived from it. Results depend on the arguments only, so equal choices give equal samples."""

    def __init__(self, setting: Setting, value: Any) -> None:
        self._setting = setting
        event = setting.registry.events[setting.contract.of]
        levels: tuple[Level, ...] = ("documented", "tolerant")
        self._requests = {level: Request.pinned(event, setting.contract.version, level) for level in levels}
        self.value = as_it_arrives(value, setting.outermost)
        self.verdict = self._judged(self.value)
        self._usable: dict[tuple[Kind, int], bool] = {}

    @property
    def fits(self) -> bool:
        """Whether it is a valid payload of this event and no other."""
        return self.verdict.ok and self.verdict.event == self._setting.contract.of

    def _judged(self, value: Any, level: Level = "documented") -> Verdict:
        return check_payload(value, self._setting.registry, self._requests[level])

    @cached_property
    def _opened(self) -> tuple[Any, ...]:
        return open_payload(self.value, self._setting.registry)

    @cached_property
    def _places(self) -> list[Place]:
        return list(self._setting.describer.places(self._opened, self._setting.contract.version))

    @cached_property
    def _texts(self) -> list[Path]:
        """The paths of the strings with JSON text that contracts describe."""
        return text_paths(self.value, [place.path for place in self._places])

    @cached_property
    def _unfolded(self) -> tuple[Any, Folds]:
        return unfolded(self.value, self._texts)

    @cached_property
    def _varied(self) -> list[Place]:
        """Places that may vary: not the strings whose JSON content is described, because their content varies instead."""
        fixed = {*self._texts, *((name,) for name in self._setting.outermost.transport.md5)}
        return [
            place for place in self._places if not isinstance(place.value, str) or place.path not in fixed
        ]

    @cached_property
    def _leaves(self) -> dict[Path, Callable[[int, int], Any]]:
        """For each text with an id or a time, the function that returns its new value from an id number and an offset in seconds."""
        times = documented.times(self._varied)
        if any(_is_unread_time(place) and place.path not in times for place in self._varied):
            times = {}  # shifting the readable times would make them inconsistent with the unreadable one
        leaves: dict[Path, Callable[[int, int], Any]] = {
            path: _later(*found) for path, found in times.items()
        }
        fixed = {"const", "enum", "x-known"}
        for place in self._varied:
            # Some names look like ids, but the name of the event is not one.
            names_it = bool(self.verdict.name) and str(self.verdict.name) in str(place.value)
            if (
                isinstance(place.value, str)
                and place.path not in leaves
                and not place.keywords & fixed
                and not names_it
            ):
                leaves[place.path] = _other_ids(place.value)
        return self._tried(leaves)

    def _tried(self, leaves: dict[Path, Callable[[int, int], Any]]) -> dict[Path, Callable[[int, int], Any]]:
        """Return the leaves that may change: a form can be narrower than it looks, such as an id in a name that the catalogue knows."""
        for trial in range(1, _TRIALS + 1):
            verdict = self._judged(
                folded(_replaced(self._unfolded[0], leaves, trial, trial * _SPREAD), self._unfolded[1])
            )
            if not self._is_documented(verdict):
                wrong = {finding.pointer for finding in verdict.findings if finding.severity != "note"}
                kept = {path: change for path, change in leaves.items() if pointers.join(path) not in wrong}
                return self._tried(kept) if len(kept) < len(leaves) else {}
        return leaves

    @cached_property
    def _changes(self) -> dict[Kind, list[Change]]:
        return {
            "documented": list(documented.changes(self._varied, self._setting.pool)),
            "tomorrow": list(future.changes(self._varied, self._opened)),
            "broken": list(faults.faults(self._places, self._opened)),
        }

    def usable(self, kind: Kind) -> Iterator[Change]:
        """Yield the changes of a kind that have the intended effect on this payload, each tried alone."""
        yield from (change for number, change in enumerate(self._changes[kind]) if self._does(kind, number))

    def chosen(self, kind: Kind, number: int) -> Change | None:
        """Return the change with an index, or the next one that has its intended effect, or None if there is none."""
        count = len(self._changes[kind])
        found = next(
            (place % count for place in range(number, number + count) if self._does(kind, place % count)),
            None,
        )
        return None if found is None else self._changes[kind][found]

    def count(self, kind: Kind) -> int:
        """Return the number of changes of a kind, including unusable ones."""
        return len(self._changes[kind])

    def _does(self, kind: Kind, number: int) -> bool:
        if (kind, number) not in self._usable:
            self._usable[kind, number] = self.sample(kind, 0, 0, [self._changes[kind][number]]) is not None
        return self._usable[kind, number]

    def sample(self, kind: Kind, ids: int, seconds: int, changes: Iterable[Change]) -> Sample | None:
        """Return the payload with other ids, its times shifted by `seconds`, and changes applied, the one of its kind last.

        Returns None if the result is not of its kind. A change whose place is gone is skipped, unless it is the last one.
        """
        tree = (
            _replaced(self._unfolded[0], self._leaves, ids, seconds) if ids or seconds else self._unfolded[0]
        )
        wanted = list(changes)
        done: list[Change] = []
        for change in wanted:
            try:
                tree = changed(tree, change.path, self._applying(change))
            except (LookupError, TypeError, ValueError, AttributeError):
                continue
            done.append(change)
        last = done[-1] if done else None
        if wanted and last is not wanted[-1] and kind != "documented":
            return None
        written = folded(tree, self._unfolded[1])
        at_fault = str(last.path[0]) if kind == "broken" and last and last.path else None
        value = as_it_arrives(written, self._setting.outermost, at_fault)
        # In a form, a number is text like any other, so that fault has no effect.
        if (
            kind == "broken" and value != written and self._setting.outermost.transport.form
        ) or not self._is_so(kind, value, done):
            return None
        fault = (
            Fault(last.kind, last.path, last.rules, last.field, last.contract, last.telling)
            if kind == "broken" and last
            else None
        )
        name = next((change.name for change in done if change.name), None)
        setting = self._setting
        data, headers = carried(value, setting.outermost)
        why = tuple(change.why for change in done)
        return Sample(
            setting.contract.of,
            setting.contract.version,
            setting.route,
            kind,
            value,
            data,
            headers,
            why,
            fault,
            name,
        )

    def _applying(self, change: Change) -> Callable[[Any], Any]:
        """Return the function that applies a change. Non-text must be told from future text only where JSON text belongs."""
        folds = self._unfolded[1].at(change.path)
        if change.kind == "key":
            # Under another key nothing is known about the text, so it has to be folded first.
            return lambda old: change.apply(inside_folded(old, folds))
        return change.apply if folds.here else lambda old: plain(change.apply(old))

    def _is_so(self, kind: Kind, value: Any, done: list[Change]) -> bool:
        if kind == "documented":
            return self._is_documented(self._judged(value))
        if not done:
            return False
        last = done[-1]
        if kind == "broken":
            # Fuzz tests ask whether a fault alone is found at its place. Next to other changes it may be hidden: in a payload with few
            # fields, one missing key can make it look like another product's. Such a payload is not used.
            verdict = self._judged(value)
            return not verdict.ok and (
                len(done) == 1
                or faults.is_found(last.path, last.rules, last.field, verdict, telling=last.telling)
            )
        verdict = self._judged(value, "tolerant")
        if last.name and not verdict.ok:
            return verdict.name == last.name and {finding.rule for finding in verdict.errors} <= UNIDENTIFIED
        return verdict.ok and verdict.event == self._setting.contract.of

    def _is_documented(self, verdict: Verdict) -> bool:
        """Return whether a verdict has no findings beyond those of the example, such as a deprecated event."""
        told = {finding.rule for finding in self.verdict.findings}
        return (
            verdict.ok
            and verdict.event == self.verdict.event
            and {finding.rule for finding in verdict.findings} <= told
        )


def _is_unread_time(place: Place) -> bool:
    text = place.value
    return (
        isinstance(text, str)
        and any("yyyy" in schema.get("x-form", "") for schema in place.schemas)
        and sum(map(str.isdigit, text)) > 7  # noqa: PLR2004
    )


def _later(at: datetime, form: text_forms.Form) -> Callable[[int, int], Any]:
    return lambda _, seconds: form.written(at + timedelta(seconds=seconds))


def _other_ids(text: str) -> Callable[[int, int], Any]:
    return lambda ids, _: text_forms.with_other_ids(text, ids)


def _replaced(tree: Any, leaves: dict[Path, Callable[[int, int], Any]], ids: int, seconds: int) -> Any:
    for path, leaf in leaves.items():
        new = leaf(ids, seconds)
        tree = changed(tree, path, lambda _, new=new: new)  # type: ignore[misc]  # mypy cannot infer the type of a default
    return tree
