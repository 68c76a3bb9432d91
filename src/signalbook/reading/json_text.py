"""What all JSON code shares: the error, the limits of a document, tokens, and lines and columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"


class NotJSON(ValueError):
    """Bytes that are not one strict JSON document. `rule` is the rule of the finding; `line` and `column` start at 1."""

    def __init__(
        self,
        rule: str,
        message: str,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        # A plain class: creating a dataclass takes half a millisecond, at every start.
        super().__init__(rule, message, line, column, hint)
        self.rule, self.message, self.line, self.column, self.hint = rule, message, line, column, hint

    def __str__(self) -> str:
        place = ", ".join(
            f"{name} {number}"
            for name, number in (("line", self.line), ("column", self.column))
            if number is not None
        )
        return f"{self.message} ({place})" if place else self.message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NotJSON) and self.args == other.args

    def __hash__(self) -> int:
        return hash(self.args)

    def at_line(self, line: int) -> NotJSON:
        """Return the same error for a document on one line of a file, with the line number in the file."""
        return NotJSON(self.rule, self.message, line, self.column, self.hint)


DEEPEST = 254
"""Maximum depth that can be parsed at all: a deeper value could not be serialised. `Limits` accepts no more."""
MAX_DEPTH = 128
"""Maximum nesting depth of a document. The validators recurse, so this must stay far below their stack limits."""
MAX_BYTES = 64 * 1024 * 1024
"""Maximum size of a document in bytes, after decompression."""
MAX_STRING = 16 * 1024 * 1024
"""Maximum size of a string in bytes, as written between its quotes."""
MAX_KEYS = 1_000_000
"""Maximum total number of members and items in all objects and arrays of a document: each takes memory, however short it is."""


class Limits:
    """Limits of one document: levels, bytes, bytes of one string, and members and items of all its objects and arrays together.

    Raises ValueError for a limit below 1, and for more levels than can be parsed.
    """

    __slots__ = ("harmless", "max_bytes", "max_depth", "max_keys", "max_string", "shallow")

    def __init__(
        self,
        max_depth: int = MAX_DEPTH,
        max_bytes: int = MAX_BYTES,
        max_string: int = MAX_STRING,
        max_keys: int = MAX_KEYS,
    ) -> None:
        if min(max_depth, max_bytes, max_string, max_keys) < 1:
            raise ValueError("a limit is at least 1")
        if max_depth > DEEPEST:
            raise ValueError(f"no document of more than {DEEPEST} levels can be read")
        self.max_depth, self.max_bytes, self.max_string, self.max_keys = (
            max_depth,
            max_bytes,
            max_string,
            max_keys,
        )
        # A document of at most this many bytes cannot exceed these limits: each member and each item takes at least two bytes.
        self.harmless = min(max_bytes, max_string, 2 * max_keys)
        # A document of at most this many bytes is not nested too deeply: each level takes two bytes.
        self.shallow = 2 * max_depth + 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Limits) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"Limits(max_depth={self.max_depth}, max_bytes={self.max_bytes}, max_string={self.max_string}, max_keys={self.max_keys})"


DEFAULT_LIMITS = Limits()


# Bound at import: a test that traces what a handler reads replaces `orjson.loads`, and must not trace this module.
parse = orjson.loads
# Possessive, so that no text makes the regex engine store backtracking positions.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},:]|[^ \t\r\n\[\]{},:"]++', re.DOTALL)


def tokens(data: bytes, start: int = 0) -> Iterator[tuple[bytes, int]]:
    """Yield each token of a text with its byte offset. Also works for text that is not JSON."""
    for found in _TOKEN.finditer(data, start):
        yield found[0], found.start()


def unquoted(token: bytes) -> str:
    """Return the string that a token represents. Raises ValueError for a token that is not a string."""
    return cast("str", parse(token)) if b"\\" in token else token[1:-1].decode()


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
