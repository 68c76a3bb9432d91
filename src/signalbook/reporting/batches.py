"""Turns pieces of input into chunks of a report, texts and counts, in one or several processes. Input is read lazily.

`Setup` holds how to check and what to report; it can be pickled for another process. A `Worker` checks pieces independently and returns a `Chunk`
for each. The result does not depend on the number of workers or on which worker took which piece.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.reading import limits as limits_module
from signalbook.reading import strict_json
from signalbook.reading.pieces import Document, Files, Lines
from signalbook.reporting.worker import Chunk, Worker
from signalbook.validation.findings import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.config.baseline import Baseline
    from signalbook.config.settings import Config
    from signalbook.reading.limits import Limits
    from signalbook.reading.pieces import Piece
    from signalbook.registry import Registry
    from signalbook.reporting import Format
    from signalbook.reporting.worker import Batch

__all__ = ["Chunk", "Setup", "Worker", "chunks"]


_MUCH, _FEW = 1 << 20, 1 << 10  # bytes of a batch, and the fixed size added per item


class Setup(NamedTuple):
    """Settings for checking and reporting payloads.

    `request` has the keywords of `Request.of`. `schemas` is the folder of the registry; None is the bundled catalogue. `config` has the ignores,
    which apply as of `today` (yyyy-MM-dd). Each worker copies `baseline`. `record` is the file of a new baseline.
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
    """Yield a chunk for each piece, in order, checked by `jobs` processes. `registry` is the one that `setup` names. Raises `LostWorker`."""
    worker = Worker(setup, registry)
    strict_json.limit_texts(setup.limits)
    try:
        if jobs == 1:
            yield from (worker.check(piece, opened) for piece, opened in _counted(pieces))
            return
        from signalbook.reporting import worker_processes  # noqa: PLC0415 - takes as long to import as a small run

        yield from worker_processes.chunks(_counted(pieces), setup, worker, jobs)
    finally:
        strict_json.limit_texts(limits_module.DEFAULT)


def _counted(pieces: Iterable[Piece]) -> Iterator[tuple[Piece | Batch, int]]:
    """Yield each piece with the number of files that start with it."""
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
    """Yield the pieces, with array items grouped into batches, because a single item is not worth sending to another process."""
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
