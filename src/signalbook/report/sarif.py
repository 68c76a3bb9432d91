"""SARIF 2.1.0, which code scanning and editors show: every rule with its help, every finding with its place.

`each` returns a result a line. GitHub refuses a run of more than 25,000 results, and shows the 5,000 gravest: so results are sorted by weight, errors first,
in the order of the payloads within each; no more than 25,000 are written, and a notification says how many were left out.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from signalbook.report import sarif_rules
from signalbook.report.files import relative, spot, uri
from signalbook.report.formats import Format
from signalbook.report.lines import line
from signalbook.report.spool import Spool
from signalbook.report.text import told
from signalbook.report.words import counted, place
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.findings import Finding, Verdict
    from signalbook.report.tally import Tally

MOST = 25_000
"""How many results one run holds."""
_IGNORED = "ignored"
_WEIGHTS = ("error", "warning", "note", _IGNORED)
_HEAD = '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[\n'


class Sarif(Format):
    """SARIF: findings as results, with those that do not count as suppressed ones. A payload without any is not in it."""

    def __init__(self, **asked: Any) -> None:
        super().__init__(**asked)
        self._results: _Results | None = None

    @property
    def passes_valid(self) -> bool:
        """Always: what is valid has no result."""
        return True

    def head(self) -> str:
        """Return the beginning of the log, up to its run."""
        return _HEAD

    def each(self, verdict: Verdict) -> str:
        """Return the results of a payload: also those that are ignored, of one that has no others."""
        return "" if self.show == "none" else self._told(verdict)

    def _told(self, verdict: Verdict) -> str:
        results = [f"{finding.severity}\t{line(result(verdict, finding, self.root))}\n" for finding in verdict.findings]
        results += [f"{_IGNORED}\t{line(result(verdict, finding, self.root))}\n" for finding in verdict.ignored]
        return "".join(results)

    def take(self, text: str) -> str:
        """Keep results for the end."""
        if text:
            self._results = self._results or _Results()
            for record in text.removesuffix("\n").split("\n"):
                self._results.add(*record.split("\t", 1))
        return ""

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        """Yield the run: the tool with its rules, how the run went, and the results."""
        results = self._results or _Results()
        yield f'{{"tool":{line(sarif_rules.tool(self.level))},\n"columnKind":"unicodeCodePoints",\n'
        yield f'"invocations":[{line(_invocation(results.left_out(), interrupted=interrupted))}],\n'
        if self.summary:
            yield f'"properties":{line({"summary": tally.as_dict(interrupted=interrupted)})},\n'
        yield '"results":[\n'
        yield from results.told()
        yield "]}\n]}\n"
        self._results = None


class _Results:
    """The results so far, by weight: of each kind as many as could be written."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._spools = {weight: Spool() for weight in _WEIGHTS}

    def add(self, weight: str, text: str) -> None:
        """Add a result in one line."""
        self._counts[weight] += 1
        if self._counts[weight] <= MOST:
            self._spools[weight].put(f"{text}\n")

    def left_out(self) -> int:
        """Return how many results are too many."""
        return max(0, self._counts.total() - MOST)

    def told(self) -> Iterator[str]:
        """Yield the results as the items of an array, one a line. Nothing can be added afterwards."""
        written = 0
        for spool in self._spools.values():
            for text in spool.lines():
                if written < MOST:
                    yield f"{',' if written else ''}{text}"
                    written += 1
            spool.close()


def _invocation(left_out: int, *, interrupted: bool) -> dict[str, Any]:
    notes = []
    if interrupted:
        notes.append(("error", "The run was interrupted: not everything was checked, and the results are of what was."))
    if left_out:
        notes.append(
            ("warning", f"{counted(left_out, 'more result')} left out: a run holds at most {MOST}. `signalbook validate --format json` tells all.")
        )
    told = {"toolExecutionNotifications": [{"level": level, "message": {"text": text}} for level, text in notes]} if notes else {}
    return {"executionSuccessful": not interrupted, **told}


def result(verdict: Verdict, finding: Finding, root: str | None = None) -> dict[str, Any]:
    """Return a finding as a SARIF result."""
    name = relative(verdict.source, root)
    known = {"ruleIndex": sarif_rules.INDEX[finding.rule]} if finding.rule in sarif_rules.INDEX else {}
    suppressed = {"suppressions": [{"kind": "external", "justification": safe(finding.ignored)}]} if finding.ignored is not None else {}
    return {
        "ruleId": finding.rule,
        **known,
        "level": finding.severity,
        "message": {"text": _message(finding)},
        "locations": [_location(verdict, finding, name)],
        "partialFingerprints": {"signalbook/v1": _fingerprint(finding, name)},
        **suppressed,
        "properties": _properties(verdict, finding, name),
    }


def _message(finding: Finding) -> str:
    text = told(finding) + (f" ({safe(finding.hint)})" if finding.hint else "")
    # `[text](target)` is a link in a message of SARIF: no payload is to make one.
    return text.replace("](", "] (") or finding.rule


def _location(verdict: Verdict, finding: Finding, name: str) -> dict[str, Any]:
    file = uri(name)
    artifact = {"uri": file} if file.startswith("file:") else {"uri": file, "uriBaseId": "%SRCROOT%"}
    start, column = spot(verdict, finding)
    region = {} if start is None else {"region": {"startLine": start, **({} if column is None else {"startColumn": column})}}
    logical = {"logicalLocations": [{"fullyQualifiedName": safe(finding.pointer)}]} if finding.pointer else {}
    return {"physicalLocation": {"artifactLocation": artifact, **region}, **logical}


def _fingerprint(finding: Finding, name: str) -> str:
    """Return what stays the same of a finding when its file is written anew, so that code scanning follows it: neither line nor value."""
    from hashlib import sha256  # noqa: PLC0415 - only where there is a finding

    contract = (finding.contract or "").partition("@")[0]
    key = "\0".join([name, finding.rule, contract, finding.pointer, finding.field or ""])
    return sha256(key.encode("utf-8", "backslashreplace")).hexdigest()[:32]


def _properties(verdict: Verdict, finding: Finding, name: str) -> dict[str, str]:
    known = {
        "payload": place(name, verdict.line, verdict.index),
        "event": verdict.event,
        "version": verdict.version,
        "field": finding.field,
        "expected": finding.expected,
        "found": finding.found,
        "contract": finding.contract,
        "documentation": finding.source,
    }
    return {key: safe(value) for key, value in known.items() if value}
