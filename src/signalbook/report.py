"""Verdicts and identities → text for people, JSON lines for tools. Strings in, strings out; nothing is printed here.

Text from payloads is shown as JSON, so that no control character of a payload reaches a terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from signalbook.jsontext import compact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.findings import Finding, Verdict
    from signalbook.identity import Identity

_COLOURS = {"valid": "32", "note": "36", "warning": "33", "unidentified": "33", "error": "31", "invalid": "31", "unreadable": "31"}
_STATUSES = ("valid", "invalid", "unidentified", "unreadable")
_SEVERITIES = ("error", "warning", "note")

Paint = Callable[[str, str], str]
"""Text and its kind (a status or a severity) → the text as it is to be shown."""


def plain(text: str, _kind: str) -> str:
    """Return the text as it is: for files and pipes."""
    return text


def coloured(text: str, kind: str) -> str:
    """Return the text in the colour of a status or severity: for terminals."""
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m"


def verdict_json(verdict: Verdict) -> str:
    """Return a verdict as one line of JSON."""
    return compact({**verdict.as_dict(), "source": _sayable(verdict.source)})


def identity_json(identity: Identity) -> str:
    """Return an identity as one line of JSON."""
    return compact({**identity.as_dict(), "source": _sayable(identity.source)})


def _sayable(source: str | None) -> str | None:
    """Return a file name with the bytes that are not UTF-8 spelt out: JSON cannot hold them."""
    return source and source.encode("utf-8", "backslashreplace").decode()


def verdict_text(verdict: Verdict, paint: Paint = plain) -> str:
    """Return a verdict as a line that names the payload and its status, and a short paragraph for each finding."""
    status = paint(f"{verdict.status:<12}", verdict.status)
    lines = [f"{status}  {place(verdict.source, verdict.line, verdict.index)}", *_what(verdict)]
    for finding in verdict.findings:
        lines += _finding(finding, paint)
    return "\n".join(lines)


def place(source: str | None, line: int | None, index: int | None) -> str:
    """Return where a payload came from as people write it: `a.ndjson:3`, `batch.json[0]`."""
    name = "standard input" if source == "-" else safe(source or "payload")
    return f"{name}{f':{line}' if line is not None else ''}{f'[{index}]' if index is not None else ''}"


def safe(text: str) -> str:
    """Return the text with every control character spelt out, so that it cannot steer a terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape", "backslashreplace").decode() for char in text)


def _what(verdict: Verdict) -> Iterator[str]:
    through = f", through {' → '.join(verdict.envelopes)}" if verdict.envelopes else ""
    if verdict.event:
        count = f" × {len(verdict.parts)}" if verdict.parts else ""
        version = f" {verdict.version}" if verdict.version else ""
        yield f"              {verdict.event}{version}{count}{through}"
    elif verdict.parts:
        events = Counter(part.event or "not in the catalogue" for part in verdict.parts)
        yield f"              {', '.join(f'{event} × {count}' for event, count in events.items())}{through}"
    elif verdict.name or verdict.envelopes:
        yield f"              {safe(verdict.name) if verdict.name else 'no event'}{through}"


def _finding(finding: Finding, paint: Paint) -> Iterator[str]:
    where = safe(finding.pointer) or ("the payload" if finding.contract else "")
    yield f"    {paint(f'{finding.severity:<8}', finding.severity)}{where}{': ' if where else ''}{safe(finding.message)}"
    details = (
        ("expected", finding.expected),
        ("found", finding.found),
        ("hint", finding.hint),
        ("field", finding.description),
        ("rule", f"{finding.rule}, in {finding.contract}, from {finding.source}" if finding.source else finding.rule),
    )
    yield from (f"            {label:<9} {safe(text)}" for label, text in details if text)


def summary(statuses: Mapping[str, int], severities: Mapping[str, int] | None = None) -> str:
    """Return the last line of a report: how many payloads of each status, and how many findings of each severity."""
    total = sum(statuses.values())
    if not total:
        return "no payloads"
    payloads = f"{counted(total, 'payload')}: " + ", ".join(f"{statuses[status]} {status}" for status in _STATUSES if statuses.get(status))
    findings = ", ".join(counted(severities[one], one) for one in _SEVERITIES if severities.get(one)) if severities else ""
    return f"{payloads}; {findings}" if findings else payloads


def counted(number: int, word: str) -> str:
    """Return a number with its word in the singular or the plural."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def identity_text(identity: Identity, paint: Paint = plain) -> str:
    """Return an identity as the steps that led to it, from the outside in."""
    kinds = {"identified": "valid", "unidentified": "unidentified", "unreadable": "unreadable"}
    head = f"{paint(f'{identity.status:<12}', kinds[identity.status])}  {place(identity.source, identity.line, identity.index)}"
    if identity.event:
        head += f"\n              {identity.event}: {identity.title}"
    lines = [head]
    for step in identity.why:
        at = f" at {safe(step.pointer)}" if step.pointer else ""
        lines += [f"    {step.what}{at}, because {safe(step.because)}"]
    if identity.message:
        lines.append(f"    {safe(identity.message)}")
    if identity.hint:
        lines.append(f"    {safe(identity.hint)}")
    return "\n".join(lines)
