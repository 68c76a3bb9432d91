"""Has pieces of input checked in several processes. Imported only for `--jobs` other than 1, because the pool takes long to import."""

from __future__ import annotations

import os
import signal
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_all_start_methods, get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING

from signalbook.errors import LostWorker
from signalbook.reading.documents import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signalbook.reading.documents import Piece
    from signalbook.reporting.batches import Batch, Chunk, Worker

_AHEAD = 3
"""Number of pieces in flight per process: one that it works on, and enough in the queue to keep it busy."""
_worker: Worker
"""The worker of a process of the pool. A pool passes no state to its tasks, so the initializer sets it."""


def chunks_of_processes(
    pieces: Iterable[tuple[Piece | Batch, int]], worker: Worker, start: Callable[[], Worker], jobs: int
) -> Iterator[Chunk]:
    """Yield a chunk for each piece, in order. Raises `LostWorker` if a process was killed.

    `worker` is the worker of this process. A forked process inherits a copy of it; a spawned one calls `start`.
    """
    forks = "fork" in get_all_start_methods()
    context = get_context("fork" if forks else "spawn")
    with ProcessPoolExecutor(jobs, context, _prepare, ((lambda: worker) if forks else start,)) as pool:
        under_way: deque[Future[Chunk]] = deque()
        try:
            for piece, opened in pieces:
                under_way.append(_submitted(piece, opened, pool, worker))
                # Yield finished chunks at once: for a live stream, somebody waits for them.
                while under_way and (len(under_way) >= jobs * _AHEAD or under_way[0].done()):
                    yield _result(under_way.popleft())
            while under_way:
                yield _result(under_way.popleft())
        finally:
            # Wait for the few pieces in flight: a process left behind would keep its terminal or pipe open.
            pool.shutdown(cancel_futures=True)


def _submitted(piece: Piece | Batch, opened: int, pool: ProcessPoolExecutor, worker: Worker) -> Future[Chunk]:
    if worker.must_check(piece):
        done: Future[Chunk] = Future()
        done.set_result(worker.check(piece, opened))
        return done
    try:
        return pool.submit(_check, piece.without_data() if isinstance(piece, Lines) else piece, opened)
    except BrokenProcessPool:
        raise LostWorker from None


def _result(future: Future[Chunk]) -> Chunk:
    try:
        return future.result()
    except BrokenProcessPool:
        raise LostWorker from None


def _prepare(start: Callable[[], Worker]) -> None:
    global _worker  # noqa: PLW0603 - see there
    _end_with_the_parent()
    # Ctrl-C and a terminal hang-up reach every process of the terminal; the parent decides what to finish.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _worker = start()


def _end_with_the_parent() -> None:
    """End this process when its parent ends, however that happens; otherwise it would wait for work forever."""
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _check(piece: Piece | Batch, opened: int) -> Chunk:
    return _worker.check(piece, opened)
