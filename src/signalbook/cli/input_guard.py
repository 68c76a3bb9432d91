"""Stops `signalbook validate` from overwriting its inputs: refuses such outputs, under any name, before anything is written."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

from signalbook.errors import Unreadable
from signalbook.reading.documents import STDIN, Document
from signalbook.reading.paths import listed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

Key = tuple[int, int] | str
"""Identifies a file across its names: device and inode, or the resolved path if the file does not exist."""

_FIX = "it would be overwritten: choose another file, or skip this one with --exclude"


def keep(options: argparse.Namespace, config: str | None) -> None:
    """Raise `Unreadable` if a report or baseline would overwrite an input of the run, or if two outputs share a file.

    `config` is the path of the settings file in use.
    """
    outputs: dict[Key, str] = {}
    for path in [
        *(path for _, path in options.report),
        *([options.write_baseline] if options.write_baseline else []),
    ]:
        if (key := _key(path)) and outputs.setdefault(key, path) is not path:
            raise Unreadable(
                path, "two outputs would go to the same file", "choose another file for one of them"
            )
    if not outputs:
        return
    if (key := _key(sys.stdout)) in outputs:
        raise Unreadable(
            outputs[key], "standard output also goes to this file", "choose another file for one of them"
        )
    for path, what in _inputs(options, config):
        key = _key(sys.stdin if path == STDIN else path)
        # A configured baseline may be rewritten in place, because the run does not read it then.
        if key in outputs and (what != _BASELINE or outputs[key] != options.write_baseline):
            raise Unreadable(outputs[key], what, _FIX)


_BASELINE = "is the baseline"


def _inputs(options: argparse.Namespace, config: str | None) -> Iterator[tuple[str, str]]:
    """Yield the path and a description of each file that the run reads."""
    for path, what in ((config, "is the config file"), (options.baseline, _BASELINE)):
        if path:
            yield path, what
    for path in options.paths:
        yield path, "is one of the files to validate"
    for found in listed(options.paths, options.exclude):
        if not isinstance(found, Document):
            yield found[0], "is one of the files to validate"
    for folder, _, names in os.walk(options.schemas or "", followlinks=True) if options.schemas else ():
        yield from (
            (os.path.join(folder, name), "is a file of the registry")  # noqa: PTH118
            for name in names
            if name.endswith(".json")
        )


def _key(file: object) -> Key | None:
    """Return the key of a path or an open stream; None for what is not a regular file, such as a terminal, a pipe or a folder."""
    try:
        status = os.stat(file if isinstance(file, str) else file.fileno())  # type: ignore[attr-defined]  # noqa: PTH116 - or a descriptor
    except FileNotFoundError:
        return os.path.realpath(str(file))
    except (OSError, ValueError, AttributeError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None
