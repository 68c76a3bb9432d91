"""Running `signalbook validate` as people and CI systems do: in a process that is watched while it runs, and is stopped; and reading what it reports."""

from __future__ import annotations

import csv
import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from xml.etree import ElementTree as ET

from conftest import ROOT
from signalbook.engine import schema_validator
from signalbook.reading import strict_json
from signalbook.registry.tree_reader import META

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMS = ("text", "json", "junit", "sarif", "github")
PATIENCE = 30.0
"""Seconds after which a test no longer waits for what must come: generous, because machines are shared."""
VERDICT = schema_validator.compiled(strict_json.loads((META / "verdict.schema.json").read_bytes()))
SUMMARY = schema_validator.Checker(
    schema_validator.Library({}).resolve(strict_json.loads((META / "summary.schema.json").read_bytes()))
)
_CHANGE = {
    "eventAction": "StateChange",
    "eventTime": "2021-02-25 11:00:52",
    "instanceId": "i-a1",
    "instanceLastState": "",
    "instanceCurrentState": "running",
}
GOOD = json.dumps(_CHANGE, indent=2).encode()
LINE = json.dumps(_CHANGE).encode() + b"\n"
BAD_LINE = json.dumps(_CHANGE | {"eventTime": 1614250852}).encode() + b"\n"

MOST_MEMORY = """
import re
from pathlib import Path


def most():
    # Not ru_maxrss, which begins with what the process that started this one had.
    return int(re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1])
"""
"""Python for a process of its own: what this had of memory at most, in kB."""


def words(*arguments: object) -> list[str]:
    """Return the command line of `signalbook validate` with some arguments."""
    return [sys.executable, "-m", "signalbook", "validate", *map(str, arguments)]


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a run, without what says something about colours."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in {"NO_COLOR", "FORCE_COLOR", "TERM", "PYTHONUNBUFFERED"}
    } | more


class Started:
    """A run of `signalbook validate` in a process group of its own, with pipes that stay open. Whatever becomes of the test, it does not outlive it."""

    def __init__(
        self,
        *arguments: object,
        cwd: Path | None = None,
        stderr: Any = subprocess.PIPE,
        stdin: Any = subprocess.PIPE,
    ) -> None:
        self.process = subprocess.Popen(
            words(*arguments),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=cwd or ROOT,
            env=environment(),
            start_new_session=True,
        )
        self.out = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream and not stream.closed:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue

    def write(self, data: bytes) -> None:
        """Write to its standard input, at once."""
        assert self.process.stdin
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def read_until(self, mark: bytes, times: int = 1) -> bytes:
        """Read its standard output until it has said something so many times; fails where it ends, or does not say it in time. Returns all it said."""
        assert self.process.stdout
        end = time.monotonic() + PATIENCE
        while self.out.count(mark) < times:
            assert select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))[0], (
                f"it says nothing more after {self.out!r}"
            )
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            assert more, f"it ended after {self.out!r}"
            self.out += more
        return self.out

    def send(self, number: int, *, group: bool = False) -> None:
        """Send it a signal; to a `group` as a terminal does, which reaches its workers too."""
        (os.killpg if group else os.kill)(self.process.pid, number)

    def end(self) -> tuple[int, str, str]:
        """Wait for its end; return its exit code (below zero: the signal that killed it), and all that it said. Its standard input is left open."""
        stdin, self.process.stdin = self.process.stdin, None
        try:
            out, err = self.process.communicate(timeout=PATIENCE)
        finally:
            self.process.stdin = stdin
        self.out += out
        return self.process.returncode, self.out.decode(), (err or b"").decode()

    def finish(self, last: bytes = b"") -> tuple[int, str, str]:
        """Write something last, close its standard input, and wait for its end; return what `end` returns."""
        out, err = self.process.communicate(last, timeout=PATIENCE)
        self.out += out
        return self.process.returncode, self.out.decode(), (err or b"").decode()

    def children(self) -> list[int]:
        """Return the ids of its worker processes."""
        return [
            int(one)
            for one in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            .read_text("ascii")
            .split()
        ]


def waiting(pipe: Any) -> int:
    """Return how many bytes wait in a pipe to be read."""
    return int(struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0])


def until(condition: Any) -> None:
    """Wait until something is so; fails where that takes too long."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def objects(text: str) -> list[dict[str, Any]]:
    """Return the verdicts and the summary of a report in JSON; each keeps its schema, and the summary is the last line."""
    found = [json.loads(line) for line in text.splitlines()]
    for place, one in enumerate(found):
        if "summary" in one:
            assert SUMMARY.problems(one) == []
            assert place == len(found) - 1
        else:
            assert VERDICT.is_valid(one)
    return found


def told(form: str, text: str) -> Iterator[str]:
    """Yield what a report says of each payload that is not valid: its status as far as the form tells it, else "". Fails where the report is not whole."""
    if form == "json":
        yield from (
            one["status"] for one in objects(text) if "summary" not in one and one["status"] != "valid"
        )
    elif form == "junit":
        yield from _of_junit(ET.fromstring(text))  # noqa: S314 - our own
    elif form == "sarif":
        run = json.loads(text)["runs"][0]
        payloads = {
            (one["properties"]["payload"], one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
            for one in _errors(run)
        }
        yield from ("" for _ in payloads)
    else:
        assert text.endswith("\n")
        lines = text.splitlines()
        counts = next(csv.reader([lines[-1].partition(";")[0].partition(": ")[2]]), [])
        yield from (
            status
            for part in counts
            for number, status in [part.split()]
            if status != "valid"
            for _ in range(int(number))
        )


def _of_junit(root: ET.Element) -> Iterator[str]:
    cases = root.findall("testsuite/testcase")
    real = [case for case in cases if case.get("name") != "interrupted"]
    for element in (root, *root.findall("testsuite")):
        inside = element.findall(".//testcase")
        assert int(element.get("tests", "")) == len(inside)
        assert int(element.get("failures", "")) == len(element.findall(".//failure"))
        assert int(element.get("errors", "")) == len(element.findall(".//error"))
    yield from (
        problem.get("type", "")
        for case in real
        for problem in (*case.findall("failure"), *case.findall("error"))
    )


def _errors(run: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in run["results"] if one["level"] == "error" and not one.get("suppressions")]


def says_interrupted(form: str, text: str) -> bool:
    """Whether a report says that not everything was checked."""
    if form == "json":
        last = objects(text)[-1:]
        return bool(last) and last[0].get("summary", {}).get("interrupted") is True
    if form == "junit":
        return ET.fromstring(text).find(".//error[@type='interrupted']") is not None  # noqa: S314 - our own
    if form == "sarif":
        return json.loads(text)["runs"][0]["invocations"][0]["executionSuccessful"] is False
    return any(line.startswith("interrupted: ") for line in text.splitlines())
