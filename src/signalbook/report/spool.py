"""A place for text that has to wait: in memory while it is little, in a temporary file that nobody else sees once it is much."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_IN_MEMORY = 4 * 1024 * 1024
_BLOCK = 256 * 1024


class Spool:
    """Text that was put in, and comes out once."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8", newline="\n")  # noqa: SIM115 - it lives as long as this does

    def put(self, text: str) -> None:
        """Add text at the end."""
        self._file.write(text)

    def lines(self) -> Iterator[str]:
        """Yield what was put in, line by line."""
        self._file.seek(0)
        yield from self._file

    def drained(self) -> Iterator[str]:
        """Yield what was put in, in blocks, and leave the spool empty."""
        self._file.seek(0)
        while block := self._file.read(_BLOCK):
            yield block
        self._file.seek(0)
        self._file.truncate()

    def close(self) -> None:
        """Give the memory or the file back."""
        self._file.close()
