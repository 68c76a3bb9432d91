"""Ignores: findings that do not count until a given day, for a stated reason."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from signalbook.config import toml_lines
from signalbook.reading import pointers
from signalbook.reading.globs import Excludes
from signalbook.terminal import safe
from signalbook.validation.contracts import has_errors, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from signalbook.config.settings import Config, Ignore
    from signalbook.engine.levels import Severity
    from signalbook.validation.findings import Finding, Part, Status, Verdict


def settled(verdict: Verdict, left: Sequence[Finding], ignored: Iterable[Finding]) -> Verdict:
    """Return the verdict with `left` as its findings, `ignored` added to its ignored ones, and a status that only depends on `left`.

    A payload whose errors are all ignored is valid, even if it could not be read: it must not fail a run.
    """
    parts = verdict.parts
    if any(part.status != "valid" for part in parts):
        near = Parts(parts)
        about: dict[str, list[Finding]] = {}
        for finding in left:
            for part in near.of(finding):
                about.setdefault(part.pointer, []).append(finding)
        parts = tuple(part._replace(status=status_of(about.get(part.pointer, ()))) for part in parts)
    return replace(
        verdict,
        status=_status(verdict, left),
        findings=tuple(left),
        parts=parts,
        ignored=(*verdict.ignored, *ignored),
    )


def _status(verdict: Verdict, left: Sequence[Finding]) -> Status:
    if verdict.status == "unreadable":
        return "unreadable" if has_errors(left) else "valid"
    return status_of(left)


class Parts:
    """Index of the events inside a payload by location, to find which one a finding is about. A list may carry thousands of both."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._below: dict[tuple[str, ...], list[Part]] = {}
        for part in parts:
            steps = pointers.split(part.pointer)
            for length in range(len(steps) + 1):
                self._below.setdefault(steps[:length], []).append(part)

    def of(self, finding: Finding) -> Sequence[Part]:
        """Return the parts that a finding is about: the nearest ones, or all of them if it is in an envelope around all."""
        steps = pointers.split(finding.pointer)
        return next(
            (
                self._below[steps[:length]]
                for length in range(len(steps), -1, -1)
                if steps[:length] in self._below
            ),
            (),
        )


SOON = 14
"""Number of days before its end at which an ignore is announced."""


class Note(NamedTuple):
    """A note about the configuration itself, for standard error; it does not stop the run. `where` is a file and line."""

    severity: Severity
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.severity}: {safe(self.where)}: {safe(self.message)}"


class Ignores:
    """The ignores of a configuration on a given day. `used` counts the findings that each matched, also after its end.

    Each process that applies them has its own copy (it can be pickled) and sends `used` back; `merge` adds the counts in any order.
    """

    def __init__(self, config: Config, today: str) -> None:
        self.today = today
        self.used = [0] * len(config.ignore)
        self._config = config
        self._folder = os.path.dirname(os.path.abspath(config.file))  # noqa: PTH100, PTH120
        self._globs = [Excludes((one.path,)) if one.path else None for one in config.ignore]
        self._of: tuple[str | None, list[int]] = (None, self._met(None))

    def apply(self, verdict: Verdict) -> Verdict:
        """Return the verdict with the findings that are ignored today moved to `ignored`, with their reason."""
        if not verdict.findings or not self.used:
            return verdict
        if self._of[0] != verdict.source:  # looked up once per file, not once per finding
            self._of = (verdict.source, self._met(verdict.source))
        parts = Parts(verdict.parts) if verdict.parts else None
        left: list[Finding] = []
        ignored: list[Finding] = []
        for finding in verdict.findings:
            events = [part.event for part in parts.of(finding)] if parts else [verdict.event]
            met = [place for place in self._of[1] if _meets(self._config.ignore[place], finding, events)]
            for place in met:
                self.used[place] += 1
            one = next(
                (one for place in met if (one := self._config.ignore[place]).until >= self.today), None
            )
            if one:
                ignored.append(finding._replace(ignored=one.reason))
            else:
                left.append(finding)
        return settled(verdict, left, ignored) if ignored else verdict

    def _met(self, source: str | None) -> list[int]:
        """Return the indexes of the ignores that apply to a file."""
        path = relative(source, self._folder)
        return [
            place
            for place, glob in enumerate(self._globs)
            if glob is None or (path is not None and glob.covers_any(path))
        ]

    def merge(self, used: Sequence[int]) -> None:
        """Add the counts of another process."""
        self.used = [mine + theirs for mine, theirs in zip(self.used, used, strict=True)]

    def notes(self, *, complete: bool) -> Iterator[Note]:
        """Yield notes about ignores that ended, that end soon and, after a `complete` run, that matched nothing."""
        for place, one in enumerate(self._config.ignore):
            used = self.used[place]
            them, again, it = (
                (f"{used} finding", "counts again", "it")
                if used == 1
                else (f"{used} findings", "count again", "them")
            )
            if one.until < self.today and used:
                yield self._note(
                    "warning",
                    place,
                    f"this ignore ended on {one.until}, so the {them} that it matched {again}: fix {it}, or extend the ignore",
                )
            elif one.until < self.today:
                yield self._note(
                    "warning", place, f"this ignore ended on {one.until} and matched nothing: remove it"
                )
            elif complete and not used:
                yield self._note("warning", place, "this ignore matched nothing: remove it")
            elif _days(self.today, one.until) <= SOON:
                yield self._note(
                    "note", place, f"this ignore ends on {one.until}; after that, {them} {again}"
                )

    def _note(self, severity: Severity, place: int, message: str) -> Note:
        where = toml_lines.where(self._config.file, (*self._config.table, "ignore", place))
        return Note(severity, where, f"{message} ({self._config.ignore[place].reason})")


def relative(source: str | None, folder: str) -> str | None:
    """Return the path of a source relative to a folder, with slashes and as valid UTF-8; None if it came from no file."""
    if source is None or source == "-":
        return source
    try:
        path = os.path.relpath(source, folder)
    except ValueError:  # another drive
        path = os.path.abspath(source)  # noqa: PTH100
    return path.replace(os.sep, "/").encode("utf-8", "backslashreplace").decode()


def _meets(one: Ignore, finding: Finding, events: Sequence[str | None]) -> bool:
    return (
        (one.rule is None or one.rule == finding.rule)
        and (one.event is None or any(event and f"{event}/".startswith(f"{one.event}/") for event in events))
        and (one.pointer is None or leads_to(one.pointer, finding))
    )


def leads_to(pattern: str, finding: Finding) -> bool:
    """Return whether a JSON Pointer with `*` for any step, and a final `/**` for everything below, matches a finding or the field it names."""
    steps = pointers.split(pattern)
    found = pointers.split(finding.pointer)
    return _fits(steps, found) or (finding.field is not None and _fits(steps, (*found, finding.field)))


def _fits(steps: Sequence[str], found: Sequence[str]) -> bool:
    if steps and steps[-1] == "**":
        steps, found = steps[:-1], found[: len(steps) - 1]
    return len(steps) == len(found) and all(
        step in ("*", there) for step, there in zip(steps, found, strict=True)
    )


def _days(today: str, until: str) -> int:
    from datetime import date  # noqa: PLC0415 - only needed at the end of a run with ignores

    return (date.fromisoformat(until) - date.fromisoformat(today)).days
