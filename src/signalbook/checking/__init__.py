"""Pieces of input → chunks of a report: texts and counts, in one process or in several. Nothing is read ahead of what is asked for.

`Setup` says how to check and what to report; it can be sent to another process. A `Worker` checks pieces by it, each by itself, and returns
a `Chunk` for each; what comes out does not depend on how many workers there are, nor on which of them took which piece.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook import jsontext
from signalbook.checking.worker import Chunk, Worker
from signalbook.findings import ABSENT
from signalbook.intake import Document, Files, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.checking.worker import Batch
    from signalbook.config.baseline import Baseline
    from signalbook.config.settings import Config
    from signalbook.intake import Piece
    from signalbook.jsontext import Limits
    from signalbook.registry import Registry
    from signalbook.report import Format

__all__ = ["Chunk", "Setup", "Worker", "chunks"]


_MUCH, _FEW = 1 << 20, 1 << 10  # bytes of a batch, and what a small item counts at least


class Setup(NamedTuple):
    """How payloads are checked and reported.

    `request` has the keywords of `Request.of`, and `schemas` is the folder of the registry, None for the catalogue that comes with the kit.
    `config` has the ignores, which hold as of `today` (yyyy-MM-dd); of `baseline` each worker makes a copy; `record` is the file of a baseline to make.
    """

    forms: tuple[Format, ...]
    limits: Limits
    max_expansion: int
    request: dict[str, Any]
    schemas: str | None = None
    config: Config | None = None
    today: str = ""
    baseline: Baseline | None = None
    record: str | None = None


def chunks(pieces: Iterable[Piece], setup: Setup, registry: Registry, jobs: int = 1) -> Iterator[Chunk]:
    """Yield a chunk for each piece, in their order, checked by so many processes; `registry` is the one that `setup` names. Raises `LostWorker`."""
    worker = Worker(setup, registry)
    jsontext.limit_texts(setup.limits)
    try:
        if jobs == 1:
            yield from (worker.check(piece, opened) for piece, opened in _counted(pieces))
            return
        from signalbook.checking import processes  # noqa: PLC0415 - it takes as long to load as a small run takes

        yield from processes.chunks(_counted(pieces), setup, worker, jobs)
    finally:
        jsontext.limit_texts(jsontext.DEFAULT)


def _counted(pieces: Iterable[Piece]) -> Iterator[tuple[Piece | Batch, int]]:
    """Yield each piece with the number of files that begin with it."""
    last = None
    for piece in _batched(pieces):
        if isinstance(piece, Files):
            last = None
            yield piece, len(piece.paths)
        else:
            one = piece[0] if isinstance(piece, tuple) else piece
            again = one.source == last and not (isinstance(one, Lines) and one.first == 1)
            last = one.source
            is_absent = isinstance(one, Document) and one.problem is not None and one.problem.rule in ABSENT
            yield piece, 0 if again or is_absent else 1


def _batched(pieces: Iterable[Piece]) -> Iterator[Piece | Batch]:
    """Yield the pieces, but the items of an array that is read item by item many at a time: one is not worth sending to another process."""
    batch: list[Document] = []
    size = 0
    for piece in pieces:
        is_item = isinstance(piece, Document) and piece.index is not None
        if batch and (not is_item or size > _MUCH or (isinstance(piece, Document) and piece.index == 0)):
            yield tuple(batch)
            batch, size = [], 0
        if isinstance(piece, Document) and is_item:
            batch.append(piece)
            size += len(piece.data) + _FEW
        else:
            yield piece
    if batch:
        yield tuple(batch)
