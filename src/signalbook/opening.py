"""A file → its bytes, only where it is a regular one: a pipe would be waited for, and a device never ends."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


class NotRegular(OSError):
    """A path leads to a pipe, a device or a socket. `strerror` says so, as for other reasons why a file cannot be read."""

    def __init__(self, path: str | Path) -> None:
        super().__init__(errno.EINVAL, "it is no regular file", str(path))


def read(path: str | Path, most: int = -1, *, follow: bool = True) -> bytes:
    """Return the bytes of a regular file, `most` of them at most. Links are followed unless `follow` is false.

    Raises `NotRegular`, which is an OSError, without waiting for a pipe; and OSError for what cannot be read.
    """
    # Asked before it is opened, because opening a device can do something; and after, because the name may lead elsewhere by then.
    if not _is_regular(os.stat(path, follow_symlinks=follow)):  # noqa: PTH116 - a run waits for pathlib
        raise NotRegular(path)
    descriptor = os.open(path, _FLAGS | (0 if follow else getattr(os, "O_NOFOLLOW", 0)))
    with open(descriptor, "rb") as file:  # noqa: PTH123 - as above
        if not _is_regular(os.fstat(descriptor)):
            raise NotRegular(path)
        return file.read(most)


def _is_regular(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode)
