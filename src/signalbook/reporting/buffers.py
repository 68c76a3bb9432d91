"""Buffers text in memory while it is small, and in a private temporary file once it is large."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_MEMORY = 4 * 1024 * 1024
_BLOCK = 256 * 1024


class Spool:
    """Text buffer that can be read once."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8", newline="\n")  # noqa: SIM115 - `close` closes it

    def put(self, text: str) -> None:
        """Append text."""
        self._file.write(text)

    def lines(self) -> Iterator[str]:
        """Yield the buffered text line by line."""
        self._file.seek(0)
        yield from self._file

    def drained(self) -> Iterator[str]:
        """Yield the buffered text in blocks, and empty the buffer."""
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            yield block
        self._file.seek(0)
        self._file.truncate()

    def close(self) -> None:
        """Free the memory or delete the file."""
        self._file.close()
