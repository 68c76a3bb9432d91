"""What is left of a verdict when some of its findings no longer count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signalbook import naming
from signalbook.judging import has_errors, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from signalbook.findings import Finding, Part, Status, Verdict


def settled(verdict: Verdict, left: Sequence[Finding], ignored: Iterable[Finding]) -> Verdict:
    """Return the verdict with the findings that are `left`, and with more that are `ignored`; the status is what those that are left make of it.

    So a payload all of whose errors are ignored is valid, also one that could not be read: nothing about it is to fail a run.
    """
    parts = verdict.parts
    if any(part.status != "valid" for part in parts):
        near = Parts(parts)
        about: dict[str, list[Finding]] = {}
        for finding in left:
            for part in near.of(finding):
                about.setdefault(part.pointer, []).append(finding)
        parts = tuple(part._replace(status=status_of(about.get(part.pointer, ()))) for part in parts)
    return replace(verdict, status=_status(verdict, left), findings=tuple(left), parts=parts, ignored=(*verdict.ignored, *ignored))


def _status(verdict: Verdict, left: Sequence[Finding]) -> Status:
    if verdict.status == "unreadable":
        return "unreadable" if has_errors(left) else "valid"
    return status_of(left)


class Parts:
    """The events inside a payload by their places, to tell which of them a finding is about: a list may carry thousands of both."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._below: dict[tuple[str, ...], list[Part]] = {}
        for part in parts:
            steps = naming.tokens(part.pointer)
            for length in range(len(steps) + 1):
                self._below.setdefault(steps[:length], []).append(part)

    def of(self, finding: Finding) -> Sequence[Part]:
        """Return the parts that a finding is about: those nearest to it, which are all of them where it stands in an envelope around all."""
        steps = naming.tokens(finding.pointer)
        return next((self._below[steps[:length]] for length in range(len(steps), -1, -1) if steps[:length] in self._below), ())
