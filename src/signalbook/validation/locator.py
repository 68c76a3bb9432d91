"""Adds the line and column in the file to the findings of a document's payloads."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from signalbook.reading.json_errors import GZIP
from signalbook.reading.locations import places

if TYPE_CHECKING:
    from signalbook.reading.pieces import Document
    from signalbook.validation.findings import Finding, Verdict


def pinpointed(verdicts: list[Verdict], document: Document) -> list[Verdict]:
    """Return a document's verdicts with the line and column of each finding. The text is scanned once for all of them."""
    if document.data.startswith(GZIP):
        return verdicts  # the payload arrived compressed, so no editor shows its lines
    wanted = {_pointer(finding, verdict, document) for verdict in verdicts for finding in verdict.findings}
    found = places(document.data, wanted)
    return [
        replace(
            verdict,
            findings=tuple(
                _placed(finding, found[_pointer(finding, verdict, document)], document.start)
                for finding in verdict.findings
            ),
        )
        if verdict.findings
        else verdict
        for verdict in verdicts
    ]


def _pointer(finding: Finding, verdict: Verdict, document: Document) -> str:
    """Return a finding's pointer into the document. If an array was read at once, it starts with the payload's index."""
    inside = verdict.index is not None and document.index is None
    return f"/{verdict.index}{finding.pointer}" if inside else finding.pointer


def _placed(finding: Finding, place: tuple[int, int], start: tuple[int, int]) -> Finding:
    line, column = place
    return finding._replace(line=line + start[0] - 1, column=column + (start[1] - 1 if line == 1 else 0))
