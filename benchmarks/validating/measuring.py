"""Runs commands in turn, and measures the time and the memory that each takes."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter, sleep
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_POLL = 0.02
_TIMEOUT = 3_600.0


@dataclass
class Subject:
    """What is measured: a name, a command, and what it gave so far.

    A `loop` prints the seconds that count, and how many of the sound payloads it refused; the seconds are multiplied by `scale`, where it did a part of the work only. `codes` are the exit codes
    of a run that did its work.
    """

    name: str
    command: Sequence[str]
    loop: bool = False
    scale: float = 1.0
    codes: tuple[int, ...] = (0,)
    seconds: list[float] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)
    fault: str = ""

    @property
    def median(self) -> float:
        """The median of its times, in seconds."""
        return median(self.seconds)

    @property
    def peak(self) -> float:
        """The most memory it took in any run, in MB: of all its processes together."""
        return max(self.peaks)


@dataclass
class Ran:
    """One run of a command: its exit code, wall time in seconds, peak of memory in MB, and what it printed."""

    code: int
    seconds: float
    peak: float
    out: str


def in_turns(
    subjects: list[Subject], rounds: int, environment: dict[str, str], *, memory: bool = False
) -> None:
    """Run every subject so many times, in turns, so that what else the machine does meets all of them. One that fails is not asked again.

    With `memory` the processes that a command starts are watched too; that costs some time, which is not to be measured then.
    """
    for turn in range(rounds):
        for subject in subjects[turn % len(subjects) :] + subjects[: turn % len(subjects)]:
            if not subject.fault:
                _once(subject, environment, memory=memory)


def _once(subject: Subject, environment: dict[str, str], *, memory: bool) -> None:
    done = run(subject.command, environment, memory=memory)
    if done.code not in subject.codes:
        subject.fault = f"exit code {done.code}: {done.out.strip()[-200:]}"
        return
    own, refused = done.out.split() if subject.loop else (done.seconds, "0")
    if refused != "0":
        subject.fault = f"refuses {refused} sound payloads"
        return
    subject.seconds.append(float(own) * subject.scale)
    subject.peaks.append(done.peak)


def run(command: Sequence[str], environment: dict[str, str], *, memory: bool = False) -> Ran:
    """Run a command to its end, and return what it took. Its output goes to a file, as in CI, and not through a pipe that somebody must empty."""
    with TemporaryFile() as out:
        start = perf_counter()
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )
        watched = _watched(process) if memory else 0.0
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(max(0, out.seek(0, os.SEEK_END) - 1_000))
        # On Linux this begins with the memory of the process that starts it, so what was watched is better.
        own = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
        return Ran(process.returncode, seconds, watched or own, out.read().decode("utf-8", "replace"))


def _watched(process: subprocess.Popen[bytes]) -> float:
    """Return the sum of the peaks of a process and of all that it started, in MB, once it has ended; 0 where there is no /proc."""
    peaks: dict[int, float] = {}
    end = perf_counter() + _TIMEOUT
    while (
        perf_counter() < end
        and os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    ):
        for pid in _family(process.pid):
            peaks[pid] = max(peaks.get(pid, 0.0), _high_water(pid))
        sleep(_POLL)
    return sum(peaks.values())


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(word) for word in _read(children).split()]
    return found


def _high_water(pid: int) -> float:
    line = next(
        (line for line in _read(Path(f"/proc/{pid}/status")).splitlines() if line.startswith("VmHWM:")), ""
    )
    return int(line.split()[1]) / 1024 if line else 0.0


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError:  # it has just ended
        return ""
