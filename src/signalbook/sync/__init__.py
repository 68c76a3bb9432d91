"""path → bytes, against the disk: write, or tell the difference. The only room that writes files.

`making` opens files for writing, and `ours` decides which files of a folder may be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook import opening
from signalbook.errors import Unreadable
from signalbook.sync.making import Making, make
from signalbook.sync.ours import MANIFEST, exists, is_ours, ours_below, says_so
from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["MANIFEST", "Differences", "Making", "differences", "exists", "is_ours", "make", "says_so", "write"]

_MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Differences:
    """What on disk is not as it should be. Iterating yields the lines of a diff, of which there are at most a hundred."""

    root: Path
    wanted: Mapping[str, bytes]
    changed: tuple[str, ...]
    surplus: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.changed or self.surplus)

    def names(self) -> list[str]:
        """Return a line for each file: what is wrong with it."""
        gone = [f"{self.root / name}: nothing makes this file any more" for name in self.surplus]
        return [*(f"{self.root / name}: {'out of date' if (self.root / name).exists() else 'missing'}" for name in self.changed), *gone]

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
    """Return where the disk differs from `files`; below the `owned` paths also which files of ours are there and should not be.

    Raises `Unreadable` where a link, a folder or a device stands in the way of one of `files`; and OSError.
    """
    where = Path(root)
    changed = tuple(name for name, data in files.items() if not _is_as_wanted(where, name, data))
    return Differences(where, files, changed, tuple(sorted(set(ours_below(where, owned)) - set(files))))


def _is_as_wanted(root: Path, name: str, data: bytes) -> bool:
    try:
        return exists(root, name) and opening.read(root / name, follow=False) == data
    except Unreadable:
        # A link to what is wanted may stay: only what would have to be written must not be one.
        if (root / name).is_file() and opening.read(root / name) == data:
            return True
        raise


def write(files: Mapping[str, bytes], root: str | Path, owned: Iterable[str] = ()) -> list[str]:
    """Bring the disk in line with `files` and return the paths that changed. A file is replaced whole or not at all. Raises as `differences` does."""
    found = differences(files, root, owned)
    for name in found.changed:
        path = found.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        make(path, files[name])
    for name in found.surplus:
        # What a killed run left half-written is surplus, and may be gone by now.
        (found.root / name).unlink(missing_ok=True)
    return [*found.changed, *found.surplus]
