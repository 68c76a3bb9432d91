"""path → bytes, against the disk: write, or tell the difference. The only room that writes files."""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import unified_diff
from errno import EISDIR
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MOST_LINES = 100
_PARTIAL = ".partial"


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
    """Return where the disk differs from `files`; below the `owned` paths also what is there and should not be."""
    where = Path(root)
    changed = tuple(name for name, data in files.items() if not (where / name).is_file() or (where / name).read_bytes() != data)
    there = (path for name in owned for path in [where / name, *(where / name).rglob("*")] if path.is_file())
    # What Python keeps beside modules that were imported is nobody's.
    present = {path.relative_to(where).as_posix() for path in there if path.parent.name != "__pycache__"}
    return Differences(where, files, changed, tuple(sorted(present - set(files))))


class Making:
    """A text file in the making: it is written beside its place, and moved there when it is whole, so that nobody ever finds half of it.

    What is no regular file, such as a terminal or a pipe, is written to as it is. Raises OSError where the place cannot be written to.
    """

    def __init__(self, path: str) -> None:
        place = Path(path).resolve()
        self._place = None if place.exists() and not place.is_file() else place
        if self._place is None and place.is_dir():
            raise IsADirectoryError(EISDIR, "is a folder", path)
        # Other runs may make the same file at the same time: the last one wins, and is whole.
        self._partial = place.with_name(f".{place.name}.{os.getpid()}{_PARTIAL}") if self._place else place
        self._stream = self._partial.open("w", encoding="utf-8", newline="\n")

    def put(self, text: str) -> None:
        """Add a text at the end."""
        self._stream.write(text)

    def finish(self) -> None:
        """Move the file to its place."""
        self._stream.close()
        if self._place:
            os.replace(self._partial, self._place)  # noqa: PTH105 - as below

    def discard(self) -> None:
        """Leave the place as it was."""
        self._stream.close()
        if self._place:
            self._partial.unlink(missing_ok=True)


def write(files: Mapping[str, bytes], root: str | Path, owned: Iterable[str] = ()) -> list[str]:
    """Bring the disk in line with `files` and return the paths that changed. A file is replaced whole or not at all."""
    found = differences(files, root, owned)
    for name in found.changed:
        path = found.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and moved over, so that whoever is killed here leaves no half-written file.
        partial = path.with_name(f".{path.name}{_PARTIAL}")
        try:
            partial.write_bytes(files[name])
            os.replace(partial, path)  # noqa: PTH105 - Path.replace is the same; this names the guarantee
        finally:
            partial.unlink(missing_ok=True)
    for name in found.surplus:
        # What a killed run left half-written is surplus, and may be gone by now.
        (found.root / name).unlink(missing_ok=True)
    return [*found.changed, *found.surplus]
