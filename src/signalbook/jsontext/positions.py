"""Offsets in a text → lines and columns, as editors count them: from 1, in characters, with each of the three line ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.jsontext import BOM

if TYPE_CHECKING:
    from collections.abc import Iterable

Place = tuple[int, int]
"""Line and column, both from 1. A line ends at a line feed, at a carriage return, and at both of them together."""

_CONTINUING = bytes(range(0x80, 0xC0))  # the bytes of a character in UTF-8 behind its first


def position(data: bytes, offset: int) -> Place:
    """Return line and column of the character at an offset in bytes. A byte order mark at the beginning is no character."""
    return positions(data, (offset,))[offset]


def positions(data: bytes, offsets: Iterable[int]) -> dict[int, Place]:
    """Return line and column of each of some offsets in bytes, in one pass over the text."""
    found: dict[int, Place] = {}
    line, column, reached = 1, 1, len(BOM) if data.startswith(BOM) else 0
    for offset in sorted(set(offsets)):
        passed = data[reached:offset]
        # The middle of \r\n is still on the line that it ends.
        cut = passed.endswith(b"\r") and data[offset : offset + 1] == b"\n"
        if ends := passed.count(b"\n") + passed.count(b"\r") - passed.count(b"\r\n") - cut:
            line, column = line + ends, 1
            passed = passed[max(passed.rfind(b"\n"), passed.rfind(b"\r", 0, len(passed) - cut)) + 1 :]
        column += len(passed.translate(None, _CONTINUING))
        found[offset] = line, column
        reached = max(offset, reached)
    return found
