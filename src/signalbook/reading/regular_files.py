"""Read a file only if it is a regular file, because reading a pipe can block and a device may never end."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class NotRegular(OSError):
    """The path refers to a pipe, a device or a socket. `strerror` says so, as for other reasons why a file cannot be read."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(errno.EINVAL, "it is no regular file", str(path))


def read(path: str | Path, most: int = -1, *, follow: bool = True) -> bytes:
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
