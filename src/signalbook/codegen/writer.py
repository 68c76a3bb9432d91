"""Writes generated files to disk, or reports how the disk differs from them. No other package writes files.

`atomic_files` opens files for writing, and `owned_files` decides which files of a folder may be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook.codegen.atomic_files import Making, make
from signalbook.codegen.owned_files import MANIFEST, exists, is_ours, ours_below, says_so
from signalbook.errors import Unreadable
from signalbook.reading import regular_files
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "MANIFEST",
    "Differences",
    "Making",
    "differences",
    "exists",
    "is_ours",
    "make",
    "says_so",
    "write",
]

_MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Differences:
    """Differences between the disk and the expected files. Iterating yields the lines of a diff, at most a hundred."""

    root: Path
    wanted: Mapping[str, bytes]
    changed: tuple[str, ...]
    surplus: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.changed or self.surplus)

    def names(self) -> list[str]:
        """Return a line for each file that says what is wrong with it."""
        gone = [f"{self.root / name}: nothing makes this file any more" for name in self.surplus]
        return [
            *(
                f"{self.root / name}: {'out of date' if (self.root / name).exists() else 'missing'}"
                for name in self.changed
            ),
            *gone,
        ]

    def __iter__(self) -> Iterator[str]:
        lines = (line for name in (*self.changed, *self.surplus) for line in self._diff(name))
        for number, line in enumerate(lines):
            if number == _MOST_LINES:
                yield f"… and more: {len(self.changed)} files out of date or missing, {len(self.surplus)} to remove"
                return
            yield line

    def _diff(self, name: str) -> Iterator[str]:
        path = self.root / name
        old = path.read_text("utf-8", "replace").splitlines() if path.exists() else []
        new = self.wanted.get(name, b"").decode().splitlines()
        shown = safe(str(path))
        return unified_diff(old, new, shown, f"{shown} (as it should be)", lineterm="")


def differences(files: Mapping[str, bytes], root: str | Path, owned: Iterable[str] = ()) -> Differences:
    """Return where the disk differs from `files`, and which files of signalbook below the `owned` paths should not exist.

    Raises `Unreadable` if a link, a folder or a device is in the way of one of `files`; and OSError.
    """
    where = Path(root)
    changed = tuple(name for name, data in files.items() if not _is_as_wanted(where, name, data))
    return Differences(where, files, changed, tuple(sorted(set(ours_below(where, owned)) - set(files))))


def _is_as_wanted(root: Path, name: str, data: bytes) -> bool:
    try:
        return exists(root, name) and regular_files.read(root / name, follow=False) == data
    except Unreadable:
        # A link to the expected content may stay: only a file that has to be written must not be a link.
        if (root / name).is_file() and regular_files.read(root / name) == data:
            return True
        raise


def write(files: Mapping[str, bytes], root: str | Path, owned: Iterable[str] = ()) -> list[str]:
    """Update the disk to match `files` and return the changed paths.

    Replaces each file completely or not at all. Raises what `differences` raises.
    """
    found = differences(files, root, owned)
    for name in found.changed:
        path = found.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        make(path, files[name])
    for name in found.surplus:
        # A partial file from an interrupted run is surplus, and may be gone by now.
        (found.root / name).unlink(missing_ok=True)
    return [*found.changed, *found.surplus]
