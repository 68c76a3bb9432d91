"""Findings of a document's payloads → the same with line and column: where in the file each of them is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signalbook.jsontext import GZIP
from signalbook.jsontext.places import places

if TYPE_CHECKING:
    from signalbook.findings import Finding, Verdict
    from signalbook.intake import Document


def pinpointed(verdicts: list[Verdict], document: Document) -> list[Verdict]:
    """Return the verdicts on the payloads of a document, with a place for each finding. The text is looked through once for all of them."""
    if document.data.startswith(GZIP):
        return verdicts  # a payload that arrived compressed: no editor shows a line of it
    wanted = {_pointer(finding, verdict, document) for verdict in verdicts for finding in verdict.findings}
    found = places(document.data, wanted)
    return [
        replace(
            verdict, findings=tuple(_placed(finding, found[_pointer(finding, verdict, document)], document.start) for finding in verdict.findings)
        )
        if verdict.findings
        else verdict
        for verdict in verdicts
    ]


def _pointer(finding: Finding, verdict: Verdict, document: Document) -> str:
    """Return the place of a finding in the document: in an array that was read at once, below the payload's index."""
    inside = verdict.index is not None and document.index is None
    return f"/{verdict.index}{finding.pointer}" if inside else finding.pointer


def _placed(finding: Finding, place: tuple[int, int], start: tuple[int, int]) -> Finding:
    line, column = place
    return finding._replace(line=line + start[0] - 1, column=column + (start[1] - 1 if line == 1 else 0))
