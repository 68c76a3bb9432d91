"""Checks pieces of input in several processes, and yields the chunks in the order of the pieces.

Worker processes read blocks of lines from files themselves, so that the data need not be sent. Only as many pieces are in flight as it takes to keep
every process busy.
"""

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
from signalbook.reading import strict_json
from signalbook.reading.pieces import Document, Lines
from signalbook.registry import Registry
from signalbook.reporting.worker import Chunk, Worker

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.reading.pieces import Piece
    from signalbook.reporting.batches import Setup
    from signalbook.reporting.worker import Batch

_AHEAD = 3
"""Number of pieces in flight per process: one that it works on, and enough in the queue to keep it busy."""

_worker: list[Worker] = []


def chunks(
    pieces: Iterable[tuple[Piece | Batch, int]], setup: Setup, worker: Worker, jobs: int
) -> Iterator[Chunk]:
    """Yield a chunk for each piece, in order. `worker` is the worker of this process. Raises `LostWorker` if a process was killed."""
    # A forked process inherits the registry; a spawned one loads its own.
    forks = "fork" in get_all_start_methods()
    if forks:
        _worker[:] = [worker]
    with ProcessPoolExecutor(
        jobs, get_context("fork" if forks else "spawn"), _prepare, (None if forks else setup,)
    ) as pool:
        under_way: deque[Future[Chunk]] = deque()
        try:
            for piece, opened in pieces:
                under_way.append(_submitted(piece, opened, pool, worker, setup))
                # Yield finished chunks at once: for a live stream, somebody waits for them.
                while under_way and (len(under_way) >= jobs * _AHEAD or under_way[0].done()):
                    yield _result(under_way.popleft())
            while under_way:
                yield _result(under_way.popleft())
        finally:
            # Wait for the few pieces in flight: a process left behind would keep its terminal or pipe open.
            pool.shutdown(cancel_futures=True)


def _submitted(
    piece: Piece | Batch, opened: int, pool: ProcessPoolExecutor, worker: Worker, setup: Setup
) -> Future[Chunk]:
    """Submit a piece. One process must see all of a file that the baseline holds, in order, so this process checks it."""
    one = piece[0] if isinstance(piece, tuple) else piece
    if isinstance(one, Lines | Document) and setup.baseline and setup.baseline.holds(one.source):
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


def _prepare(setup: Setup | None) -> None:
    _end_with_the_parent()
    # Ctrl-C and a terminal hang-up reach every process of the terminal; the parent decides what to finish.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if setup:
        strict_json.limit_texts(setup.limits)
        _worker[:] = [Worker(setup, Registry.load(setup.schemas))]


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
    return _worker[0].check(piece, opened)
