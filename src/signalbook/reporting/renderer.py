"""Helpers that all report formats share: locations, colours, and the summary line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

_COLOURS = {
    "valid": "32",
    "note": "36",
    "warning": "33",
    "unidentified": "33",
    "error": "31",
    "invalid": "31",
    "unreadable": "31",
}
STATUSES = ("valid", "invalid", "unidentified", "unreadable")
SEVERITIES = ("error", "warning", "note")

Paint = Callable[[str, str], str]
"""Takes a text and its kind (a status or a severity), and returns the text to show."""


def plain(text: str, _kind: str) -> str:
    """Return the text unchanged, for files and pipes."""
    return text


def coloured(text: str, kind: str) -> str:
    """Return the text in the colour of a status or severity, for terminals."""
    return f"\x1b[{_COLOURS[kind]}m{text}\x1b[0m"


def paint(mode: str, stream_is_tty: bool, environ: Mapping[str, str]) -> Paint:  # noqa: FBT001 - the result of `isatty`
    """Return `coloured` or `plain`: by `mode` if it is "always" or "never", else ("auto") by NO_COLOR, FORCE_COLOR and the terminal.

    NO_COLOR takes precedence over FORCE_COLOR. An empty variable counts as not set, as both conventions say.
    """
    if mode in ("always", "never"):
        return coloured if mode == "always" else plain
    if environ.get("NO_COLOR"):
        return plain
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return coloured
    return coloured if stream_is_tty and environ.get("TERM") != "dumb" else plain


def place(source: str | None, line: int | None, index: int | None) -> str:
    """Return the location of a payload in readable form: `a.ndjson:3`, `batch.json[0]`."""
    name = "standard input" if source == "-" else safe(source or "payload")
    return f"{name}{f':{line}' if line is not None else ''}{f'[{index}]' if index is not None else ''}"


def summary(
    statuses: Mapping[str, int], severities: Mapping[str, int] | None = None, ignored: int = 0
) -> str:
    """Return the last line of a report: payloads by status, findings by severity, and the number of ignored findings."""
    total = sum(statuses.values())
    if not total:
        return "no payloads"
    payloads = f"{counted(total, 'payload')}: " + ", ".join(
        f"{statuses[status]} {status}" for status in STATUSES if statuses.get(status)
    )
    findings = (
        ", ".join(counted(severities[one], one) for one in SEVERITIES if severities.get(one))
        if severities
        else ""
    )
    return "; ".join(part for part in (payloads, findings, f"{ignored} ignored" if ignored else "") if part)


def counted(number: int, word: str) -> str:
    """Return a number with its noun in the singular or plural."""
    return f"{number} {word}{'' if number == 1 else 's'}"
