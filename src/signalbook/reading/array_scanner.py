"""Find where the items of a JSON array end, and track line and column, in a text that arrives in chunks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTE, _COMMA, _OPENING, _END = ord('"'), ord(","), frozenset(b"[{"), ord("]")
# Each pattern matches up to the next significant bracket. Character runs are possessive. Groups are not, because Python before 3.11.5 continues
# from the wrong position when a possessive group fails halfway. The length of a chunk bounds what the groups need to remember.
_INSIDE_A_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*', re.DOTALL)
_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*"'
_INSIDE_AN_ITEM = re.compile(rb'[^"\[\]{}]*+(?:%b[^"\[\]{}]*+)*' % _STRING, re.DOTALL)
_BETWEEN_ITEMS = re.compile(rb'[^"\[\]{},]*+(?:%b[^"\[\]{},]*+)*' % _STRING, re.DOTALL)
_CONTINUED = bytes(range(0x80, 0xC0))


class Place:
    """Line and column in a text that arrives in chunks, both from 1.

    A line ends at a line feed, a carriage return, or the two together.
    """

    __slots__ = ("_returned", "now")

    def __init__(self, now: tuple[int, int] = (1, 1)) -> None:
        self.now = now
        self._returned = False

    def past(self, text: bytes) -> Place:
        """Advance past a chunk of the text and return self."""
        if self._returned and text:
            self._returned = False
            text = text.removeprefix(b"\n")
        line, column = self.now
        breaks = text.count(b"\n")
        if b"\r" in text:
            breaks += text.count(b"\r") - text.count(b"\r\n")
        if breaks:
            line, column = line + breaks, 1
            text = text[max(text.rfind(b"\n"), text.rfind(b"\r")) :]
            self._returned = text == b"\r"
            text = text[1:]
        self.now = line, column + (len(text) if text.isascii() else len(text.translate(None, _CONTINUED)))
        return self


class Scanner:
    """Finds where the items of an array end, in a text that arrives in chunks."""

    __slots__ = ("_escaped", "_quoted", "depth")

    def __init__(self) -> None:
        self.depth = 0
        self._quoted = self._escaped = False

    def ends(self, chunk: bytes, start: int) -> Iterator[int]:
        """Yield the offset of each comma between items, and of the bracket that closes the array; stop iterating after that bracket."""
        place = self._after_string(chunk, start) if self._quoted else start
        while place < len(chunk):
            place = (_INSIDE_AN_ITEM if self.depth else _BETWEEN_ITEMS).match(chunk, place).end()  # type: ignore[union-attr] # always matches
            byte = chunk[place] if place < len(chunk) else None
            place += 1
            if byte == _QUOTE:
                self._quoted = True
                place = self._after_string(chunk, place)
            elif byte in _OPENING:
                self.depth += 1
            elif self.depth and byte is not None:
                self.depth -= 1
            elif byte in (_COMMA, _END):
                yield place - 1

    def _after_string(self, chunk: bytes, start: int) -> int:
        """Return the offset behind the closing quote of the open string, or the length of the chunk if the string continues."""
        if self._escaped and start < len(chunk):
            self._escaped = False
            start += 1
        place = _INSIDE_A_STRING.match(chunk, start).end()  # type: ignore[union-attr] # always matches
        if place == len(chunk):
            return place
        if chunk[place] == _QUOTE:
            self._quoted = False
            return place + 1
        self._escaped = True
        return len(chunk)
