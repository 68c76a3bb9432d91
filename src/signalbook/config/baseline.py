"""Baselines: known errors that do not count. New errors do.

An entry is a location in a file and the number of errors there. It has no line number, so that edits elsewhere in the file do not move it.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.config import ignores
from signalbook.config.ignores import Note, relative
from signalbook.config.settings import checker
from signalbook.errors import Unreadable
from signalbook.reading import files, json_text, strict_json
from signalbook.validation.findings import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.validation.findings import Finding, Verdict

REASON = "in the baseline"
FORM = 1
"""Version of the file format that this module reads and writes."""


class Entry(NamedTuple):
    """Location of errors: file relative to the baseline's folder, rule, contract id without version, pointer and field."""

    file: str
    rule: str
    contract: str
    pointer: str
    field: str

    def as_dict(self, count: int) -> dict[str, Any]:
        """Return the entry with its count, as written to the file."""
        named = {
            "file": self.file,
            "rule": self.rule,
            "contract": self.contract or None,
            "pointer": self.pointer,
        }
        return named | ({"field": self.field} if self.field else {}) | {"count": count}


class _Places:
    """Turns findings into entries; computes the relative path of a file once for all of its findings."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.folder = os.path.dirname(os.path.abspath(file))  # noqa: PTH100, PTH120
        self._last: tuple[str | None, str] = (None, "")

    def path(self, source: str | None) -> str:
        if self._last[0] != source:
            self._last = (source, relative(source, self.folder) or "")
        return self._last[1]

    def entry(self, finding: Finding, source: str | None) -> Entry | None:
        """Return the entry of a finding, or None if a baseline cannot hold it."""
        if finding.severity != "error" or finding.rule in ABSENT or not source:
            return None
        contract = (finding.contract or "").partition("@")[0]
        return Entry(
            self.path(source),
            finding.rule,
            contract,
            _sayable(finding.pointer),
            _sayable(finding.field or ""),
        )


def _sayable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


class Recorder:
    """Records the errors of a run for a new baseline. Each process has its own and sends `counts` back; they can be merged in any order."""

    def __init__(self, file: str) -> None:
        self.counts: Counter[Entry] = Counter()
        self._places = _Places(file)

    def record(self, verdict: Verdict) -> None:
        """Record the errors of a verdict that no ignore has removed. Call it before `Baseline.apply`."""
        for finding in verdict.findings:
            if entry := self._places.entry(finding, verdict.source):
                self.counts[entry] += 1

    def merge(self, counts: Mapping[Entry, int]) -> None:
        """Add the counts of another process."""
        self.counts.update(counts)

    def data(self) -> bytes:
        """Return the content of the file: sorted, one entry per line, so that two versions are easy to compare."""
        lines = ",\n".join(
            f"    {strict_json.compact(entry.as_dict(count))}" for entry, count in sorted(self.counts.items())
        )
        entries = f"[\n{lines}\n  ]" if lines else "[]"
        return f'{{\n  "version": {FORM},\n  "entries": {entries}\n}}\n'.encode()


class Baseline:
    """The known errors, and how many of each were found in this run.

    One process must check a file that `holds` accepts from beginning to end. The result is then exact and does not depend on the number of processes:
    in file order, the first `count` errors of an entry are known, and later ones count.
    Each process has its own copy (it can be pickled), and sends `met` and `files` back to be merged.
    """

    def __init__(self, file: str, counts: Mapping[Entry, int]) -> None:
        self.counts = dict(counts)
        self.met: Counter[Entry] = Counter()
        self.files: set[str] = set()
        self._places = _Places(file)
        self._held = {entry.file for entry in counts}
        self._now: Counter[Entry] = Counter()
        self._at: tuple[str | None, int, int] = (None, 0, 0)

    @staticmethod
    def load(file: str) -> Baseline:
        """Load a baseline from a file. Raises `Unreadable`."""
        try:
            value = strict_json.loads(files.read_regular(file))
        except OSError as error:
            raise Unreadable(
                file, f"cannot be read: {error.strerror}", "create one with --write-baseline FILE"
            ) from None
        except json_text.NotJSON as error:
            raise Unreadable(
                file,
                f"is not a valid baseline: {error}",
                "restore it from version control, or create a new one with --write-baseline FILE",
            ) from None
        if isinstance(value, dict) and isinstance(value.get("version"), int) and value["version"] > FORM:
            raise Unreadable(
                file,
                f"is a baseline of version {value['version']}, but this signalbook reads version {FORM}",
                "install a newer signalbook",
            )
        if problems := checker("baseline").problems(value):
            place = "".join(f"/{step}" for step in problems[0].path)
            raise Unreadable(
                f"{file}{f'#{place}' if place else ''}",
                f"is not a valid baseline: {problems[0].message}",
                "create a new one with --write-baseline FILE",
            )
        counts: Counter[Entry] = Counter()
        for one in value["entries"]:
            counts[
                Entry(one["file"], one["rule"], one["contract"] or "", one["pointer"], one.get("field", ""))
            ] += one["count"]
        return Baseline(file, counts)

    def fresh(self) -> Baseline:
        """Return a copy for another process, without any results."""
        return Baseline(self._places.file, self.counts)

    def holds(self, source: str | None) -> bool:
        """Return whether the baseline has errors of a file. Such a file must not be split among processes."""
        return self._places.path(source) in self._held

    def apply(self, verdict: Verdict) -> Verdict:
        """Return the verdict with its known errors moved to `ignored`."""
        if not self.holds(verdict.source):
            return verdict
        place = (verdict.source, verdict.line or 0, verdict.index or 0)
        if place[0] != self._at[0] or place[1:] <= self._at[1:]:
            # A file that is named twice is checked twice, and its known errors are known both times.
            self.begin(verdict.source)
        self._at = place
        left: list[Finding] = []
        ignored: list[Finding] = []
        for finding in verdict.findings:
            entry = self._places.entry(finding, verdict.source)
            if entry and self._now[entry] < self.counts.get(entry, 0):
                self._now[entry] += 1
                self.met[entry] = max(self.met[entry], self._now[entry])
                ignored.append(finding._replace(ignored=REASON))
            else:
                left.append(finding)
        return ignores.settled(verdict, left, ignored) if ignored else verdict

    def begin(self, source: str | None) -> None:
        """Start a file from its beginning. `apply` does it too; call it for a file whose valid payloads are not passed to `apply`."""
        if self.holds(source):
            self.files.add(self._places.path(source))
            self._now.clear()
            self._at = (source, -1, -1)

    def merge(self, met: Mapping[Entry, int], files: set[str]) -> None:
        """Add the results of another process."""
        self.met |= Counter(met)
        self.files |= files

    def gone(self) -> int:
        """Return how many known errors were not found again, in files that were checked or no longer exist."""
        return sum(
            count - self.met[entry]
            for entry, count in self.counts.items()
            if entry.file in self.files or self._is_lost(entry.file)
        )

    def _is_lost(self, file: str) -> bool:
        return file != "-" and not os.path.exists(os.path.join(self._places.folder, file))  # noqa: PTH110, PTH118

    def notes(self, *, complete: bool) -> Iterator[Note]:
        """Yield a note after a `complete` run if known errors are gone."""
        if complete and (gone := self.gone()):
            from shlex import quote  # noqa: PLC0415 - only needed for this note

            are = (
                "error in the baseline no longer occurs"
                if gone == 1
                else "errors in the baseline no longer occur"
            )
            yield Note(
                "note",
                self._places.file,
                f"{gone} {are}: update it with --write-baseline {quote(self._places.file)}",
            )
