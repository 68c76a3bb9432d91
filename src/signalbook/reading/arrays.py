"""Read a large JSON array item by item, keeping only the bytes of one item in memory.

The scanner finds the bounds of an item by skipping from bracket to bracket and over strings. `strict_json` parses each item.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from signalbook.reading.array_scanner import Place, Scanner
from signalbook.reading.decoding import moved
from signalbook.reading.documents import Document
from signalbook.reading.json_text import BOM, DEFAULT_LIMITS, NotJSON
from signalbook.reading.strict_json import loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.reading.documents import Reading
    from signalbook.reading.json_text import Limits

_SPACE = b" \t\r\n"
_WINDOW = 1 << 16
"""Number of bytes scanned at a time. What the patterns of the scanner remember grows with it."""
_BOTTOMLESS = 1_000
"""Scanning stops at this depth: it would take long, and no payload is nested so deeply."""
_LONGEST_CHARACTER = 4
_UNSURE_WHERE_IT_ENDS = frozenset({"not-json", "not-utf8", "empty"})
"""Rules after which the bounds of the next item cannot be trusted."""


def items(source: str, chunks: Iterable[bytes], how: Reading) -> Iterator[Document]:
    """Yield the items of an array, each with its index and position; if the text turns out not to be an array, end with one problem.

    An item that breaks a limit or contains a duplicate key is a problem of its own, and reading continues.
    """
    array = _Array(source, how)
    for chunk in chunks:
        for start in range(0, len(chunk), _WINDOW):
            yield from array.take(chunk[start : start + _WINDOW])
            if array.broken:
                return
    yield from array.end()


class _Array:
    """An array that arrives in chunks. `parts` holds the current item as far as it is kept, `size` its length including bytes that were not kept."""

    __slots__ = (
        "broken",
        "closed",
        "how",
        "index",
        "last",
        "opened",
        "parts",
        "place",
        "scanner",
        "size",
        "source",
        "start",
    )

    def __init__(self, source: str, how: Reading) -> None:
        self.source, self.how = source, how
        self.opened = self.closed = self.broken = False
        self.place, self.scanner = Place(), Scanner()
        self.parts: list[bytes] = []
        self.index = self.size = 0
        self.start = self.last = (1, 1)

    def take(self, chunk: bytes) -> Iterator[Document]:
        """Yield the items that a chunk completes."""
        start = 0 if self.opened else self._open(chunk)
        if not self.closed and self.opened:
            for end in self.scanner.ends(chunk, start):
                self._keep(chunk[start:end])
                yield from self._item(chunk[end : end + 1])
                start = end + 1
                if self.closed or self.broken:
                    break
            else:
                self._keep(chunk[start:])
                if self.scanner.depth > _BOTTOMLESS:
                    yield self._too_deep()
                return
        if self.closed and not self.broken:
            yield from self._after(chunk[start:])

    def end(self) -> Iterator[Document]:
        """Yield the remaining item or problem at the end of the text."""
        text = b"".join(self.parts).rstrip(_SPACE)
        if self.closed:
            if text:
                yield self._follows(text)
            return
        if self.size > self.how.most:
            yield self._too_large()
        elif text:
            self.last = Place(self.start).past(text).now
            item = self._read(text)
            # A number may be cut off; an item with a closing delimiter is complete.
            if item.problem or text.endswith((b"}", b"]", b'"')):
                yield item
        if not self.broken:
            yield self._fault(b"[0", self.last)

    def _open(self, chunk: bytes) -> int:
        """Return the offset of the first item, behind the opening bracket; only white space precedes the bracket."""
        start = chunk.find(b"[") + 1
        self.opened = start > 0
        self.place.past((chunk[:start] if start else chunk).removeprefix(BOM))
        self.last = self.place.now
        return start

    def _keep(self, part: bytes) -> None:
        if not self.size:
            inner = part.lstrip(_SPACE)
            self.place.past(part[: len(part) - len(inner)])
            self.start = self.place.now
            part = inner
        self.size += len(part)
        self.place.past(part)
        if self.size <= self.how.most:
            self.parts.append(part)
        else:
            self.parts.clear()

    def _item(self, mark: bytes) -> Iterator[Document]:
        """Yield the item that the comma or bracket `mark` ends."""
        text = b"".join(self.parts)
        self.closed = mark == b"]"
        if self.size > self.how.most:
            yield self._too_large()
        elif text:
            yield self._read(text, mark)
        elif self.closed and not self.index:
            yield Document(self.source, None, b"[]")
        else:
            # For a trailing comma, report the comma and not the closing bracket.
            place = (self.last[0], self.last[1] - 1) if self.closed else self.place.now
            yield self._fault(b"[0," + mark if self.index else b"[" + mark, place)
        self.place.past(mark)
        self.last = self.place.now
        self.index += 1
        self.size = 0
        self.parts.clear()

    def _read(self, text: bytes, mark: bytes = b"") -> Document:
        """Return the item that the comma or bracket `mark` ends; `mark` is empty if the text ends too early."""
        document = Document(self.source, None, text, None, self.index, self.start)
        try:
            # A byte order mark is allowed only at the beginning of the whole text.
            document.parsed = (loads(b"x" if text.startswith(BOM) else text, self.how.limits),)
        except NotJSON as problem:
            self.broken = problem.rule in _UNSURE_WHERE_IT_ENDS
            document.problem = moved(
                self._inside(text, mark, problem) if self.broken else problem, self.start
            )
        return document

    def _inside(self, text: bytes, mark: bytes, alone: NotJSON) -> NotJSON:
        """Return the error of an item as a parser of the whole array would report it, with its place in the item; `alone` is the item's own error."""
        problem = _fault_of(b"[" + text + (b",0]" if mark == b"," else mark), self.how.limits)
        return moved(problem, (1, 0)) if problem and problem.rule in _UNSURE_WHERE_IT_ENDS else alone

    def _too_large(self) -> Document:
        message = f"the item has {self.size:,} bytes, more than the {self.how.most:,} allowed"
        return Document(
            self.source,
            None,
            b"",
            NotJSON("too-large", message, *self.start, "raise the limit with --max-size"),
            self.index,
            self.start,
        )

    def _too_deep(self) -> Document:
        self.broken = True
        message = f"arrays and objects are nested over {_BOTTOMLESS:,} levels deep, more than the {self.how.limits.max_depth} allowed"
        problem = NotJSON(
            "too-deep", message, *self.start, "no notification is this deep, and the rest was not checked"
        )
        return Document(self.source, None, b"", problem, self.index, self.start)

    def _after(self, text: bytes) -> Iterator[Document]:
        """Yield a problem for text after the array, once its first character is complete."""
        if not self.parts:
            rest = text.lstrip(_SPACE)
            self.place.past(text[: len(text) - len(rest)])
            text = rest
        if text:
            self.parts.append(text)
        if sum(map(len, self.parts)) >= _LONGEST_CHARACTER:
            yield self._follows(b"".join(self.parts))

    def _follows(self, text: bytes) -> Document:
        # If the text follows a line break, the hint says that the file may be NDJSON.
        return self._fault(
            (b"[]\n" if self.place.now[0] > 1 else b"[]") + _first_character(text), self.place.now
        )

    def _fault(self, like: bytes, place: tuple[int, int]) -> Document:
        """Return the error of the array at a place, with the message that parsing the similar small text `like` gives."""
        self.broken = True
        problem = _fault_of(like, DEFAULT_LIMITS) or NotJSON("not-json", "not a JSON array")
        return Document(self.source, None, b"", NotJSON(problem.rule, problem.message, *place, problem.hint))


def _first_character(text: bytes) -> bytes:
    """Return the bytes of the first character, or one byte if the text is not valid UTF-8."""
    for length in range(1, _LONGEST_CHARACTER + 1):
        with suppress(UnicodeDecodeError):
            return text[:length].decode().encode()
    return text[:1]


def _fault_of(text: bytes, limits: Limits) -> NotJSON | None:
    try:
        loads(text, limits)
    except NotJSON as problem:
        return problem
    return None
