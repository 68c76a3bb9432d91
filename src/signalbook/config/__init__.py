"""What a project says of its payloads: a configuration, ignores that end on a day, and a baseline of what was broken before.

`find` looks for the file and costs next to nothing; all else is loaded only where there is one. `settings` holds the values, `reading` reads them,
`ignores` and `baseline` take findings out of what counts, and `settling` says what is left of a verdict then.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signalbook.config.settings import Config

OWN, SHARED = "signalbook.toml", "pyproject.toml"
TABLE = ("tool", "signalbook")
"""Where the settings stand in a `pyproject.toml`."""


def find(folder: str) -> str | None:
    """Return the path of the configuration that holds in a folder, as the working folder sees it, or None: the nearest, up to the root of the git repository.

    In each folder `signalbook.toml` goes before a `pyproject.toml` with a table `[tool.signalbook]`.
    Outside of a repository only the folder itself is looked at: what lies above it belongs to others.
    """
    folder = os.path.abspath(folder)  # noqa: PTH100 - as below: pathlib would take a millisecond of every run
    root = repository(folder) or folder
    while not (found := _in(folder)) and folder != root:
        folder = os.path.dirname(folder)  # noqa: PTH120
    return found and os.path.relpath(found)


def repository(folder: str) -> str | None:
    """Return the root of the git repository that an absolute folder lies in, or None outside of any."""
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
    """Whether a `pyproject.toml` has our table. Most have not, and that is seen without parsing them."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read()
    except OSError:
        return False
    bare = b"\n" + data.translate(None, b" \t\"'")
    if b"signalbook" not in data or not any(word in bare for word in (b"tool.signalbook", b"[tool]", b"\ntool={")):
        return False
    from signalbook.config import reading  # noqa: PLC0415 - only where the file seems to be meant for us

    return reading.has_table(data)


def load(path: str) -> Config:
    """Return the configuration in a file: all of a file of its own, the table `[tool.signalbook]` of a `pyproject.toml`.

    Raises `Unreadable` for a file that is not there or no TOML, and `BrokenConfig` with every fault of its settings.
    """
    from signalbook.config import reading  # noqa: PLC0415 - a run without a configuration does not need it

    return reading.load(path)
