"""Define how files are read: names, sizes, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from signalbook.reading.limits import Limits

STDIN = "-"
SUFFIXES = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
SMALL = 1 << 20
"""Maximum size in bytes of an array that is read at once; other texts are always read at once."""
BLOCK, SMALL_BLOCK = 1 << 20, 1 << 16
"""Bytes processed at a time: enough to be worth sending to another process, and small enough for the processor cache."""
MAX_EXPANSION = 200
"""How many times its size a gzip file may decompress to, after the first 64 MiB."""


class Reading:
    """Options for reading files: limits of one document, maximum expansion of gzip data, and bytes to read at a time."""

    __slots__ = ("block", "limits", "max_expansion", "most")

    def __init__(self, limits: Limits, max_expansion: int, block: int = BLOCK) -> None:
        self.limits, self.max_expansion, self.block, self.most = (
            limits,
            max_expansion,
            block,
            limits.max_bytes,
        )
