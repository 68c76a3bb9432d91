"""A comparison in a process of its own, which ends when its time or its memory is up: no single step of a library can be interrupted otherwise.

What was settled until then stands, and what was not is undecided, with the reason.
"""

from __future__ import annotations

import os
import signal
import warnings
from contextlib import suppress
from multiprocessing import get_all_start_methods, get_context
from time import monotonic
from typing import TYPE_CHECKING, Any

from signalbook.compat.changes import Change
from signalbook.compat.comparison import Comparison, compare
from signalbook.compat.verdict import SECONDS, Answer
from signalbook.engine.compare import load_reference
from signalbook.jsontext import compact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from signalbook.levels import Slot

LAW = ("survives", "reads_old")
"""The questions that the version law asks."""
ALL = (*LAW, "backward", "forward")
MEMORY = 512 << 20
"""How many bytes more than the process that asks has."""
_GRACE = 1.0
"""Seconds: steps end by themselves when the time is up, and what does not is ended so much later."""
_DONE = "done"


def bounded(old: Any, new: Any, *, slot: Slot = None, seconds: float = SECONDS, asked: tuple[str, ...] = ALL) -> Comparison:
    """Return two schemas compared within so many seconds in all, and bounded memory; only what is `asked` is answered, and the changes.

    Raises what `compare` raises.
    """
    found = Comparison(old, new, slot, seconds)
    settled, reason = _settled(found, asked)
    known = vars(found)  # what is computed when it is first asked for, and is known already
    known.update(settled)
    for question in asked:
        known.setdefault(question, Answer("undecided", reason))
    if "changes" not in known:
        same = compact(old) == compact(new)
        known["changes"] = [] if same else [Change("", "guarantee", f"what changed cannot be told place by place: {reason}")]
        known["bump"] = "none" if same else "major"
    known.setdefault("same_values", False)
    return found


def _settled(wanted: Comparison, asked: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """Return what a process of its own found out, by the names of `Comparison`, and why that is not all."""
    load_reference()  # the process has it then, and its time is for the comparison
    context: Any = get_context("fork" if "fork" in get_all_start_methods() else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(theirs, wanted.old, wanted.new, wanted.slot, wanted.seconds, asked), daemon=True)
    with warnings.catch_warnings():
        # Python warns of threads that a copy does not have; the comparison needs none of them.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    settled: dict[str, Any] = {}
    late = True
    try:
        for name, value in _received(ours, monotonic() + wanted.seconds + 1.5 * _GRACE):
            if name == _DONE:
                return settled, ""
            if name == "error":
                raise value
            settled[name] = value
        late = _was_late(process)
    finally:
        process.kill()
        process.join()
        ours.close()
    return settled, f"it was not settled within {wanted.seconds:g} s" if late else _GAVE_UP


_GAVE_UP = f"it takes more than {MEMORY >> 20} MiB of memory, or ends the library that compares"


def _received(pipe: Connection, end: float) -> Iterator[tuple[str, Any]]:
    """Yield what comes through a pipe until nobody can send any more, or the time is up."""
    with suppress(EOFError, OSError):
        while pipe.poll(max(0.0, end - monotonic())):
            yield pipe.recv()


def _was_late(process: BaseProcess) -> bool:
    """Whether a process that sends nothing more ran out of time, and not of something else."""
    process.join(_GRACE)
    return process.exitcode is None or process.exitcode == -getattr(signal, "SIGALRM", signal.SIGTERM)


def _work(pipe: Connection, old: Any, new: Any, slot: Slot, seconds: float, asked: tuple[str, ...]) -> None:  # noqa: PLR0913, PLR0917 - what is sent
    _bind(seconds)
    try:
        _find_out(pipe, old, new, slot, seconds, asked)
        pipe.send((_DONE, None))
    except MemoryError:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, it is for who asked
        _send_error(pipe, error)


def _send_error(pipe: Connection, error: Exception) -> None:
    try:
        pipe.send(("error", error))
    except Exception:  # noqa: BLE001 - errors of libraries cannot always be sent
        pipe.send(("error", RuntimeError(f"{type(error).__name__}: {error}")))


def _find_out(pipe: Connection, old: Any, new: Any, slot: Slot, seconds: float, asked: tuple[str, ...]) -> None:  # noqa: PLR0913, PLR0917 - the same
    end = monotonic() + seconds
    found = compare(old, new, slot=slot, seconds=seconds)
    pipe.send(("changes", found.changes))
    for place, question in enumerate(asked):
        # Each step of a question may take what would be its share of the time: most take next to nothing.
        vars(found)["step"] = max(0.0, end - monotonic()) / (len(asked) - place)
        pipe.send((question, getattr(found, question)))
        if question == LAW[-1]:
            vars(found)["step"] = max(0.0, end - monotonic()) / (len(asked) - place)
            pipe.send(("bump", found.bump))


def _bind(seconds: float) -> None:
    """Bound this process, and take from it what is its parent's: Ctrl-C, and the place where libraries say why they give up."""
    for name, handler in (("SIGINT", signal.SIG_IGN), ("SIGTERM", signal.SIG_DFL), ("SIGHUP", signal.SIG_DFL), ("SIGALRM", signal.SIG_DFL)):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), handler)
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE)
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limits
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = _size() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most))


def _size() -> int:
    """Return how many bytes of addresses this process has."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123 - one number
            return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 1 << 30
