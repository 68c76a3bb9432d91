"""Find the payload files in a folder and its subfolders, sorted by path; links to folders are not followed."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from signalbook.reading.file_problems import no_payload, unreadable
from signalbook.reading.pieces import Document
from signalbook.reading.read_options import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signalbook.reading.pieces import Listed


def below(folder: str, exclude: Sequence[str]) -> Iterator[Listed]:
    """Yield the payload files in a folder and its subfolders.

    Yields a problem for each folder that cannot be read, for each broken link, and if no file is found, so that nothing is skipped silently.
    Skips hidden files and folders, and pipes, sockets and devices, because reading a pipe could block forever. A link to a file counts as that file.
    """
    walk = _Walk(exclude)
    empty = True
    for found in walk.through(folder):
        empty = False
        yield found
    if empty and walk.excluded:
        yield Document(
            folder,
            problem=no_payload("every payload file in this folder is excluded", "check the exclude patterns"),
        )
    elif empty:
        yield Document(
            folder,
            problem=no_payload(
                "no payload files in this folder", f"payload files end in {', '.join(SUFFIXES)}"
            ),
        )


def regular(path: str) -> Listed | None:
    """Return a found file with its size, a problem if it is a broken link, or None if it is not a regular file."""
    try:
        status = os.stat(path)  # noqa: PTH116 - avoids importing pathlib
    except (OSError, ValueError) as error:
        return Document(path, problem=unreadable(error))
    return (path, status.st_size) if stat.S_ISREG(status.st_mode) else None


class _Walk:
    """A traversal of folders; `excluded` says whether anything was excluded."""

    __slots__ = ("_excludes", "excluded")

    def __init__(self, exclude: Sequence[str]) -> None:
        self.excluded = False
        self._excludes = None
        if exclude:
            from signalbook.reading.excludes import Excludes  # noqa: PLC0415 - only with exclude patterns

            self._excludes = Excludes(exclude)

    def through(self, folder: str) -> Iterator[Listed]:
        """Yield the files below a folder, and the problems of unreadable folders and files."""
        waiting = [(folder, True)]
        while waiting:
            path, is_folder = waiting.pop()
            if is_folder:
                try:
                    waiting += self._inside(path)
                except OSError as error:
                    yield Document(path, problem=unreadable(error))
            elif found := regular(path):
                yield found

    def _inside(self, folder: str) -> list[tuple[str, bool]]:
        """Return the entries of a folder that are to be read, in reverse order. Raises OSError."""
        base = _base(folder)
        found: list[tuple[str, bool]] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                name, is_folder = entry.name, entry.is_dir(follow_symlinks=False)
                if name.startswith(".") or not (is_folder or name.lower().endswith(SUFFIXES)):
                    continue
                if self._excludes and self._excludes.covers(base + name, is_folder=is_folder):
                    self.excluded = True
                else:
                    found.append((base + name, is_folder))
        # Sort folders like the paths inside them: "a.json" comes before "a/b.json".
        return sorted(found, key=lambda one: f"{one[0]}/" if one[1] else one[0], reverse=True)


def _base(folder: str) -> str:
    """Return the prefix for the paths of a folder's files, without redundant `./` steps."""
    while folder.startswith("./"):
        folder = folder[2:].lstrip("/")
    if folder in ("", "."):
        return ""
    return folder if folder.endswith(("/", os.sep)) and not folder.strip("/") else f"{folder.rstrip('/')}/"
