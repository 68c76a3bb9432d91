"""Validates a value against a versioned contract: selects the version, collects the findings, and sets their severities."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from signalbook.engine import suggestions
from signalbook.engine.levels import LEVELS, SEVERITY, Level
from signalbook.envelopes.opened import UNIDENTIFIED
from signalbook.errors import UnknownContract
from signalbook.reading import pointers
from signalbook.registry import naming
from signalbook.validation.findings import Finding, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from signalbook.engine.problems import Problem
    from signalbook.registry import Contract, Envelope, Event, Registry

Path = tuple[str | int, ...]

ANY = "any"
"""As a version: the newest version that accepts the payload."""
PAYLOAD = "payload"
"""As a day: the day that the payload itself states."""


@dataclass(frozen=True, slots=True)
class Request:
    """Options for validation: the event (by default the one that the payload names), the version and the level.

    The first of these that is set selects the version: `version`, a number or `ANY`; `pins`, which maps ids of events and envelopes to versions;
    `at`, a day (yyyy-MM-dd) or `PAYLOAD`, for the newest version known on that day, or else the oldest. The default is the newest version.
    """

    event: Event | None = None
    version: str | None = None
    level: Level = "documented"
    at: str | None = None
    pins: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def pinned(event: Event, version: str, level: Level = "documented") -> Request:
        """Return a request for one version of an event. For the newest, the request names no version, so that older ones are tried too."""
        return Request(version=None if version == event.newest.version else version, level=level)

    @staticmethod
    def of(  # noqa: PLR0913, PLR0917 - one argument for each user option
        registry: Registry,
        event: str | None = None,
        version: str | None = None,
        level: Level = "documented",
        at: str | None = None,
        pins: Mapping[str, str] | None = None,
    ) -> Request:
        """Return a request for ids and a day as the user gives them.

        Raises `UnknownContract` for an unknown event or version. Raises ValueError for an invalid level or day, and for a version with a day.
        """
        if level not in LEVELS:
            raise ValueError(f"level is one of {', '.join(LEVELS)}, and not {level!r}")
        if version and at:
            raise ValueError("a version and a day cannot both be asked for: each says which contract holds")
        found = registry.event(event) if event else None
        if version and version != ANY:
            known = {
                number for one in ([found] if found else registry.events.values()) for number in one.versions
            }
            if version not in known:
                raise UnknownContract(
                    f"{found.id}@{version}" if found else f"version {version}",
                    tuple(
                        f"{found.id}@{number}" if found else number
                        for number in sorted(known, key=naming.version_key)
                    ),
                )
        for pinned, number in (pins or {}).items():
            contract_pinned(registry, pinned, number)
        return Request(found, version, level, at if at in (None, PAYLOAD) else day_of(str(at)), pins or {})

    def around(self, envelope: Envelope, events: Iterable[Event | None]) -> Request:
        """Return the request for an envelope around events.

        If the request selects the version of an event, any version of the envelope is valid: an archived event may be in an archived envelope.
        """
        pins = self.pins
        if self.version or (
            pins and envelope.id not in pins and any(event and event.id in pins for event in events)
        ):
            return replace(self, version=ANY)
        return self

    def asked(self, what: Event | Envelope, when: str | None = None) -> str | None:
        """Return the requested version (which may not exist), `ANY`, or None for the newest. `when` is the day that the payload states."""
        if self.version:
            return self.version
        if what.id in self.pins:
            return self.pins[what.id]
        day = when if self.at == PAYLOAD else self.at
        return _known_on(what, day).version if day else None

    def contract_of(self, what: Event | Envelope, when: str | None = None) -> Contract:
        """Return the contract to try first: the requested version, or else the newest. Raises `UnknownContract` for a version that does not exist."""
        asked = self.asked(what, when)
        return what.version(asked) if asked and asked != ANY else what.newest


def day_of(text: str) -> str:
    """Return the UTC day (yyyy-MM-dd) of a day or an RFC 3339 time. Raises ValueError for anything else."""
    import re  # noqa: PLC0415 - as `datetime`, only needed for requests with a day
    from datetime import UTC, date, datetime  # noqa: PLC0415

    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text).isoformat()
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]{8,}([Zz]|[+-][0-9]{2}:[0-9]{2})", text):
            return datetime.fromisoformat(text.upper()).astimezone(UTC).date().isoformat()
    except (ValueError, OverflowError):
        raise ValueError(f"there is no such day: {text!r}") from None
    raise ValueError(
        f"no day: {text!r}; write it as 2024-05-31, or with a time and its offset, as 2024-05-31T08:00:00+08:00"
    )


def contract_pinned(registry: Registry, pinned: str, number: str) -> None:
    """Check that a pinned event or envelope exists and has the version, which may be `ANY`. Raises `UnknownContract`."""
    wrappers = {key: envelope for key, envelope in registry.envelopes.items() if envelope.versions}
    what: Event | Envelope | None = registry.events.get(pinned) or wrappers.get(pinned)
    if what is None:
        raise UnknownContract(pinned, suggestions.nearest(pinned, [*registry.events, *wrappers]))
    if number != ANY:
        what.version(number)


def _known_on(what: Event | Envelope, day: str) -> Contract:
    """Return the newest contract known on a day, or the oldest if none was. Days in this format sort as text."""
    ordered = [what.newest, *what.older()]
    return next((contract for contract in ordered if contract.first_seen <= day), ordered[-1])


def judge(  # noqa: PLR0913 - few callers use the last two
    what: Event | Envelope,
    value: Any,
    path: Path,
    request: Request,
    *,
    masked: bool = False,
    when: str | None = None,
) -> tuple[Contract, list[Finding]]:
    """Return the selected contract and its findings. `value` is None if there is no body; the envelope reports that.

    `request` sets the version and the level; its event is ignored here. If the values of a body are `masked`, only its structure is validated.
    `when` is the day that the payload states (`dates.day`), for requests that use it.
    """
    asked = request.asked(what, when)
    pinned = asked if asked != ANY else None
    if pinned and pinned not in what.versions:
        message = f"{what.id} has no version {pinned}"
        return what.newest, [
            Finding(
                "unknown-version",
                "error",
                pointers.join(path),
                message,
                hint=f"available versions: {', '.join(what.versions)}",
            )
        ]
    chosen = what.versions[pinned] if pinned else what.newest
    extra = [deprecation(what, path)] if getattr(what, "status", None) == "deprecated" else []
    problems = chosen.checker.problems(value) if value is not None else []
    if not problems:
        return chosen, extra
    findings = findings_of(problems, chosen, path, request.level, masked=masked)
    if pinned or not has_errors(findings):
        return chosen, [*findings, *extra]
    older, found = _older(what, value, path, request.level, problems, masked=masked)
    if older and asked == ANY:
        return older, [*found, *extra]
    if older:
        extra.append(_out_of_date(older, what, path))
    return chosen, [*findings, *extra]


def _older(  # noqa: PLR0913 - same arguments as `judge`
    what: Event | Envelope, value: Any, path: Path, level: Level, problems: list[Problem], *, masked: bool
) -> tuple[Contract | None, list[Finding]]:
    """Return the newest older contract that accepts the value, and its remaining findings. `problems` are those of the newest contract."""
    faults = {problem.path for problem in problems if problem.weight not in ("novelty", "unsourced")}
    looked = ((contract, contract.checker.problems(value)) for contract in what.older())
    judged = (
        (contract, findings_of(seen, contract, path, level, masked=masked))
        for contract, seen in looked
        if _sees(seen, faults)
    )
    return next(((contract, found) for contract, found in judged if not has_errors(found)), (None, []))


def _sees(problems: list[Problem], faults: set[Path]) -> bool:
    """Return whether an older contract knows the fields at fault. If not, it accepts them unchecked, which says nothing about their age."""
    unknown = {problem.path for problem in problems if problem.rule == "unknown-field"}
    return not any(fault[: len(field)] == field for fault in faults for field in unknown)


def findings_of(
    problems: list[Problem], contract: Contract, path: Path, level: Level, *, masked: bool = False
) -> list[Finding]:
    """Return the findings for problems of a value at a path of the payload. If the value is `masked`, only its structure counts."""
    counted = [problem for problem in problems if not masked or problem.structural]
    return [found for problem in counted if (found := _from_problem(problem, contract, path, level))]


def _from_problem(problem: Problem, contract: Contract, path: Path, level: Level) -> Finding | None:
    severity = SEVERITY[level][problem.weight]
    if severity is None:
        return None
    return Finding(
        rule=problem.rule,
        severity=severity,
        pointer=pointers.join((*path, *problem.path)),
        message=problem.message,
        field=problem.field,
        expected=problem.expected,
        found=problem.found,
        hint=problem.hint,
        description=problem.description,
        contract=str(contract),
        source=contract.page.place,
    )


def deprecation(what: Event | Envelope, path: Path) -> Finding:
    """Return the note on a payload whose event is deprecated."""
    instead = getattr(what, "replaced_by", None)
    return Finding(
        "deprecated",
        "note",
        pointers.join(path),
        f"the provider no longer documents {what.id}",
        hint=f"replaced by {instead}" if instead else None,
        contract=str(what.newest),
    )


def _out_of_date(older: Contract, what: Event | Envelope, path: Path) -> Finding:
    later = min(
        (v for v in what.versions if naming.version_key(v) > naming.version_key(older.version)),
        key=naming.version_key,
    )
    since = what.versions[later].first_seen
    message = f"matches version {older.version}, which has been out of date since {since}"
    hint = f"for archived payloads, use --version {older.version} or --version any"
    return Finding(
        "out-of-date",
        "note",
        pointers.join(path),
        message,
        hint=hint,
        contract=str(older),
        source=what.versions[later].source.place,
    )


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any finding is an error."""
    return any(finding.severity == "error" for finding in findings)


def status_of(findings: Iterable[Finding]) -> Status:
    """Return a payload's status: "invalid" if any error is outside `UNIDENTIFIED`, "unidentified" if all are in it, "valid" without errors."""
    errors = {finding.rule for finding in findings if finding.severity == "error"}
    if errors - UNIDENTIFIED:
        return "invalid"
    return "unidentified" if errors else "valid"
