"""Project settings of a validation: a configuration, ignores that expire, and a baseline of existing errors.

`find` looks up the file at next to no cost; everything else is imported only if there is one. `settings` holds the values, `loader` reads them,
`ignores` and `baseline` remove findings from a verdict and recompute its status.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from signalbook.config.settings import OWN, SHARED

if TYPE_CHECKING:
    from signalbook.config.settings import Config


def find(folder: str) -> str | None:
    """Return the path of the configuration of a folder, relative to the working directory, or None.

    It is the nearest one in the folder and its parents, up to the root of the git repository.
    In each folder, `signalbook.toml` takes precedence over a `pyproject.toml` with a table `[tool.signalbook]`.
    Outside of a repository, only the folder itself is searched, because its parents may belong to others.
    """
    folder = os.path.abspath(folder)  # noqa: PTH100 - as below: importing pathlib would add a millisecond to every run
    root = repository(folder) or folder
    while not (found := _in(folder)) and folder != root:
        folder = os.path.dirname(folder)  # noqa: PTH120
    return found and os.path.relpath(found)


def repository(folder: str) -> str | None:
    """Return the root of the git repository that contains an absolute folder, or None."""
    while not os.path.exists(os.path.join(folder, ".git")):  # noqa: PTH110, PTH118
        above = os.path.dirname(folder)  # noqa: PTH120
        if above == folder:
            return None
        folder = above
    return folder


def _in(folder: str) -> str | None:
    own, shared = (os.path.join(folder, name) for name in (OWN, SHARED))  # noqa: PTH118
    if os.path.isfile(own):  # noqa: PTH113
        return own
    return shared if os.path.isfile(shared) and _speaks_of_us(shared) else None  # noqa: PTH113


def _speaks_of_us(path: str) -> bool:
    """Return whether a `pyproject.toml` has our table; most files are ruled out without parsing them."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
    except OSError:
        return False
    bare = b"\n" + data.translate(None, b" \t\"'")
    if b"signalbook" not in data or not any(
        word in bare for word in (b"tool.signalbook", b"[tool]", b"\ntool={")
    ):
        return False
    from signalbook.config import loader  # noqa: PLC0415 - only needed if the file may have our table

    return loader.has_table(data)


def load(path: str) -> Config:
    """Load a configuration file: all of a `signalbook.toml`, or the table `[tool.signalbook]` of a `pyproject.toml`.

    Raises `Unreadable` for a file that is missing or not TOML, and `BrokenConfig` with every fault of its settings.
    """
    from signalbook.config import loader  # noqa: PLC0415 - not needed without a configuration

    return loader.load(path)
