"""Validates payload files against their contracts for tests, and returns verdicts with a readable message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook import reporting
from signalbook.errors import told
from signalbook.reading import decoding, paths
from signalbook.reading.json_text import NotJSON
from signalbook.terminal import safe
from signalbook.testing import stored_payloads
from signalbook.validation.findings import Finding, Verdict
from signalbook.validation.validator import Request, check_payload, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signalbook.engine.levels import Level
    from signalbook.registry import Registry


def checked(path: Path, registry: Registry, level: Level) -> Iterator[tuple[Verdict, str | None]]:
    """Yield, for each payload of a file, its verdict and an error message or None. A stored payload is checked against what its kind promises."""
    for document in paths.documents([str(path)]):
        try:
            found = decoding.opened_payloads(document)
        except NotJSON as problem:
            yield _told(unreadable(problem).located(document.source, document.line, document.index))
            continue
        for index, value in found:
            if stored_payloads.is_stored(value):
                yield _stored(value, registry, str(path))
            else:
                verdict = check_payload(value, registry, Request.of(registry, level=level))
                yield _told(verdict.located(document.source, document.line, index))


def _told(verdict: Verdict) -> tuple[Verdict, str | None]:
    return verdict, None if verdict.ok else reporting.verdict_text(verdict, reporting.plain)


def _stored(value: Any, registry: Registry, where: str) -> tuple[Verdict, str | None]:
    sample = stored_payloads.sample_of(value, registry, where)
    pinned = Request.pinned(
        registry.event(sample.event),
        sample.version,
        "tolerant" if sample.kind == "tomorrow" else "documented",
    )
    request = Request.of(registry, version=pinned.version, level=pinned.level)
    verdict = check_payload(sample.value, registry, request).located(where, None, None)
    if sample.kind != "broken":
        return _told(verdict) if not sample.name else (verdict, None)
    return verdict, None if not verdict.ok else told(
        safe(where), f"it is kept as a broken payload, and keeps its contract: {'; '.join(sample.why)}"
    )


def held(
    payload: Any, registry: Registry, event: str | None, version: str | None, level: Level
) -> tuple[Verdict, str | None]:
    """Return the verdict on a payload, and an error message or None. A payload of another event than `event` is an error.

    Raises what `signalbook.check` raises.
    """
    wanted = registry.event(event).id if event else None
    try:
        value = decoding.value_of(payload)
    except NotJSON as problem:
        return _told(unreadable(problem))
    verdict = check_payload(value, registry, Request.of(registry, version=version, level=level))
    if wanted and verdict.event != wanted and verdict.ok:
        other = Finding(
            "other-event", "error", "", f"expected {wanted}, got {verdict.event or 'several events'}"
        )
        verdict = Verdict(
            "invalid",
            verdict.event,
            verdict.name,
            verdict.version,
            verdict.envelopes,
            (*verdict.findings, other),
            verdict.parts,
        )
    elif wanted and verdict.event is None and not verdict.ok:
        # The payload does not identify itself: validating it against the expected event gives a more useful message.
        verdict = check_payload(value, registry, Request.of(registry, event, version, level))
    return _told(verdict)
