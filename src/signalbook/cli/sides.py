"""The two sides of `signalbook diff`: two versions of what a registry holds, or two files of JSON Schema."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from signalbook import jsontext, report
from signalbook.errors import Unreadable
from signalbook.registry import Registry

if TYPE_CHECKING:
    from signalbook.compat import Unusable
    from signalbook.levels import Slot
    from signalbook.registry import Contract

_STDIN = "-"


@dataclass(frozen=True)
class Side:
    """A schema and what to call it."""

    name: str
    schema: Any


def chosen(words: list[str], schemas: str | None) -> tuple[Side, Side, Slot]:
    """Return the two sides that the words of the command line name, and an envelope's slot. Raises `UnknownContract` and `Unreadable`."""
    if len(words) == 2 and all(map(_is_file, words)):  # noqa: PLR2004 - two files
        if words == [_STDIN, _STDIN]:
            raise Unreadable(_STDIN, "standard input can be one side only", "name a file for the other")
        return _read(words[0]), _read(words[1]), None
    what, *versions = words
    if len(versions) > 2:  # noqa: PLR2004 - an old and a new one
        raise Unreadable(" ".join(words), "too many words", "give an id and two versions, or two files")
    held = Registry.load(schemas).versioned(what)
    ordered = held.oldest_first()
    if len(versions) < 2 and len(ordered) < 2:  # noqa: PLR2004
        raise Unreadable(what, f"has {report.counted(len(ordered), 'version') if ordered else 'no versions'}, so there is nothing to compare", "")
    new = held.version(versions[1]) if len(versions) > 1 else held.newest
    before = held.version(versions[0]) if versions else ordered[-2]
    return _side(before), _side(new), new.slot


def _side(contract: Contract) -> Side:
    return Side(str(contract), contract.resolved)


def _is_file(word: str) -> bool:
    return word == _STDIN or word.endswith(".json") or os.path.exists(word)  # noqa: PTH110 - pathlib raises where a name cannot be one


def _read(word: str) -> Side:
    name = "standard input" if word == _STDIN else word
    try:
        return Side(name, jsontext.loads(_bytes(word)))
    except OSError as error:
        raise Unreadable(name, str(error.strerror or error)) from None
    except jsontext.NotJSON as error:
        raise Unreadable(name, f"is not JSON: {error}", error.hint or "") from None


def _bytes(word: str) -> bytes:
    """Return one byte more than is allowed at most, so that too many are told: a device never ends. A pipe may be named, as <(…) in a shell does."""
    if word == _STDIN:
        return sys.stdin.buffer.read(jsontext.MAX_BYTES + 1)
    with Path(word).open("rb") as stream:
        return stream.read(jsontext.MAX_BYTES + 1)


def unusable(old: Side, new: Side, error: Unusable) -> Unreadable:
    """Return the error for the side that cannot be compared."""
    return Unreadable((new if error.side == "new" else old).name, str(error))
