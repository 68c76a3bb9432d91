"""Formats reports as SARIF 2.1.0, for code scanning and editors: every rule with its help, every finding with its location.

`each` returns one result per line. GitHub rejects a run of more than 25,000 results and shows the 5,000 most severe. Results are therefore sorted by
severity, errors first, and by the order of payloads within each. At most 25,000 are written, and a notification says how many were left out.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from signalbook.engine.levels import SEVERITY
from signalbook.reporting.format import Format, Spool, counted, place, relative, spot, uri
from signalbook.reporting.json_lines import line
from signalbook.reporting.text import told
from signalbook.terminal import safe
from signalbook.validation.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.levels import Level
    from signalbook.reporting.format import Tally
    from signalbook.validation.findings import Finding, Verdict
    from signalbook.validation.rules import Rule


INDEX = {rule.name: place for place, rule in enumerate(RULES)}
"""Index of each rule in the list that `tool` returns."""

_GROUPS = {
    "contract": "It comes from the contract of an event or an envelope.",
    "opening": "It is about what the payload is: its envelope, its event, its version.",
    "typed": "It is about reading the payload as typed models.",
    "reading": "It is about reading the payload as JSON.",
}
_AS_IT_IS = {"general-contract": "warning"}
"""Severities of rules that leave the payload as it is; all others are notes."""


def tool(level: str) -> dict[str, Any]:
    """Return the SARIF description of the tool, with the severity of every rule at a level."""
    return {
        "driver": {"name": "signalbook", **_version(), "rules": [described(rule, level) for rule in RULES]}
    }


def _version() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - takes 20 ms, and only this function needs it

    try:
        return {"version": version("signalbook"), "semanticVersion": version("signalbook")}
    except PackageNotFoundError:  # running from a source folder that is not installed
        return {}


def described(rule: Rule, level: str) -> dict[str, Any]:
    """Return a rule as a SARIF reportingDescriptor, with its severity at a level."""
    weight = severity(rule, level)
    # GitHub filters by `problem.severity` and shows the tags.
    github = {"error": "error", "warning": "warning", "note": "recommendation"}[weight]
    return {
        "id": rule.name,
        "name": "".join(word[:1].upper() + word[1:] for word in rule.name.split("-")),
        "shortDescription": {"text": rule.meaning},
        "fullDescription": {"text": f"{rule.meaning} {_GROUPS[rule.group]}"},
        "help": {
            "text": f"{rule.meaning}\n\nWhat to do: {rule.todo}",
            "markdown": f"{rule.meaning} {_GROUPS[rule.group]}\n\n**What to do:** {rule.todo}",
        },
        "defaultConfiguration": {"level": weight},
        "properties": {"tags": [rule.group], "problem.severity": github},
    }


def severity(rule: Rule, level: str) -> str:
    """Return the severity of a rule's findings at a level; the highest, if it depends on the findings inside."""
    if rule.effect == "by level":
        # A rule that is silent at a level has no results there; declare the lowest severity.
        return SEVERITY[cast("Level", level)][rule.weight or "guarantee"] or "note"
    return _AS_IT_IS.get(rule.name, "note") if rule.effect == "as it is" else "error"


MOST = 25_000
"""Maximum number of results in one run."""
_IGNORED = "ignored"
_WEIGHTS = ("error", "warning", "note", _IGNORED)
_HEAD = '{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[\n'


class Sarif(Format):
    """SARIF. Findings are results, and ignored findings are suppressed results. Payloads without findings do not appear."""

    def __init__(self, **asked: Any) -> None:
        super().__init__(**asked)
        self._results: _Results | None = None

    @property
    def passes_valid(self) -> bool:
        """Always True: valid payloads have no results."""
        return True

    def head(self) -> str:
        """Return the start of the log, up to its run."""
        return _HEAD

    def each(self, verdict: Verdict) -> str:
        """Return the results of a payload, including ignored findings of a payload that has no others."""
        return "" if self.show == "none" else self._told(verdict)

    def _told(self, verdict: Verdict) -> str:
        results = [
            f"{finding.severity}\t{line(result(verdict, finding, self.root))}\n"
            for finding in verdict.findings
        ]
        results += [
            f"{_IGNORED}\t{line(result(verdict, finding, self.root))}\n" for finding in verdict.ignored
        ]
        return "".join(results)

    def take(self, text: str) -> str:
        """Keep results until the end."""
        if text:
            self._results = self._results or _Results()
            for record in text.removesuffix("\n").split("\n"):
                self._results.add(*record.split("\t", 1))
        return ""

    def tail(self, tally: Tally, *, interrupted: bool = False) -> Iterator[str]:
        """Yield the run: the tool with its rules, the invocation, and the results."""
        results = self._results or _Results()
        yield f'{{"tool":{line(tool(self.level))},\n"columnKind":"unicodeCodePoints",\n'
        yield f'"invocations":[{line(_invocation(results.left_out(), interrupted=interrupted))}],\n'
        if self.summary:
            yield f'"properties":{line({"summary": tally.as_dict(interrupted=interrupted)})},\n'
        yield '"results":[\n'
        yield from results.told()
        yield "]}\n]}\n"
        self._results = None


class _Results:
    """Results so far, by severity; keeps of each only as many as can be written."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._spools = {weight: Spool() for weight in _WEIGHTS}

    def add(self, weight: str, text: str) -> None:
        """Add a result, written on one line."""
        self._counts[weight] += 1
        if self._counts[weight] <= MOST:
            self._spools[weight].put(f"{text}\n")

    def left_out(self) -> int:
        """Return how many results exceed the maximum."""
        return max(0, self._counts.total() - MOST)

    def told(self) -> Iterator[str]:
        """Yield the results as array items, one per line. You cannot add results afterwards."""
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
        notes.append(
            ("error", "The run was interrupted: not everything was checked, and the results are of what was.")
        )
    if left_out:
        notes.append(
            (
                "warning",
                f"{counted(left_out, 'more result')} left out: a run holds at most {MOST}. `signalbook validate --format json` tells all.",
            )
        )
    told = (
        {"toolExecutionNotifications": [{"level": level, "message": {"text": text}} for level, text in notes]}
        if notes
        else {}
    )
    return {"executionSuccessful": not interrupted, **told}


def result(verdict: Verdict, finding: Finding, root: str | None = None) -> dict[str, Any]:
    """Return a finding as a SARIF result."""
    name = relative(verdict.source, root)
    known = {"ruleIndex": INDEX[finding.rule]} if finding.rule in INDEX else {}
    suppressed = (
        {"suppressions": [{"kind": "external", "justification": safe(finding.ignored)}]}
        if finding.ignored is not None
        else {}
    )
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
    # `[text](target)` is a link in a SARIF message; a payload must not be able to create one.
    return text.replace("](", "] (") or finding.rule


def _location(verdict: Verdict, finding: Finding, name: str) -> dict[str, Any]:
    file = uri(name)
    artifact = {"uri": file} if file.startswith("file:") else {"uri": file, "uriBaseId": "%SRCROOT%"}
    start, column = spot(verdict, finding)
    region = (
        {}
        if start is None
        else {"region": {"startLine": start, **({} if column is None else {"startColumn": column})}}
    )
    logical = {"logicalLocations": [{"fullyQualifiedName": safe(finding.pointer)}]} if finding.pointer else {}
    return {"physicalLocation": {"artifactLocation": artifact, **region}, **logical}


def _fingerprint(finding: Finding, name: str) -> str:
    """Return a fingerprint without line or value, so that code scanning tracks a finding when its file changes."""
    from hashlib import sha256  # noqa: PLC0415 - only needed for findings

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
