"""Find duplicate keys in an object, of which a parser keeps only the last."""

from __future__ import annotations

from signalbook.reading.json_errors import NotJSON
from signalbook.reading.json_tokens import tokens, unquoted
from signalbook.reading.positions import position

_HINT = "parsers disagree on which one counts: keep one of them"


def refuse(data: bytes) -> None:
    """Raise `NotJSON` for the first duplicate key in a document that parses."""
    # The keys seen in each open object, outermost first; None for an array.
    inside: list[set[str] | None] = []
    keys: set[str] | None = None
    for token, offset in tokens(data):
        if token in (b"{", b"["):
            keys = set() if token == b"{" else None
            inside.append(keys)
        elif token in (b"}", b"]"):
            inside.pop()
            keys = None
        elif token == b",":
            keys = inside[-1]
        elif keys is not None:
            _enter(data, token, offset, keys)
            keys = None


def _enter(data: bytes, token: bytes, offset: int, keys: set[str]) -> None:
    key = unquoted(token)
    if key in keys:
        line, column = position(data, offset)
        raise NotJSON(
            "duplicate-key", f"the key {key!r} appears twice in the same object", line, column, _HINT
        )
    keys.add(key)
