"""Implements `signalbook diff`: compares two versions of a contract, or two JSON Schema files."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signalbook import compat, reporting
from signalbook.cli import console
from signalbook.cli.console import CLEAN, FINDINGS
from signalbook.errors import Unreadable
from signalbook.reading import json_text, strict_json
from signalbook.registry import Registry

if TYPE_CHECKING:
    import argparse

    from signalbook.engine.levels import Slot
    from signalbook.registry import Contract

_STDIN = "-"
REQUIRED = {
    "backward": ("backward",),
    "forward": ("forward",),
    "full": ("backward", "forward"),
    "survives": ("survives",),
}
"""Values of `diff --require`, and the questions that each requires to be proved."""


@dataclass(frozen=True)
class _Side:
    """A schema and its display name."""

    name: str
    schema: Any


def run(options: argparse.Namespace) -> int:
    """Compare two versions or two schemas."""
    old, new, slot = _sides(options.what, options.schemas)
    try:
        found = compat.bounded(
            old.schema,
            new.schema,
            slot=slot,
            seconds=compat.SECONDS if options.seconds is None else options.seconds,
        )
    except compat.Unusable as error:
        raise _unusable(old, new, error) from None
    if options.format == "json":
        console.put_value({"old": old.name, "new": new.name, **found.as_dict()})
    else:
        console.say(
            (compat.markdown if options.format == "markdown" else compat.text)(
                found, reporting.safe(old.name), reporting.safe(new.name)
            )
        )
    asked = REQUIRED[options.require] if options.require else ()
    return CLEAN if all(found.answers()[question].state == "proved" for question in asked) else FINDINGS


def _sides(words: list[str], schemas: str | None) -> tuple[_Side, _Side, Slot]:
    """Return the two sides that the arguments name, and the slot of an envelope. Raises `UnknownContract` and `Unreadable`."""
    if len(words) == 2 and all(map(_is_file, words)):  # noqa: PLR2004 - two files
        if words == [_STDIN, _STDIN]:
            raise Unreadable(_STDIN, "only one side can be standard input", "use a file for the other")
        return _read(words[0]), _read(words[1]), None
    what, *versions = words
    if len(versions) > 2:  # noqa: PLR2004 - an old and a new one
        raise Unreadable(
            " ".join(words), "too many arguments", "pass an id and up to two versions, or two files"
        )
    held = Registry.load(schemas).versioned(what)
    ordered = held.oldest_first()
    if len(versions) < 2 and len(ordered) < 2:  # noqa: PLR2004
        raise Unreadable(
            what,
            f"has {reporting.counted(len(ordered), 'version') if ordered else 'no versions'}, so there is nothing to compare",
            "",
        )
    new = held.version(versions[1]) if len(versions) > 1 else held.newest
    before = held.version(versions[0]) if versions else ordered[-2]
    return _side(before), _side(new), new.slot


def _side(contract: Contract) -> _Side:
    return _Side(str(contract), contract.resolved)


def _is_file(word: str) -> bool:
    return word == _STDIN or word.endswith(".json") or os.path.exists(word)  # noqa: PTH110 - pathlib raises for an invalid name


def _read(word: str) -> _Side:
    name = "standard input" if word == _STDIN else word
    try:
        return _Side(name, strict_json.loads(_bytes(word)))
    except OSError as error:
        raise Unreadable(name, str(error.strerror or error)) from None
    except json_text.NotJSON as error:
        raise Unreadable(name, f"is not JSON: {error}", error.hint or "") from None


def _bytes(word: str) -> bytes:
    """Read at most one byte over the limit, so that oversized input is reported: a device may never end. A pipe may be named, as with <(…)."""
    if word == _STDIN:
        return sys.stdin.buffer.read(json_text.MAX_BYTES + 1)
    with Path(word).open("rb") as stream:
        return stream.read(json_text.MAX_BYTES + 1)


def _unusable(old: _Side, new: _Side, error: compat.Unusable) -> Unreadable:
    """Return the error for the side that cannot be compared."""
    return Unreadable((new if error.side == "new" else old).name, str(error))
