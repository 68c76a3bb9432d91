"""Convert byte offsets in a text to lines and columns as editors count them: from 1, in characters, with all three line endings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.reading.json_errors import BOM

if TYPE_CHECKING:
    from collections.abc import Iterable

Place = tuple[int, int]
"""Line and column, both from 1. A line ends at a line feed, a carriage return, or the two together."""

_CONTINUING = bytes(range(0x80, 0xC0))  # UTF-8 continuation bytes


def position(data: bytes, offset: int) -> Place:
    """Return line and column of the character at a byte offset. A leading byte order mark does not count as a character."""
    return positions(data, (offset,))[offset]


def positions(data: bytes, offsets: Iterable[int]) -> dict[int, Place]:
    """Return line and column of each byte offset, in one pass over the text."""
    found: dict[int, Place] = {}
    line, column, reached = 1, 1, len(BOM) if data.startswith(BOM) else 0
    for offset in sorted(set(offsets)):
        passed = data[reached:offset]
        # An offset between \r and \n is still on the line that they end.
        cut = passed.endswith(b"\r") and data[offset : offset + 1] == b"\n"
        if ends := passed.count(b"\n") + passed.count(b"\r") - passed.count(b"\r\n") - cut:
            line, column = line + ends, 1
            passed = passed[max(passed.rfind(b"\n"), passed.rfind(b"\r", 0, len(passed) - cut)) + 1 :]
        column += len(passed.translate(None, _CONTINUING))
        found[offset] = line, column
        reached = max(offset, reached)
    return found
