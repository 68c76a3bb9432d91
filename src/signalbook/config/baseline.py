"""A baseline: errors that were there before, and are not to stop anyone now. What comes in addition counts.

An entry is a place in a file and the number of errors there, without line numbers: what changes elsewhere in the file moves nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook import jsontext, opening
from signalbook.config import settling
from signalbook.config.forms import checker
from signalbook.config.ignores import Note, relative
from signalbook.errors import Unreadable
from signalbook.findings import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.findings import Finding, Verdict

REASON = "in the baseline"
FORM = 1
"""The number of the form of the file that we write, and the one we read."""


class Entry(NamedTuple):
    """Where errors stand: the file as the baseline's folder sees it, the rule, the contract's id without its version, the place."""

    file: str
    rule: str
    contract: str
    pointer: str
    field: str

    def as_dict(self, count: int) -> dict[str, Any]:
        """Return the entry with its count, as the file has it."""
        named = {"file": self.file, "rule": self.rule, "contract": self.contract or None, "pointer": self.pointer}
        return named | ({"field": self.field} if self.field else {}) | {"count": count}


class _Places:
    """Makes entries of findings; the path of a file is found out once for all of its findings."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.folder = os.path.dirname(os.path.abspath(file))  # noqa: PTH100, PTH120
        self._last: tuple[str | None, str] = (None, "")

    def path(self, source: str | None) -> str:
        if self._last[0] != source:
            self._last = (source, relative(source, self.folder) or "")
        return self._last[1]

    def entry(self, finding: Finding, source: str | None) -> Entry | None:
        """Return the entry for a finding, or None for one that no baseline holds."""
        if finding.severity != "error" or finding.rule in ABSENT or not source:
            return None
        contract = (finding.contract or "").partition("@")[0]
        return Entry(self.path(source), finding.rule, contract, _sayable(finding.pointer), _sayable(finding.field or ""))


def _sayable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


class Recorder:
    """Notes the errors of a run for a new baseline. Each process has its own, and sends `counts` back: they add up in any order."""

    def __init__(self, file: str) -> None:
        self.counts: Counter[Entry] = Counter()
        self._places = _Places(file)

    def record(self, verdict: Verdict) -> None:
        """Note the errors of a verdict. Those that an ignore has taken out already are none; so call it before `Baseline.apply`."""
        for finding in verdict.findings:
            if entry := self._places.entry(finding, verdict.source):
                self.counts[entry] += 1

    def merge(self, counts: Mapping[Entry, int]) -> None:
        """Add what another process noted."""
        self.counts.update(counts)

    def data(self) -> bytes:
        """Return the file: sorted, an entry a line, so that two of them are easily compared."""
        lines = ",\n".join(f"    {jsontext.compact(entry.as_dict(count))}" for entry, count in sorted(self.counts.items()))
        entries = f"[\n{lines}\n  ]" if lines else "[]"
        return f'{{\n  "version": {FORM},\n  "entries": {entries}\n}}\n'.encode()


class Baseline:
    """The errors that were there before, and how often each was met.

    A file must be seen by one process from its beginning to its end: `holds` says for which that matters. Then it is exact, and the same with any number
    of processes: the first so many errors of a place are old, in the order of the file, and later ones count.
    Each process has its own copy (they can be pickled), and sends `met` and `files` back to be merged.
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
        """Return the baseline in a file. Raises `Unreadable`."""
        try:
            value = jsontext.loads(opening.read(file))
        except OSError as error:
            raise Unreadable(file, f"cannot be read: {error.strerror}", "--write-baseline FILE makes one") from None
        except jsontext.NotJSON as error:
            raise Unreadable(file, f"is no baseline: {error}", "take it from version control, or make it anew: --write-baseline FILE") from None
        if isinstance(value, dict) and isinstance(value.get("version"), int) and value["version"] > FORM:
            raise Unreadable(file, f"is a baseline of form {value['version']}, and this signalbook reads form {FORM}", "install a newer signalbook")
        if problems := checker("baseline").problems(value):
            place = "".join(f"/{step}" for step in problems[0].path)
            raise Unreadable(f"{file}{f'#{place}' if place else ''}", f"is no baseline: {problems[0].message}", "make it anew: --write-baseline FILE")
        counts: Counter[Entry] = Counter()
        for one in value["entries"]:
            counts[Entry(one["file"], one["rule"], one["contract"] or "", one["pointer"], one.get("field", ""))] += one["count"]
        return Baseline(file, counts)

    def fresh(self) -> Baseline:
        """Return the same baseline for another process, which has met nothing yet."""
        return Baseline(self._places.file, self.counts)

    def holds(self, source: str | None) -> bool:
        """Whether errors of a file are in the baseline: such a file must not be shared among processes."""
        return self._places.path(source) in self._held

    def apply(self, verdict: Verdict) -> Verdict:
        """Return the verdict without the errors that were there before, which it then lists as `ignored`."""
        if not self.holds(verdict.source):
            return verdict
        place = (verdict.source, verdict.line or 0, verdict.index or 0)
        if place[0] != self._at[0] or place[1:] <= self._at[1:]:
            # A file that is named twice is checked twice, and its old errors are as old the second time.
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
        return settling.settled(verdict, left, ignored) if ignored else verdict

    def begin(self, source: str | None) -> None:
        """Note that a file is checked, from its beginning. `apply` does it too; call it for a file whose valid payloads are not passed to that."""
        if self.holds(source):
            self.files.add(self._places.path(source))
            self._now.clear()
            self._at = (source, -1, -1)

    def merge(self, met: Mapping[Entry, int], files: set[str]) -> None:
        """Add what another process met."""
        self.met |= Counter(met)
        self.files |= files

    def gone(self) -> int:
        """Return how many errors of the baseline are no longer there, in the files that were checked and in those that are no more."""
        return sum(count - self.met[entry] for entry, count in self.counts.items() if entry.file in self.files or self._is_lost(entry.file))

    def _is_lost(self, file: str) -> bool:
        return file != "-" and not os.path.exists(os.path.join(self._places.folder, file))  # noqa: PTH110, PTH118

    def notes(self, *, complete: bool) -> Iterator[Note]:
        """Yield what there is to say of the baseline after a `complete` run: that some of it is gone."""
        if complete and (gone := self.gone()):
            from shlex import quote  # noqa: PLC0415 - only where it is to be renewed

            are = "error of the baseline is" if gone == 1 else "errors of the baseline are"
            yield Note("note", self._places.file, f"{gone} {are} gone: --write-baseline {quote(self._places.file)} renews it")
