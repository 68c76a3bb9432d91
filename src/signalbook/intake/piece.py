"""What the intake hands on: `Document`, one text; `Lines`, a block of NDJSON; `Files`, small files that nobody has read yet.

All three can be sent to another process. They are plain classes, because a dataclass takes its time to come into being.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.jsontext import NotJSON


class _Plain:
    """A plain value: equal where all its fields are, and sent to another process as them."""

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
    """One JSON text and where it came from; `problem` says why there is none.

    `line` counts from 1, in NDJSON only; `index` is the place of an item in an array that is read item by item, from 0.
    `start` is where the text starts in its file: line and column, both from 1, in characters.
    `parsed` holds the value, alone in a tuple, where it is known already; it is not sent to another process.
    """

    FIELDS = ("source", "line", "data", "problem", "index", "start")
    __slots__ = (*FIELDS, "parsed")

    def __init__(  # noqa: PLR0913, PLR0917 - one for each slot
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
    """Whole lines of an NDJSON text, of which `first` is the number of the first, from 1.

    `offset` and `length` say where they stand in the file, so that another process can read them there; `offset` is None where none can.
    """

    FIELDS = __slots__ = ("source", "first", "data", "offset", "length")

    def __init__(self, source: str, first: int, data: bytes | None, offset: int | None = None, length: int = 0) -> None:
        self.source = source
        self.first = first
        self.data = data
        self.offset = offset
        self.length = length

    def read(self) -> bytes:
        """Return the bytes of the lines, from their file if need be. Raises `NotJSON` where the file is gone or no longer what it was."""
        if self.data is None:
            from signalbook.intake.problems import part_of  # noqa: PLC0415 - where several processes share a file, only

            return part_of(self.source, self.offset or 0, self.length)
        return self.data

    def without_data(self) -> Lines:
        """Return what another process needs to read the lines itself; the lines as they are, where it cannot."""
        return self if self.offset is None else Lines(self.source, self.first, None, self.offset, self.length)

    def numbered(self) -> Iterator[tuple[int, bytes]]:
        r"""Yield each line that holds something, with its number. Raises what `read` raises.

        A line ends at \n, and a \r before that belongs to the line end. A \r elsewhere ends no line: to JSON it is white space.
        """
        data = self.read()
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        for number, line in enumerate(data.split(b"\n"), self.first):
            if line and not line.isspace():
                yield number, line


class Files(_Plain):
    """Small files that nobody has read yet."""

    FIELDS = __slots__ = ("paths",)

    def __init__(self, paths: tuple[str, ...]) -> None:
        self.paths = paths


Piece = Document | Lines | Files
