"""Formats reports as JUnit XML, for the test tabs of Jenkins, GitLab and others: one suite per file, one case per payload.

`each` returns one record per line: the file, the outcome, and the XML element with line breaks written as character references.
A suite begins with its counts, so the elements of a file are kept until the next file begins, and all suites until the end, in temporary files once
they are large.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.reporting.format import Format, Spool, counted, place, relative, spot
from signalbook.reporting.text import paragraph, told, what
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.reporting.format import Tally
    from signalbook.validation.findings import Finding, Verdict

_PASSED, _FAILED, _BROKEN = "p", "f", "e"
_OUTCOMES = {"valid": _PASSED, "invalid": _FAILED, "unidentified": _FAILED, "unreadable": _BROKEN}
_BREAK = "&#10;"
_STOPPED = (
    '<testcase classname="signalbook" name="interrupted" time="0">'
    '<error type="interrupted" message="not everything was checked: the cases are those that were"></error></testcase>'
)


class JUnit(Format):
    """JUnit XML. Its cases are the payloads that `show` selects; it counts only those. It contains no times, so equal payloads give equal files."""

    def __init__(self, **asked: Any) -> None:
        super().__init__(**asked)
        self._suites: _Suites | None = None

    def head(self) -> str:
        """Return the XML declaration."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n'

    def _told(self, verdict: Verdict) -> str:
        name = safe(relative(verdict.source, self.root))
        return f"{_attribute(name)}\t{_OUTCOMES[verdict.status]}\t{case(verdict, name)}\n"

    def take(self, text: str) -> str:
        """Keep records until the end."""
        if text:
            self._suites = self._suites or _Suites()
            for record in text.removesuffix("\n").split("\n"):
                self._suites.add(*record.split("\t"))
        return ""

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:  # noqa: ARG002 - only cases are counted
        """Yield the suites. If the run was interrupted, a separate suite says so."""
        suites = self._suites or _Suites()
        if interrupted:
            suites.add("signalbook", _BROKEN, _STOPPED)
        yield from suites.told()
        self._suites = None


class _Suites:
    """The complete suites, the current one, and the counts of both."""

    def __init__(self) -> None:
        self._done = Spool()
        self._open = Spool()
        self._file: str | None = None
        self._counts = _Counts()
        self._totals = _Counts()

    def add(self, file: str, outcome: str, element: str) -> None:
        """Add a case to the suite of its file. A new file starts a new suite."""
        if file != self._file:
            self._close()
            self._file = file
        self._open.put(f"{element.replace(_BREAK, chr(10))}\n")
        self._counts.add(outcome)
        self._totals.add(outcome)

    def _close(self) -> None:
        if self._file is None:
            return
        self._done.put(f'<testsuite name="{self._file}" {self._counts} skipped="0" time="0">\n')
        for block in self._open.drained():
            self._done.put(block)
        self._done.put("</testsuite>\n")
        self._file, self._counts = None, _Counts()

    def told(self) -> Iterator[str]:
        """Yield the document after its first line. You cannot add cases afterwards."""
        self._close()
        yield f'<testsuites name="signalbook" {self._totals} time="0">\n'
        yield from self._done.drained()
        yield "</testsuites>\n"
        self._done.close()
        self._open.close()


class _Counts:
    """Counts cases by outcome; formats as XML attributes."""

    def __init__(self) -> None:
        self._by_outcome = dict.fromkeys((_PASSED, _FAILED, _BROKEN), 0)

    def add(self, outcome: str) -> None:
        self._by_outcome[outcome] += 1

    def __str__(self) -> str:
        return f'tests="{sum(self._by_outcome.values())}" failures="{self._by_outcome[_FAILED]}" errors="{self._by_outcome[_BROKEN]}"'


def case(verdict: Verdict, file: str) -> str:
    """Return the element of a payload on one line. `file` is the escaped name of its file."""
    about = " ".join(
        [place(file, verdict.line, verdict.index), *([safe(verdict.event)] if verdict.event else [])]
    )
    lines = [spot(verdict, finding).line for finding in verdict.findings]
    line = next((one for one in lines if one is not None), verdict.line)
    given = {
        "classname": file,
        "name": about,
        "file": file,
        "line": None if line is None else str(line),
        "time": "0",
    }
    attributes = " ".join(
        f'{name}="{_attribute(value)}"' for name, value in given.items() if value is not None
    )
    inside = _problem(verdict, file) + _notes(verdict, file)
    return f"<testcase {attributes}>{inside}</testcase>" if inside else f"<testcase {attributes}/>"


def _problem(verdict: Verdict, file: str) -> str:
    if verdict.ok:
        return ""
    errors = verdict.errors
    message = told(errors[0]) if errors else verdict.status
    more = f" (and {counted(len(errors) - 1, 'error')} more)" if len(errors) > 1 else ""
    text = _joined([*what(verdict), *_paragraphs(errors, file)])
    tag = "error" if verdict.status == "unreadable" else "failure"
    return f'<{tag} type="{verdict.status}" message="{_attribute(message + more)}">{text}</{tag}>'


def _notes(verdict: Verdict, file: str) -> str:
    """Return findings that are not errors, and ignored findings with the reason, as a `system-out` element."""
    lines = list(_paragraphs((one for one in verdict.findings if one.severity != "error"), file))
    lines += [
        f"    ignored {told(one)} ({safe(one.rule)}; {safe(one.ignored or 'no reason given')})"
        for one in verdict.ignored
    ]
    return f"<system-out>{_joined(lines)}</system-out>" if lines else ""


def _paragraphs(findings: Iterator[Finding] | tuple[Finding, ...], file: str) -> Iterator[str]:
    return (line for finding in findings for line in paragraph(finding, file))


def _joined(lines: list[str]) -> str:
    return _BREAK.join(map(_content, lines))


def _content(text: str) -> str:
    # `safe` has already escaped what XML forbids: control characters and lone surrogates.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return _content(text).replace('"', "&quot;")
