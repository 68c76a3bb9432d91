"""PATH… → the payload texts in them: files, folders, globs, standard input; NDJSON line by line, large arrays item by item; gzip; forms.

What cannot be read becomes a `Document` with a problem, and the run goes on: no path stops another. Memory is bounded, however much there is to read.
"""

from __future__ import annotations

from signalbook.intake.contents import MAX_EXPANSION, STDIN, SUFFIXES
from signalbook.intake.listing import documents, expand, pieces
from signalbook.intake.piece import Document, Files, Lines, Piece
from signalbook.intake.values import Batch, Payload, opened_payloads, payloads, read, value_of

__all__ = [
    "MAX_EXPANSION",
    "STDIN",
    "SUFFIXES",
    "Batch",
    "Document",
    "Files",
    "Lines",
    "Payload",
    "Piece",
    "documents",
    "expand",
    "opened_payloads",
    "payloads",
    "pieces",
    "read",
    "value_of",
]
