"""Validates the payloads of a document and returns verdicts.

bytes → `strict_json` → `envelopes` (opens nested envelopes down to an event) → `registry` (selects the contract) → `engine` → verdict.
`check_payload` validates one payload.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.envelopes.opener import Layer, Obstacle, Opened, open_payload
from signalbook.reading import pointers
from signalbook.reading.decoding import opened_payloads
from signalbook.reading.json_text import DEFAULT_LIMITS, GZIP, NotJSON
from signalbook.reading.locations import key_place, places
from signalbook.reading.strict_json import shown
from signalbook.validation import attributes
from signalbook.validation.contracts import PAYLOAD, Request, judge, status_of
from signalbook.validation.findings import Finding, Part, Status, Verdict, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from signalbook.engine.levels import Severity
    from signalbook.reading.documents import Document
    from signalbook.reading.json_text import Limits
    from signalbook.registry import Contract, Event, Registry


def pinpointed(verdicts: list[Verdict], document: Document, *, fast: bool = False) -> list[Verdict]:
    """Return a document's verdicts with the line and column of each finding. The text is scanned once for all of them.

    `fast` says that the fast path returned the verdicts: their findings are at keys that exist, and none is inside Base64.
    """
    if document.data.startswith(GZIP):
        return verdicts  # the payload arrived compressed, so no editor shows its lines
    if fast and len(verdicts) == 1 and (verdict := _with_places_of_keys(verdicts[0], document)):
        return [verdict]
    wanted = {_pointer(finding, verdict, document) for verdict in verdicts for finding in verdict.findings}
    found = places(document.data, wanted)
    return [
        verdict.with_findings(
            tuple(
                _placed(finding, found[_pointer(finding, verdict, document)], document.start)
                for finding in verdict.findings
            )
        )
        if verdict.findings
        else verdict
        for verdict in verdicts
    ]


def _with_places_of_keys(verdict: Verdict, document: Document) -> Verdict | None:
    """Return a verdict with the place of each finding, or None if one is not obvious. All findings are at keys of the document."""
    if not document.data.startswith(b"{"):
        return None
    found = [
        (
            finding,
            key_place(document.data, pointers.split(finding.pointer)[-1]) if finding.pointer else (1, 1),
        )
        for finding in verdict.findings
    ]
    if any(place is None for _, place in found):
        return None
    return verdict.with_findings(
        tuple(_placed(finding, place, document.start) for finding, place in found if place)
    )


def _pointer(finding: Finding, verdict: Verdict, document: Document) -> str:
    """Return a finding's pointer into the document. If an array was read at once, it starts with the payload's index."""
    inside = verdict.index is not None and document.index is None
    return f"/{verdict.index}{finding.pointer}" if inside else finding.pointer


def _placed(finding: Finding, place: tuple[int, int], start: tuple[int, int]) -> Finding:
    line, column = place
    return finding._replace(line=line + start[0] - 1, column=column + (start[1] - 1 if line == 1 else 0))


__all__ = ["Judged", "Request", "check_document", "check_payload", "unreadable", "walk_payload"]


def check_document(  # noqa: PLR0913 - the first three say what is validated, the others how
    document: Document,
    registry: Registry,
    request: Request,
    limits: Limits = DEFAULT_LIMITS,
    fast: Callable[[Any], Verdict | None] = lambda _: None,
    *,
    places: bool = True,
) -> list[Verdict]:
    """Return a verdict for each payload of a document: one, or one for each item of an array.

    `fast` is called first. It returns the verdict on a payload, or None for a payload that must be explained. With `places`, findings have a line and
    column in the file.
    """
    try:
        payloads = opened_payloads(document, limits)
    except NotJSON as problem:
        return [unreadable(problem).located(document.source, document.line, document.index)]
    found = [(index, payload, fast(payload)) for index, payload in payloads]
    verdicts = [
        (verdict or check_payload(payload, registry, request)).located(document.source, document.line, index)
        for index, payload, verdict in found
    ]
    if places and any(verdict.findings for verdict in verdicts):
        return pinpointed(verdicts, document, fast=all(verdict for _, _, verdict in found))
    return verdicts


def unreadable(problem: NotJSON) -> Verdict:
    """Return the verdict on input that is not a single JSON document."""
    finding = Finding(
        problem.rule, "error", "", str(problem), hint=problem.hint, line=problem.line, column=problem.column
    )
    return Verdict("unreadable", findings=(finding,))


def check_payload(payload: Any, registry: Registry, request: Request) -> Verdict:
    """Return the verdict on one payload."""
    return walk_payload(payload, registry, request)[0]


def walk_payload(payload: Any, registry: Registry, request: Request) -> tuple[Verdict, list[Judged]]:
    """Open one payload, validate each envelope once and each body, and return the verdict and the result for each item in it."""
    opened = [_as_asked(one, request) for one in open_payload(payload, registry)]
    days = _days(opened, request)
    inside: dict[tuple[str | int, ...], tuple[Layer, list[Dated]]] = {}
    for one, day in zip(opened, days, strict=True):
        for layer in one.wrappers:
            inside.setdefault(layer.path, (layer, []))[1].append((one, day))
    around = {path: _judge_layer(layer, held, request) for path, (layer, held) in inside.items()}
    judged = [_judge_body(one, request, around, day) for one, day in zip(opened, days, strict=True)]
    return _verdict(judged, [finding for layer in around.values() for finding in layer.findings]), judged


def _as_asked(one: Opened, request: Request) -> Opened:
    """Return the opened item as the requested event, if the request names one and there is a body to validate."""
    if (
        request.event is None
        or not isinstance(one.body, dict)
        or (one.obstacle and one.obstacle.rule in ("ambiguous", "too-nested"))
    ):
        return one
    return Opened(
        one.layers,
        one.path,
        one.body,
        has_body=True,
        event=request.event,
        name=one.name or request.event.name,
        clues=one.clues,
    )


Dated = tuple[Opened, str | None]
"""An opened item, and the day that it states if the request uses it."""


class _Around(NamedTuple):
    """The findings of one envelope. If it carries a list, also its errors that concern no item (`common`), and those of each item (`items`).

    `place` is the position of the item's index in a path. For a list inside a list, the outer one would count.
    """

    findings: list[Finding]
    place: int | None = None
    common: Sequence[Finding] = ()
    items: Mapping[str, Sequence[Finding]] = MappingProxyType({})

    def of(self, one: Opened) -> list[Finding]:
        """Return at least the errors that concern one item, without those of its siblings."""
        if self.place is None or len(one.path) <= self.place:
            return self.findings
        return [*self.common, *self.items.get(str(one.path[self.place]), ())]


def _days(opened: list[Opened], request: Request) -> list[str | None]:
    """Return the day that each opened item states, or None for each if the request does not use it."""
    if request.at != PAYLOAD:
        return [None] * len(opened)
    from signalbook.validation import dates  # noqa: PLC0415 - only needed for this request

    return [dates.day(one) for one in opened]


def _judge_layer(layer: Layer, inside: list[Dated], request: Request) -> _Around:
    """Return the findings of an envelope around opened items."""
    # Envelope contracts come from the pages of products in the catalogue, so they do not apply around anything outside it.
    foreign = [one for one, _ in inside if one.foreign and one.layers[-1].path == layer.path]
    if len(foreign) == len(inside):
        return _Around([])
    # An envelope around several items is as old as the newest of them.
    when = max((day for _, day in inside if day), default=None)
    asked = request.around(layer.envelope, [one.event for one, _ in inside])
    findings = judge(layer.envelope, layer.value, layer.path, asked, when=when)[1]
    if "*" not in layer.envelope.at or not findings:
        return _Around(findings)
    place = len(layer.path) + layer.envelope.at.index("*")
    skipped = {str(one.path[place]) for one in foreign}
    findings = [
        finding
        for finding in findings
        if not skipped.intersection(pointers.split(finding.pointer)[place : place + 1])
    ]
    common: list[Finding] = []
    items: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.severity != "error":  # only errors affect the status of items
            continue
        steps = pointers.split(finding.pointer)
        (items.setdefault(steps[place], []) if len(steps) > place else common).append(finding)
    return _Around(findings, place, common, items)


class Judged(NamedTuple):
    """One opened item and its part of the verdict; `findings` excludes those of its envelopes."""

    opened: Opened
    version: str | None
    status: Status
    findings: tuple[Finding, ...]


def _judge_body(
    one: Opened, request: Request, around: dict[tuple[str | int, ...], _Around], day: str | None
) -> Judged:
    outside = [finding for layer in one.wrappers for finding in around[layer.path].of(one)]
    findings: list[Finding] = []
    version = None
    if one.event:
        masked = any(layer.envelope.masked for layer in one.layers)
        contract, findings = judge(
            one.event, one.body if one.has_body else None, one.path, request, masked=masked, when=day
        )
        version = contract.version
        findings = [*_attributes(one, one.event, contract, request), *findings, *_general(one)]
        if request.at == PAYLOAD and day is None:
            from signalbook.validation import dates  # noqa: PLC0415 - only needed for this request

            findings += dates.undated(one, request)
    if one.obstacle:
        findings += (
            [] if not one.foreign and _is_explained(one.obstacle, outside) else [_from_obstacle(one.obstacle)]
        )
    return Judged(one, version, status_of([*outside, *findings]), tuple(findings))


def _attributes(one: Opened, event: Event, contract: Contract, request: Request) -> Iterator[Finding]:
    """Yield the findings about attributes in the innermost envelope, if it names the event."""
    name = next((clue.value for clue in one.clues if clue.part == "name"), None)
    if one.layers and (rules := attributes.of(event, one.layers[-1].envelope, name)):
        before = pointers.join(one.layers[-1].path)
        found = attributes.findings(event, rules, one.layers[-1].value, contract, request.level)
        yield from (finding._replace(pointer=before + finding.pointer) for finding in found)


def _general(one: Opened) -> Iterator[Finding]:
    """Yield a warning if only a general contract matches, but a similar event has its own contract."""
    if one.meant and one.event:
        part, near = one.meant
        clue = next(clue for clue in one.clues if clue.part == part)
        told = repr(one.name) if part == "name" else f"{one.name!r} of {part} {clue.text!r}"
        message = f"{told} has no contract of its own; checked against {one.event.id}"
        hint = f"did you mean {' or '.join(map(repr, near))}?"
        yield Finding("general-contract", "warning", clue.pointer, message, found=shown(clue.text), hint=hint)


def _is_explained(obstacle: Obstacle, outside: Iterable[Finding]) -> bool:
    """Return whether an error of the envelope's own contract, at that place or around it, already reports the obstacle."""
    about = f"{pointers.join(obstacle.about or obstacle.path)}/"
    places = (
        f"{found.pointer}/{pointers.escape(found.field)}" if found.field else found.pointer
        for found in outside
        if found.severity == "error"
    )
    return any(place and about.startswith(f"{place}/") for place in places)


def _from_obstacle(obstacle: Obstacle) -> Finding:
    severity: Severity = "note" if obstacle.rule == "empty-envelope" else "error"
    field = str(obstacle.about[-1]) if obstacle.rule == "required" and obstacle.about else None
    return Finding(
        obstacle.rule,
        severity,
        pointers.join(obstacle.path),
        obstacle.message,
        field,
        found=obstacle.found,
        hint=obstacle.hint,
    )


def _verdict(judged: list[Judged], around: list[Finding]) -> Verdict:
    findings = (*around, *(finding for one in judged for finding in one.findings))
    return together(tuple(_part(one) for one in judged), findings, status_of(findings))


def _part(one: Judged) -> Part:
    opened = one.opened
    envelopes = tuple(layer.envelope.id for layer in opened.wrappers)
    event = opened.event.id if opened.event else None
    return Part(pointers.join(opened.path), event, opened.name, one.version, envelopes, one.status)
