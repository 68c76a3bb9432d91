"""Pieces of input → chunks, by several processes at once, in the order of the pieces.

A worker process reads blocks of lines from their file itself, so that they need not be sent; only so many pieces are under way that none waits.
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

from signalbook import jsontext
from signalbook.checking.worker import Chunk, Worker
from signalbook.errors import LostWorker
from signalbook.intake import Document, Lines
from signalbook.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.checking import Setup
    from signalbook.checking.worker import Batch
    from signalbook.intake import Piece

_AHEAD = 3
"""How many pieces are under way for each process: one that it works on, and what keeps it from waiting for the others."""

_worker: list[Worker] = []


def chunks(pieces: Iterable[tuple[Piece | Batch, int]], setup: Setup, worker: Worker, jobs: int) -> Iterator[Chunk]:
    """Yield a chunk for each piece, in their order; `worker` is the one of this process. Raises `LostWorker` where a process was killed."""
    # A copy of this process has the registry already; elsewhere each reads its own.
    forks = "fork" in get_all_start_methods()
    if forks:
        _worker[:] = [worker]
    with ProcessPoolExecutor(jobs, get_context("fork" if forks else "spawn"), _prepare, (None if forks else setup,)) as pool:
        under_way: deque[Future[Chunk]] = deque()
        try:
            for piece, opened in pieces:
                under_way.append(_submitted(piece, opened, pool, worker, setup))
                # What is done is not held back: of a live stream somebody waits for it.
                while under_way and (len(under_way) >= jobs * _AHEAD or under_way[0].done()):
                    yield _result(under_way.popleft())
            while under_way:
                yield _result(under_way.popleft())
        finally:
            # Waits for what is under way, which is little: a process that is left behind would keep its terminal, or its pipe, open.
            pool.shutdown(cancel_futures=True)


def _submitted(piece: Piece | Batch, opened: int, pool: ProcessPoolExecutor, worker: Worker, setup: Setup) -> Future[Chunk]:
    """Return what will be the chunk of a piece. A file whose old faults the baseline counts must be seen by one process, in order: this one."""
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
    # Ctrl-C, and a terminal that goes away, reach every process of the terminal; the parent decides what is still to be finished.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if setup:
        jsontext.limit_texts(setup.limits)
        _worker[:] = [Worker(setup, Registry.load(setup.schemas))]


def _end_with_the_parent() -> None:
    """End this process when its parent is gone, however that ended: nobody else would tell it, and it would wait for work for ever."""
    parent = parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os._exit(1)

    Thread(target=wait, daemon=True).start()


def _check(piece: Piece | Batch, opened: int) -> Chunk:
    return _worker[0].check(piece, opened)
