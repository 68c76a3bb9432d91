"""Bytes → JSON values, strictly; and values → canonical bytes.

Strictly means: UTF-8, RFC 8259 and nothing more, no NaN, no duplicate keys, no number beyond a double, no more depth or size than the limits.
`loads` raises `NotJSON`, which says what is wrong, in which line and column, and what to do; nothing else leaves this room.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_DEPTH = 128
"""How many levels of arrays and objects a document may have. The engines recurse, so this must stay far below their stack."""
MAX_BYTES = 64 * 1024 * 1024
"""How many bytes one document may have, after decompression."""

_LONGEST = 96
# Bound once: a test that watches what a handler reads replaces `orjson.loads`, and is not to watch us.
_parse = orjson.loads
# Control characters that text does not have; zero is left out, because half of UTF-16 is zeros.
_BINARY = frozenset(range(1, 32)) - {9, 10, 13}
BOM = b"\xef\xbb\xbf"
# The closing quote is optional: a string that never ends is passed over once, and not again from each quote inside it.
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_STEPS = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}
_NOT_BRACKETS = bytes(set(range(256)) - set(_STEPS))
_TOKEN = re.compile(r'[ \t\r\n]*(?:("[^"\\]*(?:\\.[^"\\]*)*")|([\[\]{},:])|([^ \t\r\n\[\]{},:"]+))')

# What stands at the place where the parser stopped, and what to tell the person who wrote it.
_HINTS = (
    (re.compile(r"-?(NaN|Infinity)"), "JSON has no NaN or Infinity: leave the field out or write null"),
    (re.compile(r"'"), "JSON strings stand in double quotes"),
    (re.compile(r"//|/\*|#"), "JSON has no comments: take them out"),
    (re.compile(r"True|False|None"), "JSON writes true, false and null"),
)


@dataclass(eq=True, unsafe_hash=True)
class NotJSON(ValueError):
    """Bytes that are not one strict JSON document. `rule` is the finding's word, `line` and `column` count from 1."""

    rule: str
    message: str
    line: int | None = None
    column: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = ", ".join(f"{name} {number}" for name, number in (("line", self.line), ("column", self.column)) if number is not None)
        return f"{self.message} ({place})" if place else self.message


def loads(data: bytes, *, max_depth: int = MAX_DEPTH, max_bytes: int = MAX_BYTES) -> Any:
    """Return the value of one JSON document, with `max_depth` and `max_bytes` as its limits. Raises `NotJSON`."""
    if len(data) > max_bytes:
        raise NotJSON("too-large", f"the document has {len(data):,} bytes, more than the {max_bytes:,} allowed")
    data = data.removeprefix(BOM)
    if not data.strip():
        raise NotJSON("empty", "there is nothing in it", hint="a payload is one JSON object")
    _refuse_depth(data, max_depth)
    try:
        value = _parse(data)
    except orjson.JSONDecodeError as error:
        raise _explained(data, error) from None
    if _keys_were_lost(data, value):
        _refuse_duplicates(data)
    return value


def loads_text(text: str) -> Any:
    """Return the value of the JSON document that a string holds. Raises `NotJSON`."""
    # A lone surrogate has no bytes in UTF-8: it becomes a question mark, where a strict encoding would crash.
    return loads(text.encode("utf-8", "replace"))


def unfolded(value: Any) -> Any:
    """Return the object or array that a string holds as JSON text; any other value as it is."""
    if not isinstance(value, str) or not _begins_a_document(value.encode("utf-8", "replace")):
        return value
    try:
        return loads_text(value)
    except NotJSON:
        return value


def _begins_a_document(data: bytes) -> bool:
    return data.removeprefix(BOM).lstrip().startswith((b"{", b"["))


def is_document(data: bytes) -> bool:
    """Whether bytes are a JSON object or array, as `loads` takes it."""
    if not _begins_a_document(data):
        return False
    try:
        loads(data)
    except NotJSON:
        return False
    return True


def _refuse_depth(data: bytes, limit: int) -> None:
    # Counting brackets is free and settles nearly every document; only one with many is looked at closely.
    if data.count(b"{") + data.count(b"[") <= limit:
        return
    brackets = _STRING.sub(b"", data).translate(None, _NOT_BRACKETS)
    depth = max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)
    if depth > limit:
        raise NotJSON("too-deep", f"arrays and objects are nested {depth:,} levels deep, more than the {limit} allowed")


