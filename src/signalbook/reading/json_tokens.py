"""Split JSON text into tokens with offsets, to find positions and dropped keys, which a parser does not report."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

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
