"""Expand glob patterns into the files to read.

`**` matches any number of folders. It does not follow links, so that circular links end.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from signalbook.reading.excludes import ANY, Excludes
from signalbook.reading.file_problems import no_payload
from signalbook.reading.folders import below, regular
from signalbook.reading.pieces import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from signalbook.reading.pieces import Listed

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
