"""Formats verdicts and identities as text for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.reporting.format import Paint, place, plain
from signalbook.reporting.json_lines import line
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.envelopes.identification import Identity
    from signalbook.validation.findings import Finding, Verdict


def verdict_text(verdict: Verdict, paint: Paint = plain) -> str:
    """Return a verdict as a line with the status and location of the payload, and a short paragraph for each finding that is not ignored."""
    status = paint(f"{verdict.status:<12}", verdict.status)
    lines = [
        f"{status}  {place(verdict.source, verdict.line, verdict.index)}",
        *(f"              {line}" for line in what(verdict)),
    ]
    for finding in verdict.findings:
        lines += paragraph(finding, verdict.source, paint)
    return "\n".join(lines)


def what(verdict: Verdict) -> Iterator[str]:
    """Yield what is known about a payload: its event with version and envelopes, or the events of its parts, or a name. Yields nothing if unknown."""
    through = safe(f", through {' → '.join(verdict.envelopes)}") if verdict.envelopes else ""
    if verdict.event:
        count = f" × {len(verdict.parts)}" if verdict.parts else ""
        version = f" {verdict.version}" if verdict.version else ""
        yield f"{safe(f'{verdict.event}{version}')}{count}{through}"
    elif verdict.parts:
        events: dict[str, int] = {}
        for part in verdict.parts:
            name = part.event or "not in the catalogue"
            events[name] = events.get(name, 0) + 1
        yield f"{', '.join(f'{safe(event)} × {count}' for event, count in events.items())}{through}"
    elif verdict.name or verdict.envelopes:
        yield f"{safe(verdict.name) if verdict.name else 'no event'}{through}"


def paragraph(finding: Finding, source: str | None = None, paint: Paint = plain) -> Iterator[str]:
    """Yield the lines of a finding in a payload from `source`. No line begins with text from a payload."""
    yield f"    {paint(f'{finding.severity:<8}', finding.severity)}{told(finding)}"
    yield from (f"            {label:<9} {safe(text)}" for label, text in details(finding, source) if text)


def told(finding: Finding) -> str:
    """Return a finding on one line: its location in the payload, and what is wrong there."""
    where = safe(finding.pointer) or ("the payload" if finding.contract else "")
    return f"{where}{': ' if where else ''}{safe(finding.message)}"


def details(finding: Finding, source: str | None = None) -> tuple[tuple[str, str | None], ...]:
    """Return the details of a finding with their labels. The location comes first, because editors and terminals make it clickable."""
    return (
        ("at", _clickable(finding, source)),
        ("expected", finding.expected),
        ("found", finding.found),
        ("hint", finding.hint),
        ("field", finding.description),
        (
            "rule",
            f"{finding.rule}, in {finding.contract}, from {finding.source}"
            if finding.source
            else finding.rule,
        ),
    )


def _clickable(finding: Finding, source: str | None) -> str | None:
    if finding.line is None or source is None:
        return None
    name = "standard input" if source == "-" else source
    return f"{name}:{finding.line}{f':{finding.column}' if finding.column is not None else ''}"


def identity_json(identity: Identity) -> str:
    """Return an identity as one line of JSON."""
    return line(identity.as_dict())


def identity_text(identity: Identity, paint: Paint = plain) -> str:
    """Return an identity as text, with the steps that led to it from the outside in."""
    kinds = {"identified": "valid", "unidentified": "unidentified", "unreadable": "unreadable"}
    head = f"{paint(f'{identity.status:<12}', kinds[identity.status])}  {place(identity.source, identity.line, identity.index)}"
    if identity.event:
        head += f"\n              {safe(f'{identity.event}: {identity.title}')}"
    lines = [head]
    for step in identity.why:
        at = f" at {safe(step.pointer)}" if step.pointer else ""
        lines += [f"    {safe(step.what)}{at}, because {safe(step.because)}"]
    if identity.message:
        lines.append(f"    {safe(identity.message)}")
    if identity.hint:
        lines.append(f"    {safe(identity.hint)}")
    return "\n".join(lines)
