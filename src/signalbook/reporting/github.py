"""Formats findings as workflow commands, which GitHub shows beside the lines of a pull request.

GitHub shows at most ten errors, ten warnings and ten notices per step, and all of them in its log, so none is left out here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.reporting.format import Format, last_lines, place, relative, spot, tables_if_asked
from signalbook.reporting.text import details, told
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.reporting.format import Tally
    from signalbook.validation.findings import Finding, Verdict

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
_SHOWN = ("expected", "found", "hint")


class GitHub(Format):
    """Workflow commands: one line per finding, none for a payload without findings. The last line is that of the text format."""

    @property
    def passes_valid(self) -> bool:
        """Always True: valid payloads have no annotation."""
        return True

    def _told(self, verdict: Verdict) -> str:
        return "".join(f"{annotation(verdict, finding, self.root)}\n" for finding in verdict.findings)

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        """Yield the tables, if requested, and the last lines of the text format."""
        yield from tables_if_asked(tally, asked=self.summary)
        yield from last_lines(tally, interrupted=interrupted)


def annotation(verdict: Verdict, finding: Finding, root: str | None = None) -> str:
    """Return a finding as a one-line workflow command. No text in it can end the command or start another."""
    line, column = spot(verdict, finding)
    # The rule may belong to the contract of an envelope around the event.
    contract = (
        finding.contract.replace("@", " ")
        if finding.contract
        else f"{verdict.event} {verdict.version or ''}"
        if verdict.event
        else ""
    )
    about = f"{finding.rule} in {contract}" if contract else finding.rule
    properties = {
        "file": safe(relative(verdict.source, root)),
        "line": "" if line is None else str(line),
        "col": "" if column is None else str(column),
        "title": safe(about.rstrip()),
    }
    if verdict.source in (None, "-"):  # a line number without a file is useless
        properties = {"title": properties["title"]}
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items() if value)
    return f"::{_COMMANDS[finding.severity]} {given}::{_data(_message(verdict, finding))}"


def _message(verdict: Verdict, finding: Finding) -> str:
    # An annotation only points to a line; if a line has several payloads, the message must name the one that is meant.
    which = (
        f"{place(verdict.source, verdict.line, verdict.index)} "
        if verdict.index is not None or verdict.source in (None, "-")
        else ""
    )
    more = (f"{label}: {safe(text)}" for label, text in details(finding) if text and label in _SHOWN)
    return "\n".join([f"{which}{told(finding)}", *more])


def _data(text: str) -> str:
    """Escape a message as GitHub's own toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
