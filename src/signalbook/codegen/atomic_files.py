"""Writes files atomically: under a random name in the target folder, then renamed. No other module opens a file for writing."""

from __future__ import annotations

import os
import stat
from errno import EEXIST, EISDIR
from pathlib import Path

_PARTIAL = ".partial"
_LONGEST = 40
"""Number of characters of a file name that its partial file keeps, so that the name stays within limits."""
_RANDOM = 8
_TRIES = 100
_FLAGS = (
    os.O_WRONLY
    | os.O_CREAT
    | os.O_EXCL
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class Making:
    """File that is written next to its target and moved there when complete, so that nobody ever sees half of it.

    It takes over the mode of the file that it replaces. A target that is not a regular file, such as a terminal or a pipe, is written to directly.
    Raises OSError if the target cannot be written.
    """

    def __init__(self, path: str | Path) -> None:
        named = Path(path)
        if named.is_dir():
            raise IsADirectoryError(EISDIR, "is a folder", str(path))
        # Follow a symlink that the user names: replace the file that it points to, and keep the link.
        self._place = None if named.exists() and not named.is_file() else named.resolve()
        self._partial, descriptor = (
            _exclusive(self._place)
            if self._place
            else (named, os.open(named, os.O_WRONLY | getattr(os, "O_CLOEXEC", 0)))
        )
        self._stream = open(descriptor, "wb")  # noqa: SIM115, PTH123 - open for the lifetime of this object

    def put(self, text: str | bytes) -> None:
        """Append text, encoded as UTF-8, or bytes."""
        self._stream.write(text.encode() if isinstance(text, str) else text)

    def finish(self) -> None:
        """Move the file to its target."""
        self._stream.close()
        if self._place:
            os.replace(self._partial, self._place)  # noqa: PTH105 - same as Path.replace, but its documentation guarantees atomicity

    def discard(self) -> None:
        """Delete the partial file and leave the target as it was."""
        try:
            self._stream.close()
        finally:
            if self._place:
                self._partial.unlink(missing_ok=True)


def make(path: str | Path, data: bytes) -> None:
    """Write a file completely or not at all. Raises OSError."""
    file = Making(path)
    try:
        file.put(data)
        file.finish()
    finally:
        file.discard()


def is_partial(name: str) -> bool:
    """Return whether a file name is that of a partial file. If nothing is writing it, an interrupted run left it behind."""
    return name.startswith(".") and name.endswith(_PARTIAL)


def _exclusive(place: Path) -> tuple[Path, int]:
    """Create a new file next to a target and return its path and descriptor.

    The name is unpredictable, so nobody can place a link there, and an existing file is never opened.
    """
    mode = stat.S_IMODE(place.stat().st_mode) & 0o777 if place.exists() else None
    for _ in range(_TRIES):
        partial = place.with_name(f".{place.name[:_LONGEST]}.{os.urandom(_RANDOM).hex()}{_PARTIAL}")
        try:
            descriptor = os.open(partial, _FLAGS, 0o666 if mode is None else 0o600)
        except FileExistsError:
            continue
        if mode is not None:
            partial.chmod(mode)
        return partial, descriptor
    raise FileExistsError(EEXIST, "cannot find an unused name for a temporary file next to it", str(place))
