"""Define the units of input: `Document`, one text; `Lines`, a block of NDJSON; `Files`, small files that are not read yet.

All three can be pickled and sent to another process. They are plain classes, because creating a dataclass takes time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.reading.json_errors import NotJSON


class _Plain:
    """A value class: instances are equal if their type and fields are equal, and pickle by their fields."""

    __slots__ = ()
    FIELDS: tuple[str, ...] = ()

    def _fields(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.FIELDS)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Plain) and type(other) is type(self) and other._fields() == self._fields()

    def __hash__(self) -> int:
        return hash(self._fields())

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._fields()!r}"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._fields()


class Document(_Plain):
    """One JSON text and its source; if there is no text, `problem` says why.

    `line` is the line number from 1, for NDJSON only. `index` is the index from 0 of an item in an array that is read item by item.
    `start` is the position of the text in its file: line and column, both from 1, in characters.
    `parsed` is a 1-tuple with the value, if it is already known; it is not sent to other processes.
    """

    FIELDS = ("source", "line", "data", "problem", "index", "start")
    __slots__ = (*FIELDS, "parsed")

    def __init__(  # noqa: PLR0913, PLR0917 - one argument per slot
        self,
        source: str,
        line: int | None = None,
        data: bytes = b"",
        problem: NotJSON | None = None,
        index: int | None = None,
        start: tuple[int, int] = (1, 1),
    ) -> None:
        self.source = source
        self.line = line
        self.data = data
        self.problem = problem
        self.index = index
        self.start = start
        self.parsed: tuple[Any] | None = None


class Lines(_Plain):
    """Whole lines of an NDJSON text; `first` is the number of the first line, from 1.

    `offset` and `length` are the byte range in the file, so that another process can read it; `offset` is None if no other process can.
    """

    FIELDS = __slots__ = ("source", "first", "data", "offset", "length")

    def __init__(
        self, source: str, first: int, data: bytes | None, offset: int | None = None, length: int = 0
    ) -> None:
        self.source = source
        self.first = first
        self.data = data
        self.offset = offset
        self.length = length

    def read(self) -> bytes:
        """Return the bytes of the lines, read from the file if needed. Raises `NotJSON` if the file is gone or became shorter."""
        if self.data is None:
            from signalbook.reading.file_problems import part_of  # noqa: PLC0415 - only if several processes share a file

            return part_of(self.source, self.offset or 0, self.length)
        return self.data

    def without_data(self) -> Lines:
        """Return the lines without their bytes if another process can read these from the file, otherwise unchanged."""
        return self if self.offset is None else Lines(self.source, self.first, None, self.offset, self.length)

    def numbered(self) -> Iterator[tuple[int, bytes]]:
        r"""Yield each non-blank line with its number. Raises what `read` raises.

        A line ends at \n or \r\n. A \r elsewhere does not end a line, because it is white space in JSON.
        """
        data = self.read()
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        for number, line in enumerate(data.split(b"\n"), self.first):
            if line and not line.isspace():
                yield number, line


class Files(_Plain):
    """Small files that are not read yet."""

    FIELDS = __slots__ = ("paths",)

    def __init__(self, paths: tuple[str, ...]) -> None:
        self.paths = paths


Piece = Document | Lines | Files

Listed = Document | tuple[str, int]
"""A problem, or a file and its size in bytes; a negative size marks a stream."""
