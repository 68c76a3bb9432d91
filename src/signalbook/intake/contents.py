"""A file → pieces: what its name and its first bytes say it is decides how it is read."""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from signalbook.intake.piece import Document, Lines
from signalbook.jsontext import BOM, GZIP, NotJSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedReader

    from signalbook.jsontext import Limits

STDIN = "-"
SUFFIXES = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
SMALL = 1 << 20
"""Texts up to this size are read at once, and so are larger ones that are no array."""
BLOCK, SMALL_BLOCK = 1 << 20, 1 << 16
"""How much of a text is worked on at a time: what is worth sending to another process, and what stays in the processor's cache."""
_LOOK_UP = 500  # milliseconds
MAX_EXPANSION = 200
"""How many times its size a gzip file may unpack to, after the first 64 MiB."""

_BY_LINE = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def is_by_line(path: str) -> bool:
    """Whether a path's name says that its file holds a payload a line."""
    return path.lower().endswith(_BY_LINE)


class Reading:
    """How files are read: the limits of one document, how far gzip data may expand, and how much is read at a time."""

    __slots__ = ("block", "limits", "max_expansion", "most")

    def __init__(self, limits: Limits, max_expansion: int, block: int = BLOCK) -> None:
        self.limits, self.max_expansion, self.block, self.most = limits, max_expansion, block, limits.max_bytes


def of_file(path: str, how: Reading, *, streams: bool = False) -> Iterator[Document | Lines]:
    """Yield the pieces of a file; what keeps it from being read is a problem of the last. `streams` tells of a pipe, which can be read once and waits."""
    try:
        # Unbuffered: blocks are asked for in the size they are worked on, and a pipe gives what it has.
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - pathlib may not be loaded
            chunks = _arriving(stream, stream.read, how.block) if streams else _chunks(stream.read, how.block)
            yield from _texts(path, chunks, how, streams=streams)
    except OSError as error:
        from signalbook.intake.problems import unreadable  # noqa: PLC0415 - for faults only

        yield Document(path, problem=unreadable(error))


def of_stdin(how: Reading) -> Iterator[Document | Lines]:
    """Yield the pieces of standard input."""
    if sys.stdin is None:
        from signalbook.intake.problems import no_input  # noqa: PLC0415 - for faults only

        yield Document(STDIN, problem=no_input())
        return
    try:
        yield from _texts(STDIN, _arriving(sys.stdin.buffer, cast("BufferedReader", sys.stdin.buffer).read1, how.block), how, streams=True)
    except OSError as error:
        from signalbook.intake.problems import unreadable  # noqa: PLC0415 - for faults only

        yield Document(STDIN, problem=unreadable(error))


def _chunks(read: Callable[[int], bytes | None], size: int) -> Iterator[bytes]:
    while chunk := read(size):
        yield chunk


def _arriving(stream: Any, read: Callable[[int], bytes | None], size: int) -> Iterator[bytes]:
    """Yield the chunks of a pipe or a terminal, where the next one may be long in coming.

    A signal that comes just before a read blocks is not seen until that read ends. So this waits for data first, and looks up now and then.
    """
    import select  # noqa: PLC0415 - streams only

    try:
        descriptor = stream.fileno()
        waiting = select.poll()
        waiting.register(descriptor, select.POLLIN)
    except (OSError, AttributeError):  # text in place of a stream, or Windows, which waits for sockets only
        yield from _chunks(read, size)
        return
    while True:
        while not waiting.poll(_LOOK_UP):
            pass
        if not (chunk := read(size)):
            return
        yield chunk


def _texts(source: str, chunks: Iterator[bytes], how: Reading, *, streams: bool) -> Iterator[Document | Lines]:
    head = next(chunks, b"")
    while len(head) < len(BOM) and (more := next(chunks, b"")):
        head += more
    chunks = chain((head,), chunks) if head else chunks
    if not head.startswith(GZIP) and not source.lower().endswith(".gz"):
        yield from _content(source, chunks, how, head, streams=streams)
        return
    from signalbook.intake.zipped import Meter, unpacked  # noqa: PLC0415 - only for what is compressed

    meter = Meter(how.max_expansion)
    try:
        yield from meter.counted(_content(source, unpacked(chunks, how.max_expansion, meter), how, b"", streams=streams))
    except NotJSON as problem:
        yield Document(source, problem=problem)


def _content(source: str, chunks: Iterator[bytes], how: Reading, head: bytes, *, streams: bool) -> Iterator[Document | Lines]:
    """Yield the pieces of a text. `head` is its beginning where it is read as it stands in the file, and empty where it is unpacked."""
    if is_by_line(source) and not head.startswith(_WIDE):
        from signalbook.intake.lines import blocks  # noqa: PLC0415 - NDJSON only

        return blocks(source, chunks, how.most, placed=bool(head) and not streams)
    if streams:
        from signalbook.intake.unnamed import guessed  # noqa: PLC0415 - streams only

        return guessed(source, chunks, how)
    return text(source, chunks, how)


def text(source: str, chunks: Iterator[bytes], how: Reading) -> Iterator[Document | Lines]:
    """Yield the one text of a file; of an array too large to be read at once, its items."""
    # One byte more than is allowed, so that `jsontext` still sees that there was too much.
    data = gathered(chunks, min(SMALL, how.most) + 1)
    if len(data) <= min(SMALL, how.most):
        yield Document(source, None, data)
    elif begins_an_array(data):
        from signalbook.intake.arrays import items  # noqa: PLC0415 - large arrays only

        yield from items(source, chain((data,), chunks), how)
    else:
        data = gathered(chain((data,), chunks), how.most + 1)
        yield Document(source, None, data[: how.most + 1])


def gathered(chunks: Iterator[bytes], size: int) -> bytes:
    """Return the first chunks together: at least `size` bytes, where there are as many."""
    parts: list[bytes] = []
    while size > 0 and (part := next(chunks, b"")):
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def begins_an_array(data: bytes) -> bool:
    """Whether a text begins as a JSON array does."""
    return data.removeprefix(BOM).lstrip()[:1] == b"["
