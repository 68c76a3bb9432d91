"""The payload walk: a document in, verdicts out. `check_payload` is the walk itself.

bytes → `jsontext` → `envelopes` (open, nested, until an event) → `registry` (which contract) → `engine` → verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.envelopes import Layer, Obstacle, Opened, open_payload
from signalbook.errors import UnknownContract
from signalbook.findings import UNIDENTIFIED, Finding, Level, Part, Severity, Status, Verdict
from signalbook.intake import payloads
from signalbook.jsontext import NotJSON
from signalbook.levels import SEVERITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.engine import Problem
    from signalbook.envelopes import Path
    from signalbook.intake import Document
    from signalbook.registry import Contract, Envelope, Event, Registry

ANY = "any"
"""As a version: the newest that accepts the payload."""

_NOTES: dict[str, Severity] = {"empty-envelope": "note"}


@dataclass(frozen=True, slots=True)
class Request:
    """How to check: against a given event (else the one the payload names), a version (else the newest; `ANY`), at a level."""

    event: Event | None = None
    version: str | None = None
    level: Level = "documented"

    @staticmethod
    def of(registry: Registry, event: str | None = None, version: str | None = None, level: Level = "documented") -> Request:
        """Return a request for ids as a user gives them. Raises `UnknownContract`."""
        found = registry.event(event) if event else None
        if version and version != ANY:
            known = {number for one in ([found] if found else registry.events.values()) for number in one.versions}
            if version not in known:
                raise UnknownContract(f"{found.id}@{version}" if found else f"version {version}", tuple(sorted(known, key=naming.version_key)))
        return Request(found, version, level)


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
    """Return the verdict on one payload: open it, judge every envelope once and every body, put it together."""
    opened = [_as_asked(one, request) for one in open_payload(payload, registry)]
    layers = {layer.path: layer for one in opened for layer in one.wrappers}
    by_layer = {path: _judge_layer(layer, request) for path, layer in layers.items()}
    judged = [_judge(one, request, by_layer) for one in opened]
    around = [finding for findings in by_layer.values() for finding in findings]
    return _verdict(judged, around)


def _as_asked(one: Opened, request: Request) -> Opened:
    """Return the opened thing as the event the caller names, if the caller names one and there is a body to hold against it."""
    if request.event is None or not isinstance(one.body, dict):
        return one
    return Opened(one.layers, one.path, one.body, has_body=True, event=request.event, name=one.name or request.event.name, clues=one.clues)


@dataclass(frozen=True, slots=True)
class _Judged:
    """One opened thing and its part of the verdict; `findings` leave out those of its envelopes."""

    opened: Opened
    version: str | None
    status: Status
    findings: tuple[Finding, ...]


def _judge(one: Opened, request: Request, by_layer: dict[Path, list[Finding]]) -> _Judged:
    findings: list[Finding] = []
    version = None
    if one.event:
        contract, findings = _judge_against(one.event, one.body if one.has_body else None, one.path, request.version, request.level)
        version = contract.version
    around = [finding for layer in one.wrappers for finding in by_layer[layer.path]]
    # Where the envelope's own contract already reports what keeps us from reading the name, saying it again helps nobody.
    if one.obstacle and not (one.name is None and one.obstacle.rule == "unknown-event" and _has_errors(around)):
        findings.append(_from_obstacle(one.obstacle))
    return _Judged(one, version, _status([*around, *findings]), tuple(findings))


def _judge_layer(layer: Layer, request: Request) -> list[Finding]:
    # A version asked for is one of the event; an archived event may stand in an archived envelope.
    version = ANY if request.version else None
    return _judge_against(layer.envelope, layer.value, layer.path, version, request.level)[1]


def _judge_against(what: Event | Envelope, value: Any, path: Path, version: str | None, level: Level) -> tuple[Contract, list[Finding]]:
    """Return the contract that was chosen and what it finds; `value` None means that there is no body, which an envelope reports."""
    newest = what.newest
    assert newest is not None, "only a bare form has no contract, and nothing is judged against one"  # noqa: S101
    if version and version != ANY and version not in what.versions:
        message = f"{what.id} has no version {version}"
        return newest, [Finding("unknown-version", "error", "", message, hint=f"it has {', '.join(what.versions)}")]
    chosen = what.versions[version] if version and version != ANY else newest
    extra = _deprecation(what)
    if value is None:
        return chosen, extra
    findings = _findings(chosen, value, path, level)
    if _has_errors(findings) and chosen is newest and (version is None or version == ANY):
        older = next((contract for contract in what.older() if not _has_errors(_findings(contract, value, path, level))), None)
        if older and version == ANY:
            return older, [*_findings(older, value, path, level), *extra]
        if older:
            extra.append(_out_of_date(older, what))
    return chosen, [*findings, *extra]


def _findings(contract: Contract, value: Any, path: Path, level: Level) -> list[Finding]:
    problems = contract.checker.problems(value)
    return [found for problem in problems if (found := _from_problem(problem, contract, path, level))]


def _from_problem(problem: Problem, contract: Contract, path: Path, level: Level) -> Finding | None:
    severity = SEVERITY[level][problem.weight]
    if severity is None:
        return None
    return Finding(
        rule=problem.rule,
        severity=severity,
        pointer=naming.pointer((*path, *problem.path)),
        message=problem.message,
        field=problem.field,
        expected=problem.expected,
        found=problem.found,
        hint=problem.hint,
        description=problem.description,
        contract=str(contract),
        source=contract.page.place,
    )


def _from_obstacle(obstacle: Obstacle) -> Finding:
    severity = _NOTES.get(obstacle.rule, "error")
    return Finding(obstacle.rule, severity, naming.pointer(obstacle.path), obstacle.message, found=obstacle.found, hint=obstacle.hint)


def _deprecation(what: Event | Envelope) -> list[Finding]:
    if getattr(what, "status", None) != "deprecated":
        return []
    instead = getattr(what, "replaced_by", None)
    hint = f"{instead} took its place" if instead else None
    return [Finding("deprecated", "note", "", f"the provider no longer documents {what.id}", hint=hint, contract=str(what.newest))]


def _out_of_date(older: Contract, what: Event | Envelope) -> Finding:
    later = min((v for v in what.versions if naming.version_key(v) > naming.version_key(older.version)), key=naming.version_key)
    since = what.versions[later].first_seen
    message = f"it keeps version {older.version}, which has been out of date since {since}"
    hint = f"for archived payloads, ask for it: --version {older.version}, or --version any"
    return Finding("out-of-date", "note", "", message, hint=hint, contract=str(older), source=what.versions[later].source.place)


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _status(findings: Iterable[Finding]) -> Status:
    errors = {finding.rule for finding in findings if finding.severity == "error"}
    if errors - UNIDENTIFIED:
        return "invalid"
    return "unidentified" if errors else "valid"


def _verdict(judged: list[_Judged], around: list[Finding]) -> Verdict:
    findings = (*around, *(finding for one in judged for finding in one.findings))
    parts = tuple(_part(one) for one in judged)
    event, name, version = (_common(getattr(part, what) for part in parts) for what in ("event", "name", "version"))
    envelopes = _common(part.envelopes for part in parts) or ()
    several = parts if len(parts) > 1 else ()
    return Verdict(_status(findings), event, name, version, envelopes, findings, several)


def _part(one: _Judged) -> Part:
    opened = one.opened
    envelopes = tuple(layer.envelope.id for layer in opened.wrappers)
    event = opened.event.id if opened.event else None
    return Part(naming.pointer(opened.path), event, opened.name, one.version, envelopes, one.status)


def _common(values: Iterable[Any]) -> Any:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None
