"""The payload walk: a document in, verdicts out. `check_payload` is the walk itself.

bytes → `jsontext` → `envelopes` (open, nested, until an event) → `registry` (which contract) → `engine` → verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.envelopes import Layer, Obstacle, Opened, open_payload
from signalbook.findings import Finding, Part, Severity, Status, Verdict
from signalbook.intake import payloads
from signalbook.jsontext import NotJSON, shown
from signalbook.judging import ANY, Request, judge, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.intake import Document
    from signalbook.registry import Registry

__all__ = ["Judged", "Request", "check_document", "check_payload", "unreadable", "walk_payload"]


def check_document(document: Document, registry: Registry, request: Request) -> Iterator[Verdict]:
    """Yield a verdict for each payload of a document: one, or one for each item of an array."""
    try:
        found = payloads(document)
    except NotJSON as problem:
        yield unreadable(problem).located(document.source, document.line, None)
        return
    for index, payload in found:
        yield check_payload(payload, registry, request).located(document.source, document.line, index)


def unreadable(problem: NotJSON) -> Verdict:
    """Return the verdict on something that is not one JSON document."""
    return Verdict("unreadable", findings=(Finding(problem.rule, "error", "", str(problem), hint=problem.hint),))


def check_payload(payload: Any, registry: Registry, request: Request) -> Verdict:
    """Return the verdict on one payload."""
    return walk_payload(payload, registry, request)[0]


def walk_payload(payload: Any, registry: Registry, request: Request) -> tuple[Verdict, list[Judged]]:
    """Return the verdict on one payload, and each thing it carries: open it, judge every envelope once and every body, put it together."""
    opened = [_as_asked(one, request) for one in open_payload(payload, registry)]
    layers = {layer.path: layer for one in opened for layer in one.wrappers}
    # We know an envelope from the pages of the products in the catalogue: around another product's event, its contract is not ours to hold up.
    foreign = {one.layers[-1].path for one in opened if one.foreign}
    around = {path: _Around([]) if path in foreign else _judge_layer(layer, request) for path, layer in layers.items()}
    judged = [_judge_body(one, request, around) for one in opened]
    return _verdict(judged, [finding for layer in around.values() for finding in layer.findings]), judged


def _as_asked(one: Opened, request: Request) -> Opened:
    """Return the opened thing as the event the caller names, if the caller names one and there is a body to hold against it."""
    if request.event is None or not isinstance(one.body, dict) or (one.obstacle and one.obstacle.rule in ("ambiguous", "too-nested")):
        return one
    return Opened(one.layers, one.path, one.body, has_body=True, event=request.event, name=one.name or request.event.name, clues=one.clues)


@dataclass(frozen=True, slots=True)
class _Around:
    """The findings of one envelope; where it carries a list, also those that concern no item and those of each.

    `place` is the index of the item's number in a path. An envelope with a list inside a list would go by the outer one.
    """

    findings: list[Finding]
    place: int | None = None
    common: list[Finding] = field(default_factory=list)
    items: dict[str, list[Finding]] = field(default_factory=dict)

    def of(self, one: Opened) -> list[Finding]:
        """Return the findings that concern one of the carried things: a fault of its sibling is none of its own."""
        if self.place is None or len(one.path) <= self.place:
            return self.findings
        return [*self.common, *self.items.get(str(one.path[self.place]), ())]


def _judge_layer(layer: Layer, request: Request) -> _Around:
    # A version asked for is one of the event; an archived event may stand in an archived envelope.
    version = ANY if request.version else None
    findings = judge(layer.envelope, layer.value, layer.path, replace(request, version=version))[1]
    if "*" not in layer.envelope.at or not findings:
        return _Around(findings)
    place = len(layer.path) + layer.envelope.at.index("*")
    out = _Around(findings, place)
    for finding in findings:
        steps = naming.tokens(finding.pointer)
        (out.items.setdefault(steps[place], []) if len(steps) > place else out.common).append(finding)
    return out


@dataclass(frozen=True, slots=True)
class Judged:
    """One opened thing and its part of the verdict; `findings` leave out those of its envelopes."""

    opened: Opened
    version: str | None
    status: Status
    findings: tuple[Finding, ...]


def _judge_body(one: Opened, request: Request, around: dict[tuple[str | int, ...], _Around]) -> Judged:
    outside = [finding for layer in one.wrappers for finding in around[layer.path].of(one)]
    findings: list[Finding] = []
    version = None
    if one.event:
        masked = any(layer.envelope.masked for layer in one.layers)
        contract, findings = judge(one.event, one.body if one.has_body else None, one.path, request, masked=masked)
        version = contract.version
        findings = [*findings, *_general(one)]
    if one.obstacle:
        findings += [] if _is_explained(one.obstacle, outside) else [_from_obstacle(one.obstacle)]
    return Judged(one, version, status_of([*outside, *findings]), tuple(findings))


def _general(one: Opened) -> Iterator[Finding]:
    """Yield a warning where a name that only a general contract takes is nearly one that has its own."""
    if one.meant and one.event:
        place = next(clue.pointer for clue in one.clues if clue.part == "name")
        message = f"{one.name!r} has no contract of its own, so {one.event.id} is asked for"
        yield Finding("general-contract", "warning", place, message, found=shown(one.name), hint=f"did you mean {' or '.join(map(repr, one.meant))}?")


def _is_explained(obstacle: Obstacle, outside: Iterable[Finding]) -> bool:
    """Whether an envelope's own contract already reports what keeps us from going on, at that place or around it."""
    about = f"{naming.pointer(obstacle.about or obstacle.path)}/"
    places = (f"{found.pointer}/{naming.escape(found.field)}" if found.field else found.pointer for found in outside if found.severity == "error")
    return any(place and about.startswith(f"{place}/") for place in places)


def _from_obstacle(obstacle: Obstacle) -> Finding:
    severity: Severity = "note" if obstacle.rule == "empty-envelope" else "error"
    field = str(obstacle.about[-1]) if obstacle.rule == "required" and obstacle.about else None
    return Finding(obstacle.rule, severity, naming.pointer(obstacle.path), obstacle.message, field, found=obstacle.found, hint=obstacle.hint)


def _verdict(judged: list[Judged], around: list[Finding]) -> Verdict:
    findings = (*around, *(finding for one in judged for finding in one.findings))
    parts = tuple(_part(one) for one in judged)
    event, name, version = (_common(getattr(part, what) for part in parts) for what in ("event", "name", "version"))
    envelopes = _shared_beginning([part.envelopes for part in parts])
    several = parts if len(parts) > 1 else ()
    return Verdict(status_of(findings), event, name, version, envelopes, findings, several)


def _part(one: Judged) -> Part:
    opened = one.opened
    envelopes = tuple(layer.envelope.id for layer in opened.wrappers)
    event = opened.event.id if opened.event else None
    return Part(naming.pointer(opened.path), event, opened.name, one.version, envelopes, one.status)


def _shared_beginning(chains: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the envelopes that stand around all parts, from the outside in."""
    return tuple(same[0] for same in takewhile(lambda same: len(set(same)) == 1, zip(*chains, strict=False)))


def _common(values: Iterable[Any]) -> Any:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None
