"""Files in the making. This is the only place that opens a file for writing: beside its place, under a random name, moved there when it is whole."""

from __future__ import annotations

import os
import stat
from errno import EEXIST, EISDIR
from pathlib import Path

_PARTIAL = ".partial"
_LONGEST = 40
"""How many characters of a name the name of its partial file keeps, so that it stays a name."""
_RANDOM = 8
_TRIES = 100
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Making:
    """A file in the making: it is written beside its place, and moved there when it is whole, so that nobody ever finds half of it.

    What it replaces gives it its mode. What is no regular file, such as a terminal or a pipe, is written to as it is.
    Raises OSError where the place cannot be written to.
    """

    def __init__(self, path: str | Path) -> None:
        named = Path(path)
        if named.is_dir():
            raise IsADirectoryError(EISDIR, "is a folder", str(path))
        # Through a link that the user names: the file it leads to is replaced, and the link stays.
        self._place = None if named.exists() and not named.is_file() else named.resolve()
        self._partial, descriptor = _exclusive(self._place) if self._place else (named, os.open(named, os.O_WRONLY | getattr(os, "O_CLOEXEC", 0)))
        self._stream = open(descriptor, "wb")  # noqa: SIM115, PTH123 - it lives as long as this does

    def put(self, text: str | bytes) -> None:
        """Add a text, which is written as UTF-8, or bytes at the end."""
        self._stream.write(text.encode() if isinstance(text, str) else text)

    def finish(self) -> None:
        """Move the file to its place."""
        self._stream.close()
        if self._place:
            os.replace(self._partial, self._place)  # noqa: PTH105 - Path.replace is the same; this names the guarantee

    def discard(self) -> None:
        """Leave the place as it was."""
        try:
            self._stream.close()
        finally:
            if self._place:
                self._partial.unlink(missing_ok=True)


def make(path: str | Path, data: bytes) -> None:
    """Write a file whole, or not at all. Raises OSError."""
    file = Making(path)
    try:
        file.put(data)
        file.finish()
    finally:
        file.discard()


def is_partial(name: str) -> bool:
    """Whether a file has the name of one in the making: where nobody makes it any more, a killed run left it."""
    return name.startswith(".") and name.endswith(_PARTIAL)


def _exclusive(place: Path) -> tuple[Path, int]:
    """Return the path and the descriptor of a new file beside a place.

    Nobody can know its name and put a link there, and what is there already is never opened.
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
    raise FileExistsError(EEXIST, "no name is free beside it", str(place))
