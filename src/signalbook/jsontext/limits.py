"""What one document may have: so many levels, bytes, and members; the defaults, and what follows from them."""

from __future__ import annotations

DEEPEST = 254
"""How many levels can be read at all: what is deeper could not be written back. `Limits` takes no more."""
MAX_DEPTH = 128
"""How many levels of arrays and objects a document may have. The engines recurse, so this must stay far below their stack."""
MAX_BYTES = 64 * 1024 * 1024
"""How many bytes one document may have, after decompression."""
MAX_STRING = 16 * 1024 * 1024
"""How many bytes one string may have, as it is written between its quotes."""
MAX_KEYS = 1_000_000
"""How many members and items all objects and arrays of a document may have together: each takes memory, however short it is."""


class Limits:
    """What one document may have: levels, bytes, bytes of one string, and members and items of all its objects and arrays together.

    Raises ValueError for a number that is no limit: fewer than one, or more levels than can be read.
    """

    __slots__ = ("harmless", "max_bytes", "max_depth", "max_keys", "max_string", "shallow")

    def __init__(self, max_depth: int = MAX_DEPTH, max_bytes: int = MAX_BYTES, max_string: int = MAX_STRING, max_keys: int = MAX_KEYS) -> None:
        if min(max_depth, max_bytes, max_string, max_keys) < 1:
            raise ValueError("a limit is at least 1")
        if max_depth > DEEPEST:
            raise ValueError(f"no document of more than {DEEPEST} levels can be read")
        self.max_depth, self.max_bytes, self.max_string, self.max_keys = max_depth, max_bytes, max_string, max_keys
        # So few bytes break none of them, whatever they are: each member and each item takes two at least.
        self.harmless = min(max_bytes, max_string, 2 * max_keys)
        # And so few are not too deep: each level takes two.
        self.shallow = 2 * max_depth + 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Limits) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"Limits(max_depth={self.max_depth}, max_bytes={self.max_bytes}, max_string={self.max_string}, max_keys={self.max_keys})"


DEFAULT = Limits()
