"""Split a file into pieces; its name and its first bytes decide how it is read."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast

from signalbook.reading.documents import SMALL, STDIN, Document, Lines, Reading
from signalbook.reading.json_text import BOM, GZIP, NotJSON
from signalbook.reading.ndjson import blocks
from signalbook.reading.strict_json import is_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from io import BufferedReader
    from pathlib import Path

    from signalbook.reading.json_text import Limits


_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class NotRegular(OSError):
    """The path refers to a pipe, a device or a socket. `strerror` says so, as for other reasons why a file cannot be read."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(errno.EINVAL, "it is no regular file", str(path))


def read_regular(path: str | Path, most: int = -1, *, follow: bool = True) -> bytes:
    """Return at most `most` bytes of a regular file (by default, all). Links are followed unless `follow` is false.

    Raises `NotRegular`, a subclass of OSError, without blocking on a pipe, and OSError if the file cannot be read.
    """
    # Check before opening, because opening a device can have side effects; check again afterwards, because the path may have changed.
    if not _is_regular(os.stat(path, follow_symlinks=follow)):  # noqa: PTH116 - avoids importing pathlib
        raise NotRegular(path)
    descriptor = os.open(path, _FLAGS | (0 if follow else getattr(os, "O_NOFOLLOW", 0)))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - see above
        if not _is_regular(os.fstat(descriptor)):
            raise NotRegular(path)
        return file.read(most)


def _is_regular(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode)


_LOOK_UP = 500  # milliseconds
_TRIED = 1_000

_BY_LINE = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def is_by_line(path: str) -> bool:
    """Return whether the file name says that the file contains one payload per line."""
    return path.lower().endswith(_BY_LINE)


def of_file(path: str, how: Reading, *, streams: bool = False) -> Iterator[Document | Lines]:
    """Yield the pieces of a file; if it cannot be read, the last piece is a problem.

    Set `streams` for a pipe, which can be read only once and may block.
    """
    try:
        # Unbuffered: reads have the size of the blocks, and a pipe returns what is available.
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - avoids importing pathlib
            chunks = _arriving(stream, stream.read, how.block) if streams else _chunks(stream.read, how.block)
            yield from _texts(path, chunks, how, streams=streams)
    except OSError as error:
        from signalbook.reading.documents import unreadable  # noqa: PLC0415 - only for problems

        yield Document(path, problem=unreadable(error))


def of_stdin(how: Reading) -> Iterator[Document | Lines]:
    """Yield the pieces of standard input."""
    if sys.stdin is None:
        from signalbook.reading.documents import no_input  # noqa: PLC0415 - only for problems

        yield Document(STDIN, problem=no_input())
        return
    try:
        yield from _texts(
            STDIN,
            _arriving(sys.stdin.buffer, cast("BufferedReader", sys.stdin.buffer).read1, how.block),
            how,
            streams=True,
        )
    except OSError as error:
        from signalbook.reading.documents import unreadable  # noqa: PLC0415 - only for problems

        yield Document(STDIN, problem=unreadable(error))


def _chunks(read: Callable[[int], bytes | None], size: int) -> Iterator[bytes]:
    while chunk := read(size):
        yield chunk


def _arriving(stream: Any, read: Callable[[int], bytes | None], size: int) -> Iterator[bytes]:
    """Yield the chunks of a pipe or a terminal, which may block for a long time."""
    import select  # noqa: PLC0415 - only for streams

    try:
        descriptor = stream.fileno()
        waiting = select.poll()
        waiting.register(descriptor, select.POLLIN)
    except (OSError, AttributeError):  # a text stream, or Windows, where polling works for sockets only
        yield from _chunks(read, size)
        return
    # A signal that arrives just before a read blocks is not handled until that read ends. So wait for data first, and wake up regularly.
    while True:
        while not waiting.poll(_LOOK_UP):
            pass
        if not (chunk := read(size)):
            return
        yield chunk


