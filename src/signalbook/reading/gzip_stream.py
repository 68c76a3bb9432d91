"""Decompress gzip data in steps of bounded size, with support for several members and protection against gzip bombs.

Uses zlib, because the module gzip hides how much input produced how much output, and drops the output before a truncation.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from typing import TYPE_CHECKING

from signalbook.reading.array_scanner import Scanner
from signalbook.reading.documents import MAX_EXPANSION, Document, Lines
from signalbook.reading.json_text import BOM, NotJSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_FED, _TAKEN = 1 << 16, 1 << 20
_HARMLESS = 64 << 20
"""Number of bytes that any file may decompress to, however small it is."""
_A_PAYLOAD = 1 << 10
"""Minimum weight of a payload in bytes: checking takes time, however short the payload is."""
_WITH_HEADER = 31
"""Window size that makes zlib read the gzip header and verify checksum and length."""


def payload(data: bytes, limit: int, max_expansion: int = MAX_EXPANSION) -> bytes:
    """Return the decompressed gzip data of a payload or an array of payloads.

    Raises what `whole` raises, also for data that contains too many payloads.
    """
    text = whole(data, limit)
    Meter(max_expansion, len(data)).count(_payloads(Document("", data=text)))
    return text


def whole(data: bytes, limit: int) -> bytes:
    """Return the decompressed gzip data, at most `limit` bytes of it. Raises `NotJSON`."""
    parts: list[bytes] = []
    size = 0
    for part in unpacked([data], 0):
        parts.append(part)
        size += len(part)
        if size >= limit:
            break
    return b"".join(parts)[:limit]


class Meter:
    """Counts the bytes read from gzip data and the payloads that they decompress to.

    Each payload weighs 1 KiB, so that few bytes can decompress only to a limited number of payloads.
    """

    __slots__ = ("max_expansion", "payloads", "taken")

    def __init__(self, max_expansion: int, taken: int = 0) -> None:
        self.max_expansion, self.taken, self.payloads = max_expansion, taken, 0

    def count(self, payloads: int) -> None:
        """Count payloads. Raises `NotJSON` if there are too many for the bytes read; with `max_expansion` 0 there is no limit."""
        self.payloads += payloads
        weight = self.payloads * _A_PAYLOAD
        if self.max_expansion and weight > _HARMLESS and weight > self.max_expansion * self.taken:
            message = f"possible gzip bomb: {self.taken:,} bytes unpack to more than {_HARMLESS // _A_PAYLOAD:,} payloads, too many for so few bytes"
            raise NotJSON(
                "too-large",
                message,
                hint="if you trust the file, raise the limit with --max-expansion; 0 removes it",
            )

    def counted(self, pieces: Iterable[Document | Lines]) -> Iterator[Document | Lines]:
        """Yield decompressed pieces, and count the payloads of each before passing it on."""
        for piece in pieces:
            self.count(_payloads(piece))
            yield piece


def _payloads(piece: Document | Lines) -> int:
    """Return the maximum number of payloads in a piece."""
    data = piece.data or b""
    if isinstance(piece, Lines):
        return data.count(b"\n") + 1
    # The shortest item is a digit and a comma. Small data is not worth counting.
    if (
        piece.index is not None
        or len(data) < _HARMLESS // _A_PAYLOAD
        or not data.removeprefix(BOM).lstrip().startswith(b"[")
    ):
        return 1
    return sum(1 for _ in Scanner().ends(data, data.index(b"[") + 1))


def unpacked(chunks: Iterable[bytes], max_expansion: int, meter: Meter | None = None) -> Iterator[bytes]:
    """Yield decompressed gzip data, at most 1 MiB at a time. Raises `NotJSON` for damaged or truncated data, and for a gzip bomb.

    A gzip bomb is data that decompresses to more than 64 MiB and to more than `max_expansion` times its size; 0 sets no limit.
    Zero bytes after the data are padding, as on tapes. Any other trailing bytes are an error, raised after all data before them is yielded.
    """
    member: zlib._Decompress | None = None
    members = taken = given = 0
    for data in _fed(chunks):
        rest = data
        while rest := rest if member else _next(rest, members):
            member = member or zlib.decompressobj(_WITH_HEADER)
            before = member.copy()
            try:
                text = member.decompress(rest, _TAKEN)
            except zlib.error as error:
                if text := _rescued(before, rest, error):
                    yield text
                raise _fault(error, members) from None
            left = member.unused_data if member.eof else member.unconsumed_tail
            taken += len(rest) - len(left)
            if meter:
                meter.taken = taken
            given += len(text)
            _refuse_bomb(taken, given, max_expansion)
            if text:
                yield text
            if member.eof:
                member, members = None, members + 1
            rest = left
    if member:
        raise NotJSON(
            "gzip", "the gzip data is truncated", hint="the end of the file is missing: fetch it again"
        )


def _fed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield chunks in small parts, because zlib copies the unconsumed rest each time."""
    for chunk in chunks:
        for start in range(0, len(chunk), _FED):
            yield chunk[start : start + _FED]


def _next(data: bytes, members: int) -> bytes:
    """Return the data of the next member, without the padding between members."""
    return data.lstrip(b"\0") if members else data


def _rescued(member: zlib._Decompress, data: bytes, error: zlib.error) -> bytes:
    """Return the output of data whose checksum or length is wrong, which zlib drops although the error comes after it."""
    parts: list[bytes] = []
    if "incorrect" not in str(error):
        return b""
    with suppress(zlib.error):
        parts.extend(member.decompress(data[place : place + 1]) for place in range(len(data)))
    return b"".join(parts)


def _fault(error: zlib.error, members: int) -> NotJSON:
    if members and "header" in str(error):
        return NotJSON(
            "gzip", "unexpected data after the gzip data", hint="the data before it was read: remove the rest"
        )
    hint = (
        "the file is damaged, or its name ends in .gz but it is not compressed: fetch it again or rename it"
    )
    return NotJSON("gzip", f"invalid gzip data: {str(error).rpartition(': ')[2]}", hint=hint)


def _refuse_bomb(taken: int, given: int, max_expansion: int) -> None:
    if max_expansion and given > _HARMLESS and given > max_expansion * taken:
        message = f"possible gzip bomb: {taken:,} bytes unpack to more than {given:,} bytes, over {max_expansion} times as many"
        raise NotJSON(
            "too-large",
            message,
            hint="if you trust the file, raise the limit with --max-expansion; 0 removes it",
        )
