"""Keys that stand twice in one object, of which a parser keeps the last."""

from __future__ import annotations

from signalbook.jsontext import NotJSON
from signalbook.jsontext.positions import position
from signalbook.jsontext.tokens import tokens, unquoted

_HINT = "readers disagree on which one counts: keep one of them"


def refuse(data: bytes) -> None:
    """Raise `NotJSON` for the first key that stands a second time in its object, in a document that parses."""
    # The keys seen in each object that is open, from the outside in; None for an array.
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
        raise NotJSON("duplicate-key", f"the key {key!r} stands twice in the same object", line, column, _HINT)
    keys.add(key)
