"""Patterns of paths: those that name what to read, and those that name what to leave out.

`**` stands for any number of folders. It follows no links, so that a circle of links ends.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from signalbook.intake.folders import below, regular
from signalbook.intake.piece import Document
from signalbook.intake.problems import no_payload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signalbook.intake.listing import Listed

_MAGIC = frozenset("*?[")
_ANY = "**"


class Excludes:
    """Patterns as in .gitignore, below the working folder: without a slash inside, one fits a name at any depth; with one at its end, folders only."""

    __slots__ = ("_patterns",)

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [(_steps(pattern), pattern.endswith("/")) for pattern in patterns if pattern.strip("/")]

    def covers(self, path: str, *, is_folder: bool) -> bool:
        """Whether a path is left out; of the folders it lies in, nothing is asked."""
        steps = os.path.relpath(path).replace(os.sep, "/").split("/")
        return any(_fits(pattern, steps) for pattern, folders_only in self._patterns if is_folder or not folders_only)

    def covers_any(self, path: str) -> bool:
        """Whether a file is left out, or a folder it lies in."""
        folder = os.path.dirname(path)  # noqa: PTH120 - keeps the user's spelling
        while folder and folder != os.path.dirname(folder):  # noqa: PTH120
            if self.covers(folder, is_folder=True):
                return True
            folder = os.path.dirname(folder)  # noqa: PTH120
        return self.covers(path, is_folder=False)


def _steps(pattern: str) -> list[str]:
    """Return the steps of a pattern of what to leave out, with the steps it leaves unsaid."""
    steps = [step for step in pattern.split("/") if step not in ("", ".")]
    if "/" not in pattern.rstrip("/"):
        return [_ANY, *steps]
    # At the end, ** means what is in a folder, and not the folder.
    return [*steps, "*"] if steps[-1:] == [_ANY] else steps


def _fits(pattern: list[str], steps: list[str]) -> bool:
    """Whether a pattern fits a path; every place of the pattern that may be reached is kept, so that no `**` is tried twice."""
    places = {0}
    for step in [*steps, None]:
        for place in sorted(places):
            after = place
            while after < len(pattern) and pattern[after] == _ANY:
                after += 1
                places.add(after)
        if step is None:
            return len(pattern) in places
        places = {place if pattern[place] == _ANY else place + 1 for place in places if place < len(pattern) and _takes(pattern[place], step)}
    return False


def _takes(pattern: str, step: str) -> bool:
    return pattern == _ANY or fnmatchcase(step, pattern)


def matching(pattern: str, exclude: Sequence[str]) -> Iterator[Listed]:
    """Yield the files that a pattern means, in the order of their paths; where it means a folder, the payload files in it."""
    excludes = Excludes(exclude)
    found = sorted({path for path in _expanded(pattern) if not pattern.endswith("/") or os.path.isdir(path)})  # noqa: PTH112
    kept = [path for path in found if not exclude or not excludes.covers_any(path)]
    if not kept and found:
        yield Document(pattern, problem=no_payload("all that this pattern matches is excluded", "look at the patterns of what is excluded"))
    elif not kept:
        yield Document(pattern, problem=no_payload("nothing matches this pattern", "quote the pattern, and look at the spelling"))
    for path in kept:
        if not os.path.isdir(path):  # noqa: PTH112
            if one := regular(path):
                yield one
        # ** matches the folders on the way too: there, the files are what was meant.
        elif _ANY not in pattern:
            yield from below(path, exclude)


def _expanded(pattern: str) -> Iterator[str]:
    """Yield the paths that a pattern matches, some of them twice where it has several `**`."""
    steps = [step for step in pattern.split("/") if step]
    if steps[-1:] == [_ANY]:
        steps.append("*")
    return _below("/" if pattern.startswith("/") else "", steps)


def _below(base: str, steps: list[str]) -> Iterator[str]:
    steps = list(steps)
    while len(steps) > 1 and not _MAGIC & set(steps[0]):
        base += f"{steps.pop(0)}/"
    step, rest = steps[0], steps[1:]
    if step == _ANY:
        for folder in _folders(base):
            yield from _below(folder, rest)
    elif not _MAGIC & set(step):
        if os.path.lexists(base + step):
            yield base + step
    else:
        for entry in _entries(base):
            if fnmatchcase(entry.name, step) and (step.startswith(".") or not entry.name.startswith(".")):
                if rest and os.path.isdir(base + entry.name):  # noqa: PTH112
                    yield from _below(f"{base}{entry.name}/", rest)
                elif not rest:
                    yield base + entry.name


def _folders(base: str) -> Iterator[str]:
    """Yield a folder and all below it, hidden ones left out, as the beginnings of the paths in them."""
    waiting = [base]
    while waiting:
        base = waiting.pop()
        yield base
        waiting += [f"{base}{entry.name}/" for entry in _entries(base) if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")]


def _entries(base: str) -> list[os.DirEntry[str]]:
    """Return what is in a folder; nothing where it is none, or may not be listed: a pattern that matches nothing is reported."""
    try:
        with os.scandir(base or ".") as entries:
            return list(entries)
    except OSError:
        return []
