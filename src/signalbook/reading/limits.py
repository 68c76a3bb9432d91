"""Define the limits of one document (levels, bytes, members) and their defaults."""

from __future__ import annotations

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


DEFAULT = Limits()