def _texts(
    source: str, chunks: Iterator[bytes], how: Reading, *, streams: bool
) -> Iterator[Document | Lines]:
    head = next(chunks, b"")
    while len(head) < len(BOM) and (more := next(chunks, b"")):
        head += more
    chunks = chain((head,), chunks) if head else chunks
    if not head.startswith(GZIP) and not source.lower().endswith(".gz"):
        yield from _content(source, chunks, how, head, streams=streams)
        return
    from signalbook.reading.gzip_stream import Meter, unpacked  # noqa: PLC0415 - only for compressed data

    meter = Meter(how.max_expansion)
    try:
        yield from meter.counted(
            _content(source, unpacked(chunks, how.max_expansion, meter), how, b"", streams=streams)
        )
    except NotJSON as problem:
        yield Document(source, problem=problem)


def _content(
    source: str, chunks: Iterator[bytes], how: Reading, head: bytes, *, streams: bool
) -> Iterator[Document | Lines]:
    """Yield the pieces of a text; `head` is its beginning if the file is read as it is, and empty if the file is decompressed."""
    if is_by_line(source) and not head.startswith(_WIDE):
        return blocks(source, chunks, how.most, placed=bool(head) and not streams)
    if streams:
        return guessed(source, chunks, how)
    return text(source, chunks, how)


def text(source: str, chunks: Iterator[bytes], how: Reading) -> Iterator[Document | Lines]:
    """Yield the single text of a file, or the items of an array that is too large to be read at once."""
    # One byte more than allowed, so that `strict_json` detects an oversized text.
    data = gathered(chunks, min(SMALL, how.most) + 1)
    if len(data) <= min(SMALL, how.most):
        yield Document(source, None, data)
    elif begins_an_array(data):
        from signalbook.reading.arrays import items  # noqa: PLC0415 - only for large arrays

        yield from items(source, chain((data,), chunks), how)
    else:
        data = gathered(chain((data,), chunks), how.most + 1)
        yield Document(source, None, data[: how.most + 1])


def gathered(chunks: Iterator[bytes], size: int) -> bytes:
    """Return the first chunks joined: at least `size` bytes, if there are as many."""
    parts: list[bytes] = []
    while size > 0 and (part := next(chunks, b"")):
        parts.append(part)
        size -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def begins_an_array(data: bytes) -> bool:
    """Return whether a text begins like a JSON array."""
    return data.removeprefix(BOM).lstrip()[:1] == b"["


def guessed(source: str, chunks: Iterator[bytes], how: Reading) -> Iterator[Document | Lines]:
    """Yield the pieces of a stream: lines if its first line is a document and more lines follow, otherwise one text.

    Any number of lines is passed on as they arrive. If the whole text is not a document but one of its lines is, it is read as lines too.
    """
    data, first = _head(chunks, how.most)
    if first and is_document(first, how.limits):
        yield from blocks(source, chain((data,), chunks), how.most, placed=False)
        return
    # A large array is read item by item and not kept in memory.
    array = begins_an_array(data)
    enough = (min(SMALL, how.most) if array else how.most) + 1
    data = gathered(chain((data,), chunks), enough)
    chunks = chain((data,), chunks)
    if (
        (not array or len(data) < enough)
        and not is_document(data, how.limits)
        and _holds_a_line(data, how.limits)
    ):
        yield from blocks(source, chunks, how.most, placed=False)
    else:
        yield from text(source, chunks, how)


def _head(chunks: Iterator[bytes], most: int) -> tuple[bytes, bytes]:
    """Return the beginning of a stream, and its first non-blank line if anything follows that line; reads no more than needed."""
    parts: list[bytes] = []
    size, start, end = 0, -1, -1
    while size <= most and (chunk := next(chunks, b"")):
        parts.append(chunk)
        here = 0
        if start < 0 and not chunk.isspace():
            here = len(chunk) - len(chunk.lstrip())
            start = size + here
        if end < 0 <= start and (found := chunk.find(b"\n", here) + 1):
            here, end = found, size + found
        if end >= 0 and chunk[here:].strip():
            data = b"".join(parts)
            return data, data[start:end]
        size += len(chunk)
    return b"".join(parts), b""


def _holds_a_line(data: bytes, limits: Limits) -> bool:
    """Return whether a line of a text is a document; gives up after 1,000 candidates, because a stream may have millions."""
    looks = re.compile(rb"^(?:\xef\xbb\xbf)?+[ \t\r]*+[\[{].*[\]}][ \t\r]*$", re.MULTILINE)
    return any(is_document(found[0], limits) for found in islice(looks.finditer(data), _TRIED))
