"""JUnit XML, which the test tabs of Jenkins, GitLab and others show: a suite for each file, a case for each payload.

`each` returns a record a line: the file, what became of the payload, and its element with line breaks as references.
A suite begins with its counts, so the element of a file is kept until the next file begins, and all suites until the end: in temporary files, once it is much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.report.files import relative, spot
from signalbook.report.formats import Format
from signalbook.report.spool import Spool
from signalbook.report.text import paragraph, told, what
from signalbook.report.words import counted, place
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.findings import Finding, Verdict
    from signalbook.report.tally import Tally

_PASSED, _FAILED, _BROKEN = "p", "f", "e"
_OUTCOMES = {"valid": _PASSED, "invalid": _FAILED, "unidentified": _FAILED, "unreadable": _BROKEN}
_BREAK = "&#10;"
_STOPPED = (
    '<testcase classname="signalbook" name="interrupted" time="0">'
    '<error type="interrupted" message="not everything was checked: the cases are those that were"></error></testcase>'
)


class JUnit(Format):
    """JUnit XML. Its cases are the payloads that `show` asks for, and its counts are those of its cases. It holds no time: the same payloads give the same file."""

    def __init__(self, **asked: Any) -> None:
        super().__init__(**asked)
        self._suites: _Suites | None = None

    def head(self) -> str:
        """Return the declaration."""
        return '<?xml version="1.0" encoding="UTF-8"?>\n'

    def _told(self, verdict: Verdict) -> str:
        name = safe(relative(verdict.source, self.root))
        return f"{_attribute(name)}\t{_OUTCOMES[verdict.status]}\t{case(verdict, name)}\n"

    def take(self, text: str) -> str:
        """Keep records for the end."""
        if text:
            self._suites = self._suites or _Suites()
            for record in text.removesuffix("\n").split("\n"):
                self._suites.add(*record.split("\t"))
        return ""

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:  # noqa: ARG002 - the counts are those of the cases
        """Yield the suites; one of its own says that the run was interrupted."""
        suites = self._suites or _Suites()
        if interrupted:
            suites.add("signalbook", _BROKEN, _STOPPED)
        yield from suites.told()
        self._suites = None


class _Suites:
    """The suites that are complete, the one that is being filled, and the counts of both."""

    def __init__(self) -> None:
        self._done = Spool()
        self._open = Spool()
        self._file: str | None = None
        self._counts = _Counts()
        self._totals = _Counts()

    def add(self, file: str, outcome: str, element: str) -> None:
        """Add a case to the suite of its file; another file begins another suite."""
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
        """Yield the whole document below its first line. Nothing can be added afterwards."""
        self._close()
        yield f'<testsuites name="signalbook" {self._totals} time="0">\n'
        yield from self._done.drained()
        yield "</testsuites>\n"
        self._done.close()
        self._open.close()


class _Counts:
    """How many cases there are, and what became of them; its text is what XML says of it."""

    def __init__(self) -> None:
        self._by_outcome = dict.fromkeys((_PASSED, _FAILED, _BROKEN), 0)

    def add(self, outcome: str) -> None:
        self._by_outcome[outcome] += 1

    def __str__(self) -> str:
        return f'tests="{sum(self._by_outcome.values())}" failures="{self._by_outcome[_FAILED]}" errors="{self._by_outcome[_BROKEN]}"'


def case(verdict: Verdict, file: str) -> str:
    """Return the element of a payload, in one line; `file` is the harmless name of the file it came from."""
    about = " ".join([place(file, verdict.line, verdict.index), *([safe(verdict.event)] if verdict.event else [])])
    lines = [spot(verdict, finding).line for finding in verdict.findings]
    line = next((one for one in lines if one is not None), verdict.line)
    given = {"classname": file, "name": about, "file": file, "line": None if line is None else str(line), "time": "0"}
    attributes = " ".join(f'{name}="{_attribute(value)}"' for name, value in given.items() if value is not None)
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
    """Return what else there is to say: findings that make nothing invalid, and those that do not count, with the reason."""
    lines = list(_paragraphs((one for one in verdict.findings if one.severity != "error"), file))
    lines += [f"    ignored {told(one)} ({safe(one.rule)}; {safe(one.ignored or 'no reason given')})" for one in verdict.ignored]
    return f"<system-out>{_joined(lines)}</system-out>" if lines else ""


def _paragraphs(findings: Iterator[Finding] | tuple[Finding, ...], file: str) -> Iterator[str]:
    return (line for finding in findings for line in paragraph(finding, file))


def _joined(lines: list[str]) -> str:
    return _BREAK.join(map(_content, lines))


def _content(text: str) -> str:
    # What XML forbids, control characters and lone surrogates, is no longer there: `safe` has spelt it out.
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return _content(text).replace('"', "&quot;")
