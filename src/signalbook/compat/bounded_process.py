"""Runs a comparison in a child process with a time and a memory limit, because no single step of a library can be interrupted otherwise.

What is settled before a limit is reached stands; the rest is undecided, with the reason.
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
from signalbook.compat.decision import SECONDS, Answer
from signalbook.compat.schemas import load_reference
from signalbook.reading.strict_json import compact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from signalbook.engine.levels import Slot

LAW = ("survives", "reads_old")
"""Questions that the version rules ask."""
ALL = (*LAW, "backward", "forward")
MEMORY = 512 << 20
"""Memory limit in bytes, on top of what the process has when it starts."""
_GRACE = 1.0
"""Seconds. Steps stop by themselves at the time limit; a process that does not is killed this much later."""
_DONE = "done"


def bounded(
    old: Any, new: Any, *, slot: Slot = None, seconds: float = SECONDS, asked: tuple[str, ...] = ALL
) -> Comparison:
    """Compare two schemas within `seconds` in total and within the memory limit. Answers only the questions in `asked`, and lists the changes.

    Raises what `compare` raises.
    """
    found = Comparison(old, new, slot, seconds)
    settled, reason = _settled(found, asked)
    known = vars(found)  # holds the cached properties: a preset value is not computed again
    known.update(settled)
    for question in asked:
        known.setdefault(question, Answer("undecided", reason))
    if "changes" not in known:
        same = compact(old) == compact(new)
        known["changes"] = (
            [] if same else [Change("", "guarantee", f"the changes cannot be listed: {reason}")]
        )
        known["bump"] = "none" if same else "major"
    known.setdefault("same_values", False)
    return found


def _settled(wanted: Comparison, asked: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """Return the child process's results by attribute name of `Comparison`, and the reason if some are missing."""
    load_reference()  # a forked child inherits the import, so its time goes to the comparison
    context: Any = get_context("fork" if "fork" in get_all_start_methods() else "spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(
        target=_work, args=(theirs, wanted.old, wanted.new, wanted.slot, wanted.seconds, asked), daemon=True
    )
    with warnings.catch_warnings():
        # Python warns about threads that a fork does not copy; the comparison needs none of them.
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
    return settled, f"the comparison did not finish within {wanted.seconds:g} s" if late else _GAVE_UP


_GAVE_UP = (
    f"the comparison needs more than {MEMORY >> 20} MiB of memory, or crashes the library that compares"
)


def _received(pipe: Connection, end: float) -> Iterator[tuple[str, Any]]:
    """Yield what arrives through a pipe until the sender closes it or the time is up."""
    with suppress(EOFError, OSError):
        while pipe.poll(max(0.0, end - monotonic())):
            yield pipe.recv()


def _was_late(process: BaseProcess) -> bool:
    """Return whether a process that has stopped sending ran out of time, rather than failed for another reason."""
    process.join(_GRACE)
    return process.exitcode is None or process.exitcode == -getattr(signal, "SIGALRM", signal.SIGTERM)


def _work(pipe: Connection, old: Any, new: Any, slot: Slot, seconds: float, asked: tuple[str, ...]) -> None:  # noqa: PLR0913, PLR0917 - all sent
    _bind(seconds)
    try:
        _find_out(pipe, old, new, slot, seconds, asked)
        pipe.send((_DONE, None))
    except MemoryError:
        return
    except Exception as error:  # noqa: BLE001 - every error goes to the caller
        _send_error(pipe, error)


def _send_error(pipe: Connection, error: Exception) -> None:
    try:
        pipe.send(("error", error))
    except Exception:  # noqa: BLE001 - some library errors cannot be pickled
        pipe.send(("error", RuntimeError(f"{type(error).__name__}: {error}")))


def _find_out(  # noqa: PLR0913, PLR0917 - as above
    pipe: Connection, old: Any, new: Any, slot: Slot, seconds: float, asked: tuple[str, ...]
) -> None:
    end = monotonic() + seconds
    found = compare(old, new, slot=slot, seconds=seconds)
    pipe.send(("changes", found.changes))
    for place, question in enumerate(asked):
        # Each step of a question may use the question's whole share of the time: most steps need next to none.
        vars(found)["step"] = max(0.0, end - monotonic()) / (len(asked) - place)
        pipe.send((question, getattr(found, question)))
        if question == LAW[-1]:
            vars(found)["step"] = max(0.0, end - monotonic()) / (len(asked) - place)
            pipe.send(("bump", found.bump))


def _bind(seconds: float) -> None:
    """Set this process's limits and drop what it inherits: Ctrl-C handling, and stderr, where libraries print why they abort."""
    for name, handler in (
        ("SIGINT", signal.SIG_IGN),
        ("SIGTERM", signal.SIG_DFL),
        ("SIGHUP", signal.SIG_DFL),
        ("SIGALRM", signal.SIG_DFL),
    ):
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
        resource.setrlimit(
            resource.RLIMIT_AS, (wanted if most == resource.RLIM_INFINITY else min(wanted, most), most)
        )


def _size() -> int:
    """Return the size of this process's address space in bytes."""
    try:
        with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123 - reads a single number
            return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 1 << 30
