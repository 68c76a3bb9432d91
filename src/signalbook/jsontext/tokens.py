"""The tokens of a JSON text with their offsets, for what a parser does not tell: where things stand, and what it dropped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from signalbook.jsontext import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

# Possessive: no text makes the engine remember where it could have stopped.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},:]|[^ \t\r\n\[\]{},:"]++', re.DOTALL)


def tokens(data: bytes, start: int = 0) -> Iterator[tuple[bytes, int]]:
    """Yield each token of a text with its offset. Of a text that is no JSON come tokens all the same."""
    for found in _TOKEN.finditer(data, start):
        yield found[0], found.start()


def unquoted(token: bytes) -> str:
    """Return the string that a token is. Raises ValueError for a token that is none."""
    return cast("str", parse(token)) if b"\\" in token else token[1:-1].decode()
