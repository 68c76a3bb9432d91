"""Counts the results of a run: payloads by status, findings by rule, events by version. Workers send counts back and the parent adds them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from signalbook.reporting.renderer import SEVERITIES, STATUSES

if TYPE_CHECKING:
    from signalbook.validation.findings import Verdict


class Tally:
    """Counts so far. Its size does not grow with the number of payloads, because it holds nothing that a payload could make up.

    `statuses` counts payloads by status, `severities` and `rules` count findings by severity and by (rule, severity), `ignored` counts ignored ones.
    `events` counts by (event, version, status); the event is None if it is not in the catalogue. A payload with several events counts each of them.
    `files` is set by the code that opens files, because two pieces of one file count once.
    """

    __slots__ = ("events", "files", "ignored", "rules", "severities", "statuses")

    def __init__(self) -> None:
        self.statuses: Counter[str] = Counter()
        self.severities: Counter[str] = Counter()
        self.rules: Counter[tuple[str, str]] = Counter()
        self.events: Counter[tuple[str | None, str | None, str]] = Counter()
        self.ignored = 0
        self.files = 0

    def add_valid(self, event: str | None, version: str | None, n: int = 1) -> None:
        """Count `n` valid payloads of one event without findings: a fast path for most payloads of a stream."""
        self.statuses["valid"] += n
        self.events[event, version, "valid"] += n

    def add(self, verdict: Verdict) -> None:
        """Count a payload with its findings."""
        self.statuses[verdict.status] += 1
        for part in verdict.parts or (verdict,):
            self.events[part.event, part.version, part.status] += 1
        for finding in verdict.findings:
            self.severities[finding.severity] += 1
            self.rules[finding.rule, finding.severity] += 1
        self.ignored += len(verdict.ignored)

    def merge(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.statuses.update(other.statuses)
        self.severities.update(other.severities)
        self.rules.update(other.rules)
        self.events.update(other.events)
        self.ignored += other.ignored
        self.files += other.files

    @property
    def total(self) -> int:
        """Number of payloads."""
        return sum(self.statuses.values())

    @property
    def is_clean(self) -> bool:
        """Whether every payload is valid. True for a run without payloads."""
        return self.total == self.statuses["valid"]

    def as_dict(self, *, interrupted: bool = False) -> dict[str, Any]:
        """Return the JSON form that `meta/summary.schema.json` describes. Rows are sorted, so that equal counts give equal output."""
        events = sorted(self.events.items(), key=lambda row: tuple(word or "" for word in row[0]))
        rules = sorted(self.rules.items(), key=lambda row: (-row[1], row[0]))
        return {
            "interrupted": interrupted,
            "files": self.files,
            "payloads": {"total": self.total, **{status: self.statuses[status] for status in STATUSES}},
            "findings": {
                **{severity: self.severities[severity] for severity in SEVERITIES},
                "ignored": self.ignored,
            },
            "events": [
                {"event": event, "version": version, "status": status, "payloads": count}
                for (event, version, status), count in events
                if count
            ],
            "rules": [
                {"rule": rule, "severity": severity, "findings": count}
                for (rule, severity), count in rules
                if count
            ],
        }
