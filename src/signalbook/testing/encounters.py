"""Counts, call by call, what a handler has received, read and accepted, and reports it as JSON and as text."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from signalbook import terminal
from signalbook.codegen import writer
from signalbook.engine import levels
from signalbook.envelopes.opener import open_payload
from signalbook.reading import pointers, strict_json
from signalbook.reading.strict_json import compact
from signalbook.testing.sampler import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signalbook.engine.levels import Way
    from signalbook.envelopes.opener import Opened
    from signalbook.registry import Contract, Registry
    from signalbook.testing.calls import Outcome
    from signalbook.testing.sampler import Sample


_LIST_WORDS = ("enum", "x-known")


@dataclass
class Encounters:
    """What one test's handler has received of one event. Fields are JSON Pointers into the event's body, with `*` for any item."""

    test: str
    event: str
    versions: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    fields: dict[str, int] = field(default_factory=dict)
    values: dict[str, dict[str, int]] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    read_elsewhere: Counter[str] = field(default_factory=Counter)
    watched: int = 0
    ways: list[Way] = field(default_factory=list)
    broken: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, sample: Sample, outcome: Outcome, contract: Contract, registry: Registry) -> None:
        """Count one call."""
        self.versions[sample.version] += 1
        self.routes[written(sample.route)] += 1
        self.kinds[sample.kind] += 1
        if sample.fault:
            self.broken[sample.fault.kind]["raised" if outcome.error else "let through"] += 1
        opened = open_payload(sample.value, registry)
        if not self.ways:
            self._prepare(contract)
        if sample.kind == "documented":
            self._met(opened)
        if outcome.trace and outcome.trace.read:
            self.watched += 1
            self._read(outcome.trace.read, opened)

    def _prepare(self, contract: Contract) -> None:
        for way, schemas in levels.places(contract.resolved, texts=True):
            if way:
                self.ways.append(way)
                pointer = pointers.join(way)
                self.fields.setdefault(pointer, 0)
                self.read.setdefault(pointer, 0)
                for value in (
                    value for schema in schemas for word in _LIST_WORDS for value in schema.get(word, ())
                ):
                    self.values.setdefault(pointer, {}).setdefault(compact(value), 0)

    def _met(self, opened: Iterable[Opened]) -> None:
        for body in (one.body for one in opened if one.has_body):
            for way in self.ways:
                pointer = pointers.join(way)
                for _, value in levels.values_at(body, way):
                    self.fields[pointer] += 1
                    listed = self.values.get(pointer, {})
                    if compact(value) in listed:
                        listed[compact(value)] += 1

    def _read(self, paths: set[tuple[str | int, ...]], opened: tuple[Opened, ...]) -> None:
        bodies = [one.path for one in opened]
        for path in paths:
            body = next(
                (body for body in bodies if path[: len(body)] == body and len(path) > len(body)), None
            )
            pointer = pointers.join(
                "*" if isinstance(step, int) else step for step in path[len(body or ()) :]
            )
            known = (
                next((one for one in _spellings(pointer) if one in self.read), None)
                if body is not None
                else None
            )
            if known:
                self.read[known] += 1
            else:
                self.read_elsewhere[
                    pointers.join("*" if isinstance(step, int) else step for step in path)
                ] += 1

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as JSON-compatible values; `meta/encounters.schema.json` describes them."""
        return {
            "test": self.test,
            "event": self.event,
            "versions": dict(sorted(self.versions.items())),
            "envelopes": dict(sorted(self.routes.items())),
            "kinds": dict(sorted(self.kinds.items())),
            "fields": self.fields,
            "values": self.values,
            "watched": self.watched,
            "read": self.read,
            "readElsewhere": dict(sorted(self.read_elsewhere.items())),
            "broken": {
                kind: {"raised": counts["raised"], "letThrough": counts["let through"]}
                for kind, counts in sorted(self.broken.items())
            },
        }


def _spellings(pointer: str) -> Iterator[str]:
    """Yield a pointer, and the same pointer with each name replaced by `*`, last one first: the keys of a map."""
    yield pointer
    steps = pointer.split("/")
    for place in range(len(steps) - 1, 0, -1):
        yield "/".join([*steps[:place], "*", *steps[place + 1 :]])


def text(reports: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Render reports, as returned by `Encounters.as_dict`, as lines of text."""
    for report in reports:
        yield f"{report['event']}  in {report['test']}"
        yield f"    versions   {_counts(report['versions'])}"
        yield f"    envelopes  {_counts(report['envelopes'])}"
        yield f"    payloads   {_counts(report['kinds'])}"
        yield f"    fields met {_share(report['fields'])}"
        values = {
            f"{pointer} {value}": count
            for pointer, found in report["values"].items()
            for value, count in found.items()
        }
        if values:
            yield f"    values met {_share(values)}"
        if report["watched"]:
            yield f"    it read    {', '.join(one for one, count in report['read'].items() if count) or 'no field of the event'}"
        else:
            yield "    it read    what it read could not be watched"
        if report["readElsewhere"]:
            yield f"    elsewhere  {', '.join(report['readElsewhere'])}"
        if passed := {kind: counts for kind, counts in report["broken"].items() if counts["letThrough"]}:
            told = ", ".join(
                f"{kind} ({counts['letThrough']} of {counts['letThrough'] + counts['raised']})"
                for kind, counts in passed.items()
            )
            yield f"    let through without a word, though broken: {told}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counts.items())


def _share(counts: dict[str, int]) -> str:
    missed = [name for name, count in counts.items() if not count]
    return f"{len(counts) - len(missed)} of {len(counts)}" + (f"; not {', '.join(missed)}" if missed else "")


def merged(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort reports by test and event, whichever worker made them."""
    return sorted(reports, key=lambda report: (report["test"], report["event"]))


def _text(reports: list[dict[str, Any]]) -> str:
    return terminal.lines(text(reports)) or "no handler was tested"


def _json(reports: list[dict[str, Any]]) -> str:
    return terminal.json_lines(
        strict_json.canonical({"signalbook-encounters": 1, "handlers": reports}).decode().rstrip("\n")
    )


FORMS: dict[str, Callable[[list[dict[str, Any]]], str]] = {"text": _text, "json": _json}
"""Report formats."""


def save(file: str, text: str) -> None:
    """Write a report to a file. Raises OSError."""
    writer.make(file, f"{text}\n".encode(), parents=True)
