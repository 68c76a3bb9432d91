"""What `signalbook validate` reads is not what it writes: an output that is one of its inputs, under whatever name, is refused before anything is written."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

from signalbook.errors import Unreadable
from signalbook.intake import STDIN, Document
from signalbook.intake.listing import listed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

Key = tuple[int, int] | str
"""What two names of one file have in common: its place on the disk, or where its name leads to while there is none."""

_FIX = "it would be overwritten: name another file, or leave it out of what is checked with --exclude"


def keep(options: argparse.Namespace, config: str | None) -> None:
    """Keep the inputs of a run: raise `Unreadable` where a report or a baseline would overwrite one of them, or two outputs go into the same file.

    `config` is the file with the settings that hold.
    """
    outputs: dict[Key, str] = {}
    for path in [*(path for _, path in options.report), *([options.write_baseline] if options.write_baseline else [])]:
        if (key := _key(path)) and outputs.setdefault(key, path) is not path:
            raise Unreadable(path, "two outputs are to go into the same file", "name another file for one of them")
    if not outputs:
        return
    if (key := _key(sys.stdout)) in outputs:
        raise Unreadable(outputs[key], "standard output goes into this file too", "name another file for one of them")
    for path, what in _inputs(options, config):
        key = _key(sys.stdin if path == STDIN else path)
        # The baseline of the settings is renewed in its place, and is not read then.
        if key in outputs and (what != _BASELINE or outputs[key] != options.write_baseline):
            raise Unreadable(outputs[key], what, _FIX)


_BASELINE = "is the baseline"


def _inputs(options: argparse.Namespace, config: str | None) -> Iterator[tuple[str, str]]:
    """Yield the path of each file that is read, and what it is."""
    for path, what in ((config, "holds the settings"), (options.baseline, _BASELINE)):
        if path:
            yield path, what
    for path in options.paths:
        yield path, "is one of the files to check"
    for found in listed(options.paths, options.exclude):
        if not isinstance(found, Document):
            yield found[0], "is one of the files to check"
    for folder, _, names in os.walk(options.schemas or "", followlinks=True) if options.schemas else ():
        yield from ((os.path.join(folder, name), "is a file of the registry") for name in names if name.endswith(".json"))  # noqa: PTH118


def _key(file: object) -> Key | None:
    """Return what identifies a file, by its name or as an open stream; None for what is no file, such as a terminal, a pipe or a folder."""
    try:
        status = os.stat(file if isinstance(file, str) else file.fileno())  # type: ignore[attr-defined]  # noqa: PTH116 - or a descriptor
    except FileNotFoundError:
        return os.path.realpath(str(file))
    except (OSError, ValueError, AttributeError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None
