"""Define the units of input: `Document`, one text; `Lines`, a block of NDJSON; `Files`, small files that are not read yet.

Also defines how files are read, and describes the problems of files.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from signalbook.reading.json_text import NotJSON

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.reading.json_text import Limits


STDIN = "-"
SUFFIXES = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
SMALL = 1 << 20
"""Maximum size in bytes of an array that is read at once; other texts are always read at once."""
BLOCK, SMALL_BLOCK = 1 << 20, 1 << 16
"""Bytes processed at a time: enough to be worth sending to another process, and small enough for the processor cache."""
MAX_EXPANSION = 200
"""How many times its size a gzip file may decompress to, after the first 64 MiB."""


class Reading:
    """Options for reading files: limits of one document, maximum expansion of gzip data, and bytes to read at a time."""

    __slots__ = ("block", "limits", "max_expansion", "most")

    def __init__(self, limits: Limits, max_expansion: int, block: int = BLOCK) -> None:
        self.limits, self.max_expansion, self.block, self.most = (
            limits,
            max_expansion,
            block,
            limits.max_bytes,
        )


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


def unreadable(error: OSError | ValueError) -> NotJSON:
    """Return the problem for an operating system error while reading a path."""
    if isinstance(error, FileNotFoundError):
        return NotJSON("no-file", "no such file", hint="check the spelling and the current directory")
    if isinstance(error, PermissionError):
        return NotJSON("no-permission", "permission denied", hint="give this user read permission")
    number = getattr(error, "errno", None)
    if number == errno.ELOOP:
        return NotJSON("no-file", "the symbolic links form a loop", hint="point the link at a file")
    if number == errno.ENXIO:
        return special()
    return NotJSON("no-file", f"cannot be read: {getattr(error, 'strerror', None) or error}")


def special() -> NotJSON:
    """Return the problem for a path that names a device or a socket."""
    return NotJSON(
        "no-file",
        "a device or a socket, not a file",
        hint="pass a file, a folder or a pipe; - is standard input",
    )


def no_payload(message: str, hint: str) -> NotJSON:
    """Return the problem for a place that contains no payloads."""
    return NotJSON("no-payload", message, hint=hint)


def empty_path() -> NotJSON:
    """Return the problem for an empty path."""
    return NotJSON("no-file", "the path is empty", hint="is a variable in your script unset?")


def no_input() -> NotJSON:
    """Return the problem for a process that was started without standard input, as some schedulers do."""
    return NotJSON("no-file", "standard input is closed", hint="pass a file, or connect standard input")


def part_of(path: str, offset: int, length: int) -> bytes:
    """Return `length` bytes of a file, starting at `offset`. Raises `NotJSON` if they can no longer be read."""
    try:
        with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - avoids importing pathlib
            stream.seek(offset)
            data = stream.read(length)
            while len(data) < length and (
                more := stream.read(length - len(data))
            ):  # a network file system may return less than requested
                data += more
    except OSError as error:
        raise unreadable(error) from None
    if len(data) < length:
        raise NotJSON(
            "no-file",
            "the file shrank while it was being read",
            hint="make sure that nothing writes to the file",
        )
    return data
