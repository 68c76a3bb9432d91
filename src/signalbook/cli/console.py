"""Writes all text to standard output and standard error, except the reports of `validate`, which `outputs` writes."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from signalbook.reading import strict_json
from signalbook.terminal import block, json_lines


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
