"""The one door through which text reaches standard output and standard error, for people and for tools. What a run of `validate` reports has `outputs`."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from signalbook import jsontext
from signalbook.terminal import block, json_lines


def say(*lines: str, coloured: bool = False, flush: bool = False) -> None:
    """Print lines for people on standard output. Pieces of them that come from outside went through `terminal.safe`, which keeps each in its line."""
    _print(sys.stdout, "".join(f"{block(line, coloured=coloured)}\n" for line in lines), flush=flush)


def warn(text: str) -> None:
    """Print what there is to say besides the output, on standard error. Where that is gone, only the exit code is left to tell."""
    with suppress(OSError):
        _print(sys.stderr, f"signalbook: {block(text)}\n")


def put_json(text: str) -> None:
    """Print JSON text whose characters are all visible, whatever its values hold."""
    _print(sys.stdout, json_lines(text))


def put_value(value: Any) -> None:
    """Print a value as a JSON document."""
    try:
        text = jsontext.canonical(value)
    except TypeError:
        # A name of a file that is not UTF-8.
        from signalbook.report.lines import sayable  # noqa: PLC0415 - hardly ever

        text = jsontext.canonical(sayable(value))
    put_json(text.decode())


def put_bytes(data: bytes) -> None:
    """Print bytes: what a program is to read is UTF-8, whatever the encoding of the terminal."""
    if stream := getattr(sys.stdout, "buffer", None):
        sys.stdout.flush()
        stream.write(data)
    else:  # somebody put a stream of text in its place
        _print(sys.stdout, data.decode("utf-8", "backslashreplace"))


def _print(stream: Any, text: str, *, flush: bool = False) -> None:
    if stream is not None:
        print(text, end="", file=stream, flush=flush)
