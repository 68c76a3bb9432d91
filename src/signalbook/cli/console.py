"""Writes all text to standard output and standard error, except the reports of `validate`, which `outputs` writes."""

from __future__ import annotations

import sys
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from signalbook.reading import strict_json
from signalbook.terminal import block, json_lines

if TYPE_CHECKING:
    from signalbook.reporting import Tally


CLEAN, FINDINGS, USAGE = 0, 1, 2


def say(*lines: str, coloured: bool = False, flush: bool = False) -> None:
    """Print lines for people on standard output. Pass external text through `terminal.safe` first, so that it cannot start a new line."""
    _print(sys.stdout, "".join(f"{block(line, coloured=coloured)}\n" for line in lines), flush=flush)


def warn(text: str) -> None:
    """Print a message on standard error. If standard error is closed, the message is dropped and only the exit code remains."""
    with suppress(OSError):
        _print(sys.stderr, f"signalbook: {block(text)}\n")


def put_json(text: str) -> None:
    """Print JSON text with all characters visible, whatever its values contain."""
    _print(sys.stdout, json_lines(text))


def put_value(value: Any) -> None:
    """Print a value as a JSON document."""
    try:
        text = strict_json.canonical(value)
    except TypeError:
        # A file name that is not UTF-8.
        from signalbook.reporting.json_lines import sayable  # noqa: PLC0415 - rarely needed

        text = strict_json.canonical(sayable(value))
    put_json(text.decode())


def put_bytes(data: bytes) -> None:
    """Print bytes. Output for programs is UTF-8, whatever the encoding of the terminal."""
    if stream := getattr(sys.stdout, "buffer", None):
        sys.stdout.flush()
        stream.write(data)
    else:  # standard output was replaced by a text-only stream
        _print(sys.stdout, data.decode("utf-8", "backslashreplace"))


def _print(stream: Any, text: str, *, flush: bool = False) -> None:
    if stream is not None:
        print(text, end="", file=stream, flush=flush)


_FIRST, _EACH = 2.0, 0.5  # seconds


class Progress:
    """Shows on a terminal, after two seconds, how many payloads were checked. Prints nothing to a file or a pipe."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr is not None and sys.stderr.isatty()
        self._next = monotonic() + _FIRST
        self._width = 0

    def show(self, tally: Tally) -> None:
        """Update the progress line, at most every half second."""
        if self._is_seen and monotonic() >= self._next:
            self._next = monotonic() + _EACH
            bad = tally.total - tally.statuses["valid"]
            self._say(f"{tally.total:,} payloads checked, {bad:,} not valid")

    def clear(self) -> None:
        """Remove the progress line."""
        if self._width:
            self._say("", "\r")

    def _say(self, text: str, after: str = "") -> None:
        try:
            sys.stderr.write(f"\r{text:<{self._width}}{after}")
            sys.stderr.flush()
        except OSError:  # the terminal is closed; the run goes on
            self._is_seen = False
        self._width = len(text)
