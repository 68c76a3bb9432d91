"""Recomputes a verdict after some of its findings are ignored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signalbook.reading import pointers
from signalbook.validation.contracts import has_errors, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
