"""Find files: those below folders, those that match glob patterns, without those that are excluded."""

from __future__ import annotations

import os
import stat
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from signalbook.reading.documents import SUFFIXES, Document, no_payload, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signalbook.reading.documents import Listed


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


_MAGIC = frozenset("*?[")


def matching(pattern: str, exclude: Sequence[str]) -> Iterator[Listed]:
    """Yield the files that a pattern matches, sorted by path; for a matched folder, the payload files in it."""
    excludes = Excludes(exclude)
    found = sorted({path for path in _expanded(pattern) if not pattern.endswith("/") or os.path.isdir(path)})  # noqa: PTH112
    kept = [path for path in found if not exclude or not excludes.covers_any(path)]
    if not kept and found:
        yield Document(
            pattern,
            problem=no_payload(
                "everything that matches this pattern is excluded", "check the exclude patterns"
            ),
        )
    elif not kept:
        yield Document(
            pattern,
            problem=no_payload("nothing matches this pattern", "quote the pattern and check the spelling"),
        )
    for path in kept:
        if not os.path.isdir(path):  # noqa: PTH112
            if one := regular(path):
                yield one
        # ** also matches the intermediate folders; in that case only the files are wanted.
        elif ANY not in pattern:
            yield from below(path, exclude)


def _expanded(pattern: str) -> Iterator[str]:
    """Yield the paths that a pattern matches, possibly more than once if it has several `**`."""
    steps = [step for step in pattern.split("/") if step]
    if steps[-1:] == [ANY]:
        steps.append("*")
    return _below("/" if pattern.startswith("/") else "", steps)


def _below(base: str, steps: list[str]) -> Iterator[str]:
    steps = list(steps)
    while len(steps) > 1 and not _MAGIC & set(steps[0]):
        base += f"{steps.pop(0)}/"
    step, rest = steps[0], steps[1:]
    if step == ANY:
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
    """Yield the path prefixes of a folder and all its subfolders, except hidden ones."""
    waiting = [base]
    while waiting:
        base = waiting.pop()
        yield base
        waiting += [
            f"{base}{entry.name}/"
            for entry in _entries(base)
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".")
        ]


def _entries(base: str) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, or nothing if it cannot be listed: `matching` reports a pattern without matches."""
    try:
        with os.scandir(base or ".") as entries:
            return list(entries)
    except OSError:
        return []
