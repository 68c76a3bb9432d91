"""A contract of several versions + a value → findings: which version is asked for, what it finds, and how much each finding weighs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.errors import UnknownContract
from signalbook.findings import LEVELS, UNIDENTIFIED, Finding, Level, Status
from signalbook.levels import SEVERITY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signalbook.engine import Problem
    from signalbook.registry import Contract, Envelope, Event, Registry

Path = tuple[str | int, ...]

ANY = "any"
"""As a version: the newest that accepts the payload."""


@dataclass(frozen=True, slots=True)
class Request:
    """How to check: against a given event (else the one the payload names), a version (else the newest; `ANY`), at a level."""

    event: Event | None = None
    version: str | None = None
    level: Level = "documented"

    @staticmethod
    def pinned(event: Event, version: str, level: Level = "documented") -> Request:
        """Return a request for one version of an event; its newest is what one gets without asking, and then older ones are looked at too."""
        return Request(version=None if version == event.newest.version else version, level=level)

    @staticmethod
    def of(registry: Registry, event: str | None = None, version: str | None = None, level: Level = "documented") -> Request:
        """Return a request for ids as a user gives them. Raises `UnknownContract`, and ValueError for a level there is not."""
        if level not in LEVELS:
            raise ValueError(f"level is one of {', '.join(LEVELS)}, and not {level!r}")
        found = registry.event(event) if event else None
        if version and version != ANY:
            known = {number for one in ([found] if found else registry.events.values()) for number in one.versions}
            if version not in known:
                raise UnknownContract(
                    f"{found.id}@{version}" if found else f"version {version}",
                    tuple(f"{found.id}@{number}" if found else number for number in sorted(known, key=naming.version_key)),
                )
        return Request(found, version, level)


def judge(what: Event | Envelope, value: Any, path: Path, request: Request, *, masked: bool = False) -> tuple[Contract, list[Finding]]:
    """Return the contract that was chosen and what it finds; `value` None means that there is no body, which an envelope reports.

    `request` says which version and level; its event is of no account here. Of a body whose values are `masked` only the structure is judged.
    """
    pinned = request.version if request.version != ANY else None
    if pinned and pinned not in what.versions:
        message = f"{what.id} has no version {pinned}"
        return what.newest, [Finding("unknown-version", "error", naming.pointer(path), message, hint=f"it has {', '.join(what.versions)}")]
    chosen = what.versions[pinned] if pinned else what.newest
    extra = _deprecation(what, path)
    if value is None:
        return chosen, extra
    problems = chosen.checker.problems(value)
    findings = _findings(problems, chosen, path, request.level, masked=masked)
    if has_errors(findings) and not pinned:
        faults = {problem.path for problem in problems if problem.weight != "novelty"}
        looked = ((contract, contract.checker.problems(value)) for contract in what.older())
        judged = ((contract, _findings(seen, contract, path, request.level, masked=masked)) for contract, seen in looked if _sees(seen, faults))
        older, found = next(((contract, found) for contract, found in judged if not has_errors(found)), (None, []))
        if older and request.version == ANY:
            return older, [*found, *extra]
        if older:
            extra.append(_out_of_date(older, what, path))
    return chosen, [*findings, *extra]


def _sees(problems: list[Problem], faults: set[Path]) -> bool:
    """Whether an older contract, by its problems, knows the fields at fault: else it accepts them unseen, which says nothing about their age."""
    unknown = {problem.path for problem in problems if problem.rule == "unknown-field"}
    return not any(fault[: len(field)] == field for fault in faults for field in unknown)


def _findings(problems: list[Problem], contract: Contract, path: Path, level: Level, *, masked: bool) -> list[Finding]:
    counted = [problem for problem in problems if not masked or problem.structural]
    return [found for problem in counted if (found := _from_problem(problem, contract, path, level))]


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


def _deprecation(what: Event | Envelope, path: Path) -> list[Finding]:
    if getattr(what, "status", None) != "deprecated":
        return []
    instead = getattr(what, "replaced_by", None)
    hint = f"{instead} took its place" if instead else None
    return [Finding("deprecated", "note", naming.pointer(path), f"the provider no longer documents {what.id}", hint=hint, contract=str(what.newest))]


def _out_of_date(older: Contract, what: Event | Envelope, path: Path) -> Finding:
    later = min((v for v in what.versions if naming.version_key(v) > naming.version_key(older.version)), key=naming.version_key)
    since = what.versions[later].first_seen
    message = f"it keeps version {older.version}, which has been out of date since {since}"
    hint = f"for archived payloads, ask for it: --version {older.version}, or --version any"
    return Finding("out-of-date", "note", naming.pointer(path), message, hint=hint, contract=str(older), source=what.versions[later].source.place)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether one of the findings is an error."""
    return any(finding.severity == "error" for finding in findings)


def status_of(findings: Iterable[Finding]) -> Status:
    """Return what findings make of a payload: a rule that says we do not know what it is makes it unidentified, any other error invalid."""
    errors = {finding.rule for finding in findings if finding.severity == "error"}
    if errors - UNIDENTIFIED:
        return "invalid"
    return "unidentified" if errors else "valid"