def _keys_were_lost(data: bytes, value: Any) -> bool:
    """Whether the parser may have dropped a duplicate key: never a false no, rarely a false yes.

    Counts the quotes that delimit strings, in the text and in the value written back. A dropped member takes quotes with it, and writing back adds none.
    This is some thirty times faster than a parse that looks at every key.
    """
    try:
        again = orjson.dumps(value)
    except orjson.JSONEncodeError:
        return True
    return data.count(b'"') - data.count(b'\\"') != again.count(b'"') - again.count(b'\\"')


def _refuse_duplicates(data: bytes) -> None:
    seen: set[tuple[str | int, ...]] = set()
    text = data.decode()
    for path, offset in members(text):
        if path in seen:
            line, column = position(text, offset)
            message = f"the key {path[-1]!r} stands twice in the same object"
            raise NotJSON("duplicate-key", message, line, column, "readers disagree on which one counts: keep one of them")
        seen.add(path)


def members(text: str) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """Yield the path and the offset of every member (of its key) and every item (of its value) of a document that parses.

    A key that stands twice is yielded twice. Works without recursion, so depth costs nothing.
    """
    path: list[str | int] = []
    in_object: list[bool] = []
    key_follows = False
    for token in _TOKEN.finditer(text):
        string, mark, scalar = token.groups()
        start = token.end() - len(string or mark or scalar)
        if key_follows and string:
            path[-1] = orjson.loads(string)
            key_follows = False
            yield tuple(path), start
        elif mark in ("}", "]"):
            in_object.pop()
            path.pop()
            key_follows = False
        elif mark == ",":
            key_follows = in_object[-1]
            if not key_follows:
                path[-1] = int(path[-1]) + 1
        elif mark != ":":
            if in_object and not in_object[-1]:
                yield tuple(path), start
            if mark:
                in_object.append(mark == "{")
                path.append("" if mark == "{" else 0)
                key_follows = mark == "{"


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, both from 1, of a character of a text."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _explained(data: bytes, error: orjson.JSONDecodeError) -> NotJSON:
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        return _not_utf8(data, fault)
    # Text that ends too early ends where its last character stands, not after the line breaks behind it.
    offset = min(error.pos, len(text.rstrip()))
    line, column = position(text, offset)
    rest = text[offset:]
    if "infinity" in error.msg:
        return NotJSON("number-range", "a number is too large for a double", line, column, "send it as a string, or smaller")
    if _is_wide(data):
        return NotJSON("not-utf8", "not UTF-8: zero bytes between the characters", line, column, "it looks like UTF-16: save it as UTF-8")
    if "after document" in error.msg and "\n" in text[:offset] and rest[:1] in ("{", "["):
        return NotJSON("not-json", "more text follows the document", line, column, "one payload a line is NDJSON: name the file .ndjson")
    hint = next((hint for form, hint in _HINTS if form.match(rest)), None)
    return NotJSON("not-json", f"not JSON: {error.msg}", line, column, hint)


def _not_utf8(data: bytes, fault: UnicodeDecodeError) -> NotJSON:
    before = data[: fault.start].decode()
    line, column = position(before, len(before))
    hint = "it looks like UTF-16: save it as UTF-8" if _is_wide(data) else "save it as UTF-8"
    if data.startswith(b"\x1f\x8b"):
        hint = "it is gzip data: unpack it, once more where it was compressed twice"
    return NotJSON("not-utf8", f"not UTF-8: byte 0x{data[fault.start]:02x} has no place there", line, column, hint)


def _is_wide(data: bytes) -> bool:
    """Whether bytes look like UTF-16: a byte order mark, or a zero byte early on and nothing that only binary data has."""
    return data[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\x00" in data[:4] and not _BINARY & set(data[:64]))


def canonical(value: Any) -> bytes:
    """Return the bytes in which the registry keeps a document: UTF-8, two spaces, key order kept, one newline at the end."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def compact(value: Any) -> str:
    """Return the value as one line of JSON text. Two values are one to JSON where their texts are: to Python true is 1."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # A number of more than 64 bits, which no payload that we read holds, but a value that was drawn may.
        return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def shown(value: Any) -> str:
    """Return a value as one short line of JSON."""
    text = compact(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def at(value: Any, path: Iterable[str | int]) -> Any:
    """Return what a path of keys and indices leads to. Raises KeyError, IndexError or TypeError where it leads nowhere."""
    for step in path:
        value = value[step]
    return value
