"""Findings as workflow commands, which GitHub shows beside the lines of a pull request.

GitHub shows ten errors, ten warnings and ten notices of a step, and all of them in its log: none is left out here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.report.files import relative, spot
from signalbook.report.formats import Format, last_lines, tables_if_asked
from signalbook.report.text import details, told
from signalbook.report.words import place
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.findings import Finding, Verdict
    from signalbook.report.tally import Tally

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_SHOWN = ("expected", "found", "hint")


class GitHub(Format):
    """Workflow commands: one line for each finding, nothing for a payload without; the last line is that of the text."""

    @property
    def passes_valid(self) -> bool:
        """Always: what is valid has no annotation."""
        return True

    def _told(self, verdict: Verdict) -> str:
        return "".join(f"{annotation(verdict, finding, self.root)}\n" for finding in verdict.findings)

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        """Yield the tables, where they are asked for, and the last lines of the text."""
        yield from tables_if_asked(tally, asked=self.summary)
        yield from last_lines(tally, interrupted=interrupted)


def annotation(verdict: Verdict, finding: Finding, root: str | None = None) -> str:
    """Return a finding as one workflow command in one line; no text in it can end it or begin another."""
    line, column = spot(verdict, finding)
    # The contract that the rule stands in may be that of an envelope around the event.
    contract = finding.contract.replace("@", " ") if finding.contract else f"{verdict.event} {verdict.version or ''}" if verdict.event else ""
    about = f"{finding.rule} in {contract}" if contract else finding.rule
    properties = {
        "file": safe(relative(verdict.source, root)),
        "line": "" if line is None else str(line),
        "col": "" if column is None else str(column),
        "title": safe(about.rstrip()),
    }
    if verdict.source in (None, "-"):  # a line of no file says nothing
        properties = {"title": properties["title"]}
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{_COMMANDS[finding.severity]} {given}::{_data(_message(verdict, finding))}"


def _message(verdict: Verdict, finding: Finding) -> str:
    # An annotation stands at a line of a file; which of several payloads in that line is meant, only its text can say.
    which = f"{place(verdict.source, verdict.line, verdict.index)} " if verdict.index is not None or verdict.source in (None, "-") else ""
    more = (f"{label}: {safe(text)}" for label, text in details(finding) if text and label in _SHOWN)
    return "\n".join([f"{which}{told(finding)}", *more])


def _data(text: str) -> str:
    """Return a text escaped as GitHub's own toolkit escapes a message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
