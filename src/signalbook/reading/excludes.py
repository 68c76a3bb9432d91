"""Match paths against exclude patterns with the syntax of `.gitignore`."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ANY = "**"


class Excludes:
    """Exclude patterns as in .gitignore, relative to the working folder.

    A pattern without an inner slash matches a name at any depth. A pattern with a trailing slash matches folders only.
    """

    __slots__ = ("_patterns",)

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [
            (_steps(pattern), pattern.endswith("/")) for pattern in patterns if pattern.strip("/")
        ]

    def covers(self, path: str, *, is_folder: bool) -> bool:
        """Return whether a path itself is excluded; its parent folders are not checked."""
        steps = os.path.relpath(path).replace(os.sep, "/").split("/")
        return any(
            _fits(pattern, steps) for pattern, folders_only in self._patterns if is_folder or not folders_only
        )

    def covers_any(self, path: str) -> bool:
        """Return whether a file or one of its parent folders is excluded."""
        folder = os.path.dirname(path)  # noqa: PTH120 - keeps the path as the user wrote it
        while folder and folder != os.path.dirname(folder):  # noqa: PTH120
            if self.covers(folder, is_folder=True):
                return True
            folder = os.path.dirname(folder)  # noqa: PTH120
        return self.covers(path, is_folder=False)


def _steps(pattern: str) -> list[str]:
    """Return the steps of an exclude pattern, including the implied ones."""
    steps = [step for step in pattern.split("/") if step not in ("", ".")]
    if "/" not in pattern.rstrip("/"):
        return [ANY, *steps]
    # A trailing ** matches the content of a folder, not the folder.
    return [*steps, "*"] if steps[-1:] == [ANY] else steps


def _fits(pattern: list[str], steps: list[str]) -> bool:
    """Return whether a pattern matches a path; tracks all reachable positions of the pattern, so that no `**` is tried twice."""
    places = {0}
    for step in [*steps, None]:
        for place in sorted(places):
            after = place
            while after < len(pattern) and pattern[after] == ANY:
                after += 1
                places.add(after)
        if step is None:
            return len(pattern) in places
        places = {
            place if pattern[place] == ANY else place + 1
            for place in places
            if place < len(pattern) and _takes(pattern[place], step)
        }
    return False


def _takes(pattern: str, step: str) -> bool:
    return pattern == ANY or fnmatchcase(step, pattern)
