"""A folder → the payload files in it and below it, in the order of their paths; links to folders are not followed."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from signalbook.intake.contents import SUFFIXES
from signalbook.intake.piece import Document
from signalbook.intake.problems import no_payload, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signalbook.intake.listing import Listed


def below(folder: str, exclude: Sequence[str]) -> Iterator[Listed]:
    """Yield the payload files of a folder and of those in it; a problem for each folder that may not be entered, and where there is no file.

    Hidden files and folders are passed over, and so are pipes, sockets and devices: a pipe would be waited for, for ever.
    A link to a file is that file; a link that leads nowhere is a problem, so that nothing is left out in silence.
    """
    walk = _Walk(exclude)
    empty = True
    for found in walk.through(folder):
        empty = False
        yield found
    if empty and walk.excluded:
        yield Document(folder, problem=no_payload("every payload file in this folder is excluded", "look at the patterns of what is excluded"))
    elif empty:
        yield Document(folder, problem=no_payload("there is no payload file in this folder", f"payload files end in {', '.join(SUFFIXES)}"))


def regular(path: str) -> Listed | None:
    """Return a file that was found, with its size; its problem where it leads nowhere, None where it is something else than a file."""
    try:
        status = os.stat(path)  # noqa: PTH116 - pathlib may not be loaded
    except (OSError, ValueError) as error:
        return Document(path, problem=unreadable(error))
    return (path, status.st_size) if stat.S_ISREG(status.st_mode) else None


class _Walk:
    """A walk through folders; `excluded` says whether anything was left out."""

    __slots__ = ("_excludes", "excluded")

    def __init__(self, exclude: Sequence[str]) -> None:
        self.excluded = False
        self._excludes = None
        if exclude:
            from signalbook.intake.globs import Excludes  # noqa: PLC0415 - where something is excluded

            self._excludes = Excludes(exclude)

    def through(self, folder: str) -> Iterator[Listed]:
        """Yield the files below a folder, and the problems met on the way."""
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
        """Return what is to be read of a folder, the last first. Raises OSError."""
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
        # As the paths below it would be sorted: "a.json" stands before "a/b.json".
        return sorted(found, key=lambda one: f"{one[0]}/" if one[1] else one[0], reverse=True)


def _base(folder: str) -> str:
    """Return what the paths of a folder's files begin with, without a step that says nothing."""
    while folder.startswith("./"):
        folder = folder[2:].lstrip("/")
    if folder in ("", "."):
        return ""
    return folder if folder.endswith(("/", os.sep)) and not folder.strip("/") else f"{folder.rstrip('/')}/"
