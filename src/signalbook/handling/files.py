"""Payloads held against their contracts, for tests: verdicts, and in words what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook import intake, report
from signalbook.errors import told
from signalbook.findings import Finding, Verdict
from signalbook.handling import stored
from signalbook.jsontext import NotJSON
from signalbook.terminal import safe
from signalbook.walk import Request, check_payload, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signalbook.findings import Level
    from signalbook.registry import Registry


def checked(path: Path, registry: Registry, level: Level) -> Iterator[tuple[Verdict, str | None]]:
    """Yield for each payload of a file its verdict, and in words what is wrong, or None. A stored payload is held against what its kind promises."""
    for document in intake.documents([str(path)]):
        try:
            found = intake.opened_payloads(document)
        except NotJSON as problem:
            yield _told(unreadable(problem).located(document.source, document.line, document.index))
            continue
        for index, value in found:
            if stored.is_stored(value):
                yield _stored(value, registry, str(path))
            else:
                verdict = check_payload(value, registry, Request.of(registry, level=level))
                yield _told(verdict.located(document.source, document.line, index))


def _told(verdict: Verdict) -> tuple[Verdict, str | None]:
    return verdict, None if verdict.ok else report.verdict_text(verdict, report.plain)


def _stored(value: Any, registry: Registry, where: str) -> tuple[Verdict, str | None]:
    sample = stored.sample_of(value, registry, where)
    pinned = Request.pinned(registry.event(sample.event), sample.version, "tolerant" if sample.kind == "tomorrow" else "documented")
    request = Request.of(registry, version=pinned.version, level=pinned.level)
    verdict = check_payload(sample.value, registry, request).located(where, None, None)
    if sample.kind != "broken":
        return _told(verdict) if not sample.name else (verdict, None)
    return verdict, None if not verdict.ok else told(safe(where), f"it is kept as a broken payload, and keeps its contract: {'; '.join(sample.why)}")


def held(payload: Any, registry: Registry, event: str | None, version: str | None, level: Level) -> tuple[Verdict, str | None]:
    """Return the verdict on a payload, and in words what is wrong with it, or None. A payload that names another event than `event` is wrong.

    Raises what `signalbook.check` raises.
    """
    wanted = registry.event(event).id if event else None
    try:
        value = intake.value_of(payload)
    except NotJSON as problem:
        return _told(unreadable(problem))
    verdict = check_payload(value, registry, Request.of(registry, version=version, level=level))
    if wanted and verdict.event != wanted and verdict.ok:
        other = Finding("other-event", "error", "", f"it is {verdict.event or 'several events'}, and not {wanted}")
        verdict = Verdict("invalid", verdict.event, verdict.name, verdict.version, verdict.envelopes, (*verdict.findings, other), verdict.parts)
    elif wanted and verdict.event is None and not verdict.ok:
        # It does not say what it is, or not so that we know it: held against what it should be, it says more.
        verdict = check_payload(value, registry, Request.of(registry, event, version, level))
    return _told(verdict)
