"""Split NDJSON into blocks of whole lines, with bounded memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.reading.documents import Document, Lines
from signalbook.reading.json_text import BOM, NotJSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def blocks(source: str, chunks: Iterable[bytes], most: int, *, placed: bool) -> Iterator[Document | Lines]:
    """Yield the lines of a text in blocks that end at a line end, as they arrive; yield a problem if all lines are blank.

    A line longer than `most` bytes is truncated to one byte more than allowed. `placed` says that the text is the raw content of a file.
    """
    cutter = _Cutter(source, most, placed=placed)
    for chunk in chunks:
        yield from cutter.take(chunk)
    yield from cutter.end()
    if cutter.empty:
        yield Document(
            source, problem=NotJSON("empty", "the document is empty", hint="NDJSON has one payload per line")
        )


_MANY, _PART = 1 << 14, 1 << 15
"""Number of lines above which a block is divided, and the size of its parts in bytes.

Parts are small because the report on a short line may be a hundred times longer than the line.
"""


class _Cutter:
    """Cuts a text into blocks. `parts` holds the beginning of the unfinished line, `size` its full length so far."""

    __slots__ = ("empty", "enough", "first", "most", "offset", "parts", "placed", "size", "source")

    def __init__(self, source: str, most: int, *, placed: bool) -> None:
        self.source, self.most, self.placed = source, most, placed
        # A byte order mark and the line end do not count towards the limit.
        self.enough = most + len(BOM) + len(b"\r\n")
        self.first, self.offset, self.size = 1, 0, 0
        self.parts: list[bytes] = []
        self.empty = True

    def take(self, chunk: bytes) -> Iterator[Lines]:
        """Yield the blocks that a chunk completes."""
        cut = chunk.rfind(b"\n") + 1
        if cut and self.size > self.enough:
            over = chunk.find(b"\n") + 1
            self._keep(chunk[:over])
            yield from self._block(1)
            chunk, cut = chunk[over:], cut - over
        if cut:
            self._keep(chunk[:cut])
            yield from self._block(chunk.count(b"\n", 0, cut))
        if cut < len(chunk):
            self._keep(chunk[cut:] if cut else chunk)

    def end(self) -> Iterator[Lines]:
        """Yield the last line if it has no line end."""
        if self.parts:
            yield from self._block(1)

    def _keep(self, part: bytes) -> None:
        if self.size <= self.enough:
            self.parts.append(part)
        self.size += len(part)

    def _block(self, lines: int) -> Iterator[Lines]:
        """Yield the completed block, unless all its lines are blank."""
        data = self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)
        if self.first == 1 and data.startswith(BOM):
            data = data[len(BOM) :]
            self.offset, self.size = self.offset + len(BOM), self.size - len(BOM)
        if (
            len(data) > self.most
            and lines == 1
            and len(data.removesuffix(b"\n").removesuffix(b"\r")) > self.most
        ):
            data = data[: self.most + 1]
        if not data.isspace() and data:
            self.empty = False
            yield from self._divided(data) if lines > _MANY else (self._lines(data, self.first, 0),)
        self.first, self.offset, self.size = self.first + lines, self.offset + self.size, 0
        self.parts.clear()

    def _divided(self, data: bytes) -> Iterator[Lines]:
        start, first = 0, self.first
        while start < len(data):
            end = (
                data.rfind(b"\n", start, start + _PART) + 1
                or data.find(b"\n", start + _PART) + 1
                or len(data)
            )
            part = data[start:end]
            yield self._lines(part, first, start)
            start, first = end, first + part.count(b"\n")

    def _lines(self, data: bytes, first: int, start: int) -> Lines:
        """Return the lines that start at offset `start` of the block."""
        return Lines(self.source, first, data, *((self.offset + start, len(data)) if self.placed else ()))
