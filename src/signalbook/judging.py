"""A contract of several versions + a value → findings: which version is asked for, what it finds, and how much each finding weighs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.errors import UnknownContract
from signalbook.findings import LEVELS, UNIDENTIFIED, Finding, Level, Status
from signalbook.levels import SEVERITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signalbook.engine.problem import Problem
    from signalbook.registry import Contract, Envelope, Event, Registry

Path = tuple[str | int, ...]

ANY = "any"
"""As a version: the newest that accepts the payload."""
PAYLOAD = "payload"
"""As a day: the one that the payload says of itself."""


@dataclass(frozen=True, slots=True)
class Request:
    """How to check: against a given event (else the one the payload names), in a version, at a level.

    What says which version, first one first: `version` (a number, or `ANY`); `pins`, which has one for the id of an event or an envelope;
    `at`, a day (yyyy-MM-dd) or `PAYLOAD`: the newest that was known on that day, else the oldest. With none of them it is the newest.
    """

    event: Event | None = None
    version: str | None = None
    level: Level = "documented"
    at: str | None = None
    pins: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def pinned(event: Event, version: str, level: Level = "documented") -> Request:
        """Return a request for one version of an event; its newest is what one gets without asking, and then older ones are looked at too."""
        return Request(version=None if version == event.newest.version else version, level=level)

    @staticmethod
    def of(  # noqa: PLR0913, PLR0917 - what a user may ask for, each by its name
        registry: Registry,
        event: str | None = None,
        version: str | None = None,
        level: Level = "documented",
        at: str | None = None,
        pins: Mapping[str, str] | None = None,
    ) -> Request:
        """Return a request for ids and a day as a user gives them.

        Raises `UnknownContract` for an event or a version there is not; ValueError for a level or a day there is not, and for a version together with a day.
        """
        if level not in LEVELS:
            raise ValueError(f"level is one of {', '.join(LEVELS)}, and not {level!r}")
        if version and at:
            raise ValueError("a version and a day cannot both be asked for: each says which contract holds")
        found = registry.event(event) if event else None
        if version and version != ANY:
            known = {number for one in ([found] if found else registry.events.values()) for number in one.versions}
            if version not in known:
                raise UnknownContract(
                    f"{found.id}@{version}" if found else f"version {version}",
                    tuple(f"{found.id}@{number}" if found else number for number in sorted(known, key=naming.version_key)),
                )
        for pinned, number in (pins or {}).items():
            contract_pinned(registry, pinned, number)
        return Request(found, version, level, at if at in (None, PAYLOAD) else day_of(str(at)), pins or {})

    def around(self, envelope: Envelope, events: Iterable[Event | None]) -> Request:
        """Return the request for an envelope around events: a version asked for is one of an event, and an archived event may stand in an archived envelope."""
        pins = self.pins
        if self.version or (pins and envelope.id not in pins and any(event and event.id in pins for event in events)):
            return replace(self, version=ANY)
        return self

    def asked(self, what: Event | Envelope, when: str | None = None) -> str | None:
        """Return the version of something that is asked for, which it may not have; `ANY`; or None for the newest. `when` is the payload's day."""
        if self.version:
            return self.version
        if what.id in self.pins:
            return self.pins[what.id]
        day = when if self.at == PAYLOAD else self.at
        return _known_on(what, day).version if day else None

    def contract_of(self, what: Event | Envelope, when: str | None = None) -> Contract:
        """Return the contract of something to begin with: the one asked for, else the newest. Raises `UnknownContract` for a version that it has not."""
        asked = self.asked(what, when)
        return what.version(asked) if asked and asked != ANY else what.newest


def day_of(text: str) -> str:
    """Return the day (yyyy-MM-dd) of a day or of an RFC 3339 time, that of UTC. Raises ValueError for anything else."""
    import re  # noqa: PLC0415 - with `datetime`, for those who ask for a day
    from datetime import UTC, date, datetime  # noqa: PLC0415

    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text).isoformat()
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]{8,}([Zz]|[+-][0-9]{2}:[0-9]{2})", text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such day: {text!r}") from None
    raise ValueError(f"no day: {text!r}; write it as 2024-05-31, or with a time and its offset, as 2024-05-31T08:00:00+08:00")


def contract_pinned(registry: Registry, pinned: str, number: str) -> None:
    """Check that the id of an event or an envelope has the version it is pinned to, or that this is `ANY`. Raises `UnknownContract`."""
    wrappers = {key: envelope for key, envelope in registry.envelopes.items() if envelope.versions}
    what: Event | Envelope | None = registry.events.get(pinned) or wrappers.get(pinned)
    if what is None:
        raise UnknownContract(pinned, naming.nearest(pinned, [*registry.events, *wrappers]))
    if number != ANY:
        what.version(number)


def _known_on(what: Event | Envelope, day: str) -> Contract:
    """Return the newest contract that was known on a day; the oldest where none was. Days of this form are in the order of their texts."""
    ordered = [what.newest, *what.older()]
    return next((contract for contract in ordered if contract.first_seen <= day), ordered[-1])


def judge(  # noqa: PLR0913 - the last two are for the few
    what: Event | Envelope, value: Any, path: Path, request: Request, *, masked: bool = False, when: str | None = None
) -> tuple[Contract, list[Finding]]:
    """Return the contract that was chosen and what it finds; `value` None means that there is no body, which an envelope reports.

    `request` says which version and level; its event is of no account here. Of a body whose values are `masked` only the structure is judged.
    `when` is the day that the payload says of itself (`dating.day`), for a request that asks for it.
    """
    asked = request.asked(what, when)
    pinned = asked if asked != ANY else None
    if pinned and pinned not in what.versions:
        message = f"{what.id} has no version {pinned}"
        return what.newest, [Finding("unknown-version", "error", naming.pointer(path), message, hint=f"it has {', '.join(what.versions)}")]
    chosen = what.versions[pinned] if pinned else what.newest
    extra = _deprecation(what, path)
    problems = chosen.checker.problems(value) if value is not None else []
    if not problems:
        return chosen, extra
    findings = _findings(problems, chosen, path, request.level, masked=masked)
    if pinned or not has_errors(findings):
        return chosen, [*findings, *extra]
    older, found = _older(what, value, path, request.level, problems, masked=masked)
    if older and asked == ANY:
        return older, [*found, *extra]
    if older:
        extra.append(_out_of_date(older, what, path))
    return chosen, [*findings, *extra]


def _older(  # noqa: PLR0913 - as `judge`
    what: Event | Envelope, value: Any, path: Path, level: Level, problems: list[Problem], *, masked: bool
) -> tuple[Contract | None, list[Finding]]:
    """Return the newest of the older contracts that accepts what the newest, by its `problems`, does not, and what it finds all the same."""
    faults = {problem.path for problem in problems if problem.weight not in ("novelty", "unsourced")}
    looked = ((contract, contract.checker.problems(value)) for contract in what.older())
    judged = ((contract, _findings(seen, contract, path, level, masked=masked)) for contract, seen in looked if _sees(seen, faults))
    return next(((contract, found) for contract, found in judged if not has_errors(found)), (None, []))


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
