"""A large JSON array → its items, one by one: as many bytes are kept as one item has.

What bounds an item is found by jumping from bracket to bracket, over strings; whether it is JSON, `jsontext` says as always.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from signalbook.intake.piece import Document
from signalbook.intake.scanning import Place, Scanner
from signalbook.intake.values import moved
from signalbook.jsontext import BOM, DEFAULT, NotJSON, loads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.intake.contents import Reading
    from signalbook.jsontext import Limits

_SPACE = b" \t\r\n"
_WINDOW = 1 << 16
"""How much is scanned at a time: what the scanner's patterns remember grows with it."""
_BOTTOMLESS = 1_000
"""So many levels are no longer scanned: it would take its time, and there is nothing to find."""
_LONGEST_CHARACTER = 4
_UNSURE_WHERE_IT_ENDS = frozenset({"not-json", "not-utf8", "empty"})
"""Rules of an item after which the bounds of the next cannot be trusted."""


def items(source: str, chunks: Iterable[bytes], how: Reading) -> Iterator[Document]:
    """Yield the items of an array, each with its index and its place; then, where the text is no array after all, one problem.

    An item that breaks a limit, or holds a duplicate key, is a problem of its own.
    """
    array = _Array(source, how)
    for chunk in chunks:
        for start in range(0, len(chunk), _WINDOW):
            yield from array.take(chunk[start : start + _WINDOW])
            if array.broken:
                return
    yield from array.end()


class _Array:
    """An array that comes in chunks. `parts` is what has come of the current item, `size` its length, also of what was not kept."""

    __slots__ = ("broken", "closed", "how", "index", "last", "opened", "parts", "place", "scanner", "size", "source", "start")

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
        """Yield what is left to say when there is no more text."""
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
            # A number may have been longer; what has a closing mark is whole.
            if item.problem or text.endswith((b"}", b"]", b'"')):
                yield item
        if not self.broken:
            yield self._fault(b"[0", self.last)

    def _open(self, chunk: bytes) -> int:
        """Return where the first item may begin: past the opening bracket, before which there is white space only."""
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
            # Of a comma before the closing bracket, the comma is what is wrong.
            place = (self.last[0], self.last[1] - 1) if self.closed else self.place.now
            yield self._fault(b"[0," + mark if self.index else b"[" + mark, place)
        self.place.past(mark)
        self.last = self.place.now
        self.index += 1
        self.size = 0
        self.parts.clear()

    def _read(self, text: bytes, mark: bytes = b"") -> Document:
        """Return an item that the comma or bracket `mark` ends; nothing ends it where the text ends too early."""
        document = Document(self.source, None, text, None, self.index, self.start)
        try:
            # A byte order mark is welcome at the beginning of a text, and nowhere else.
            document.parsed = (loads(b"x" if text.startswith(BOM) else text, self.how.limits),)
        except NotJSON as problem:
            self.broken = problem.rule in _UNSURE_WHERE_IT_ENDS
            document.problem = moved(self._inside(text, mark, problem) if self.broken else problem, self.start)
        return document

    def _inside(self, text: bytes, mark: bytes, alone: NotJSON) -> NotJSON:
        """Return the fault of an item as a reader of the whole array would see it, with its place in the item; `alone` is what it is by itself."""
        problem = _fault_of(b"[" + text + (b",0]" if mark == b"," else mark), self.how.limits)
        return moved(problem, (1, 0)) if problem and problem.rule in _UNSURE_WHERE_IT_ENDS else alone

    def _too_large(self) -> Document:
        message = f"the item has {self.size:,} bytes, more than the {self.how.most:,} allowed"
        return Document(self.source, None, b"", NotJSON("too-large", message, *self.start, "allow more with --max-size"), self.index, self.start)

    def _too_deep(self) -> Document:
        self.broken = True
        message = f"arrays and objects are nested over {_BOTTOMLESS:,} levels deep, more than the {self.how.limits.max_depth} allowed"
        problem = NotJSON("too-deep", message, *self.start, "no notification is so deep, and the rest was not looked at")
        return Document(self.source, None, b"", problem, self.index, self.start)

    def _after(self, text: bytes) -> Iterator[Document]:
        """Yield the problem that text after the array is, when its first character is there."""
        if not self.parts:
            rest = text.lstrip(_SPACE)
            self.place.past(text[: len(text) - len(rest)])
            text = rest
        if text:
            self.parts.append(text)
        if sum(map(len, self.parts)) >= _LONGEST_CHARACTER:
            yield self._follows(b"".join(self.parts))

    def _follows(self, text: bytes) -> Document:
        # After a line break, a hint says that it may be NDJSON.
        return self._fault((b"[]\n" if self.place.now[0] > 1 else b"[]") + _first_character(text), self.place.now)

    def _fault(self, like: bytes, place: tuple[int, int]) -> Document:
        """Return the fault of the array at a place: that of a small text that has the same, so that it has the same words."""
        self.broken = True
        problem = _fault_of(like, DEFAULT) or NotJSON("not-json", "not a JSON array")
        return Document(self.source, None, b"", NotJSON(problem.rule, problem.message, *place, problem.hint))


def _first_character(text: bytes) -> bytes:
    """Return the bytes of the first character; one byte, where they are none in UTF-8."""
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
