"""Map JSON Pointers to line and column in the text of a document, for findings shown in an editor or on a code hosting site.

Takes one pass over the text for any number of pointers, without recursion. JSON text inside a string is scanned as a text of its own, and its
offsets are mapped through the escapes of the string to the surrounding text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signalbook.reading.json_text import BOM, Place, position, positions, tokens, unquoted
from signalbook.reading.strict_json import is_document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Place", "places", "position", "positions"]

_NOWHERE = -1
_PAIR = 12
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL
)


class _Wanted:
    """A step of at least one pointer: its offset in the text, and the steps that follow it."""

    __slots__ = ("inside", "offset")

    def __init__(self, inside: dict[str, _Wanted] | None = None) -> None:
        self.inside: dict[str, _Wanted] = {} if inside is None else inside
        self.offset = _NOWHERE


class _Text:
    """A text to scan, either the document or a string in it, with the steps found in it."""

    def __init__(
        self, data: bytes, wanted: _Wanted, outside: _Text | None = None, start: int = 0, raw: bytes = b""
    ) -> None:
        self.data, self.wanted = data, wanted
        self.outside, self.start, self.raw = outside, start, raw
        self.found: list[_Wanted] = []


class _Open:
    """An open object or array: the steps wanted inside it, and for an array the current index."""

    __slots__ = ("index", "is_object", "wanted")

    def __init__(self, wanted: _Wanted | None, *, is_object: bool) -> None:
        self.wanted, self.is_object, self.index = wanted, is_object, 0

    def member(self, key: bytes) -> _Wanted | None:
        if self.wanted is None or not self.wanted.inside:
            return None
        try:
            return self.wanted.inside.get(unquoted(key))
        except ValueError:  # the text is not JSON
            return None

    def item(self) -> _Wanted | None:
        return self.wanted.inside.get(str(self.index)) if self.wanted and self.wanted.inside else None


def places(data: bytes, pointers: Iterable[str]) -> dict[str, Place]:
    """Return line and column of each JSON Pointer in the text of a document or of form fields.

    The place of a member is its key, of an item its value, and of "" the beginning of the document. Inside a string that contains JSON text, it is
    the place in that string. A pointer that leads nowhere gets the place of its longest prefix that exists. Never raises, whatever the data.
    """
    root = _Wanted()
    ends = {pointer: _steps_to(root, pointer) for pointer in pointers}
    if _is_form(data):
        root.offset = 0
        _look_through_form(data, root)
    else:
        _look_through(data, root)
    _inherit(root)
    found = positions(data, (wanted.offset for wanted in ends.values()))
    return {pointer: found[wanted.offset] for pointer, wanted in ends.items()}


_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{2,}")
_ONLY_ESCAPE = 92  # a backslash


def key_place(data: bytes, key: str) -> Place | None:
    """Return line and column of a key that the JSON text of a document certainly has; None if it is not obvious which of several it is.

    Much faster than `places`. Gives the same place, also inside a string that contains JSON text, but not inside Base64.
    """
    if not _PLAIN_KEY.fullmatch(key):
        return None
    word = key.encode()
    offset = data.find(word)
    # With \u escapes, the key may be written in another way, and this be something else.
    if offset < 1 or data.find(word, offset + 1) != _NOWHERE or b"\\u" in data:
        return None
    offset -= 1
    if data[offset : offset + 1] != b'"':
        return None
    # In JSON text inside a string, the quote is escaped.
    while data[offset - 1] == _ONLY_ESCAPE:
        offset -= 1
    if data.isascii() and b"\n" not in data and b"\r" not in data:
        return 1, offset + 1
    return position(data, offset)


def _steps_to(root: _Wanted, pointer: str) -> _Wanted:
    wanted = root
    for token in pointer.split("/")[1:]:
        wanted = wanted.inside.setdefault(token.replace("~1", "/").replace("~0", "~"), _Wanted())
    return wanted


def _inherit(root: _Wanted) -> None:
    """Give each step that was not found the place of the step before it."""
    left = [root]
    while left:
        wanted = left.pop()
        for inner in wanted.inside.values():
            inner.offset = wanted.offset if inner.offset == _NOWHERE else inner.offset
            left.append(inner)


def _look_through(data: bytes, root: _Wanted) -> None:
    texts = [_Text(data, root)]
    for text in texts:  # grows during iteration
        texts += _texts_inside(text)
    root.offset = _first(data)
    # From the innermost text outwards: offsets in a string become offsets in the text that contains the string.
    for text in reversed(texts):
        if text.outside:
            _lead_back(text)
            text.outside.found += text.found


def _first(data: bytes) -> int:
    start = _beginning(data)
    return next((offset for _, offset in tokens(data, start)), start)


def _beginning(data: bytes) -> int:
    return len(BOM) if data.startswith(BOM) else 0


def _texts_inside(text: _Text) -> Iterator[_Text]:
    """Record the offset of each wanted step of a text, and yield the texts in strings that pointers lead into."""
    outside: list[_Open] = []
    wanted: _Wanted | None = text.wanted
    is_key = False
    for token, offset in tokens(text.data, _beginning(text.data)):
        if token in (b"}", b"]"):
            del outside[-1:]
            wanted, is_key = None, False
        elif token == b",":
            is_key = bool(outside) and outside[-1].is_object
            wanted = _next_item(outside)
        elif is_key and token[:1] == b'"':
            is_key = False
            wanted = _noted(text, outside[-1].member(token), offset)
        elif token != b":":
            if outside and not outside[-1].is_object:
                _noted(text, wanted, offset)
            if token in (b"{", b"["):
                is_key = token == b"{"
                outside.append(_Open(wanted, is_object=is_key))
                wanted = None if is_key else outside[-1].item()
            elif wanted and wanted.inside and token[:1] == b'"':
                yield from _inner(text, wanted, token, offset)


def _next_item(outside: list[_Open]) -> _Wanted | None:
    if not outside or outside[-1].is_object:
        return None
    outside[-1].index += 1
    return outside[-1].item()


def _noted(text: _Text, wanted: _Wanted | None, offset: int) -> _Wanted | None:
    if wanted:
        wanted.offset = offset
        text.found.append(wanted)
    return wanted


def _inner(text: _Text, wanted: _Wanted, token: bytes, offset: int) -> Iterator[_Text]:
    try:
        data = unquoted(token).encode("utf-8", "replace")
    except ValueError:
        return
    if is_document(data):
        yield _Text(data, _Wanted(wanted.inside), text, offset + 1, token[1:-1])


def _lead_back(text: _Text) -> None:
    """Map the offsets of steps found in the text of a string to offsets in the surrounding text."""
    left = sorted(text.found, key=lambda wanted: wanted.offset, reverse=True)
    inner = outer = 0
    for start, end, width in _escapes(text.raw):
        # Text before the escape maps one to one; each byte that the escape encodes maps to the start of the escape.
        while left and left[-1].offset < inner + start - outer + width:
            left[-1].offset = text.start + min(outer + left[-1].offset - inner, start)
            left.pop()
        if not left:
            return
        inner, outer = inner + start - outer + width, end


def _escapes(raw: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and decoded length in bytes of each escape in a string as written, and finally the end of the string."""
    for found in _ESCAPE.finditer(raw):
        yield found.start(), found.end(), _width(found[0])
    yield len(raw), len(raw), 1


def _width(escape: bytes) -> int:
    if escape[1:2] != b"u":
        return 1
    if len(escape) == _PAIR:
        return 4
    return len(chr(int(escape.removeprefix(rb"\u"), 16)).encode("utf-8", "surrogatepass"))


def _is_form(data: bytes) -> bool:
    return b"=" in data and data[:1] not in (b"{", b"[", b'"') and not data[:1].isspace()


def _look_through_form(data: bytes, root: _Wanted) -> None:
    from urllib.parse import unquote_plus  # noqa: PLC0415 - only for forms

    offset = 0
    for field in data.split(b"&"):
        wanted = root.inside.get(unquote_plus(field.split(b"=")[0].decode("utf-8", "replace")))
        if wanted:
            wanted.offset = offset
        offset += len(field) + 1
