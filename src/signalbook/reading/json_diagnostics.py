"""Explain why a JSON document is refused: its syntax, a limit, or duplicate keys.

Only documents with a fault, or close to a limit, get here.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from signalbook.reading.json_text import GZIP, Limits, NotJSON, position, tokens, unquoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from json import JSONDecodeError


_WINDOW = 1 << 20
_ENOUGH = 1_000_000
# Possessive, so that no text makes the regex engine store backtracking positions. The closing quote is optional, so that an unterminated string is
# skipped once and not scanned again from each quote inside it.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_REST = re.compile(rb'(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_STEPS = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}
_NOT_BRACKETS = bytes(set(range(256)) - set(_STEPS))
_SPACE = b" \t\r\n"
_END = b"\x00"


def large(data: bytes, limits: Limits, loads: Callable[[bytes, Limits], Any]) -> Any:
    """Return the value that `loads` parses from a document that is large enough to exceed a limit. Raises `NotJSON`."""
    size = len(data)
    if size > limits.max_bytes:
        message = f"the document has {size:,} bytes, more than the {limits.max_bytes:,} allowed"
        raise NotJSON(
            "too-large",
            message,
            hint="use NDJSON, one payload per line, for files of any size, or raise the limit with --max-size",
        )
    # First compute an upper bound that includes the content of strings: it settles most texts at almost no cost.
    if data.count(b",") + data.count(b"{") + data.count(b"[") > limits.max_keys and has_more_keys(
        data, limits.max_keys
    ):
        refuse_depth(data[:_WINDOW], limits)
        message = f"objects and arrays have more than the {limits.max_keys:,} members and items allowed"
        raise NotJSON("too-many-keys", message, hint="split the document, or raise the limit with --max-keys")
    value = loads(data, Limits(limits.max_depth, size, size, size))
    if size > limits.max_string:
        _refuse_strings(data, limits.max_string)
    return value


def refuse_depth(data: bytes, limits: Limits) -> None:
    """Raise `NotJSON` if a text, valid JSON or not, is nested deeper than allowed."""
    if data.count(b"{") + data.count(b"[") > limits.max_depth and (found := depth(data)) > limits.max_depth:
        raise too_deep(found, limits)


def too_deep(found: int, limits: Limits) -> NotJSON:
    """Return the error for a text that is nested `found` levels deep."""
    levels = f"{found:,}" if found < _ENOUGH else f"at least {_ENOUGH:,}"
    message = f"arrays and objects are nested {levels} levels deep, more than the {limits.max_depth} allowed"
    return NotJSON("too-deep", message, hint="no notification is this deep; raise the limit with --max-depth")


def depth(data: bytes) -> int:
    """Return the nesting depth of a text, valid JSON or not; counting stops at one million."""
    level = deepest = 0
    for window in _without_strings(data):
        steps = map(_STEPS.__getitem__, window.translate(None, _NOT_BRACKETS))
        levels = list(accumulate(steps, initial=level))
        level = levels[-1]
        deepest = max(deepest, *levels)
        if deepest >= _ENOUGH:
            break
    return deepest


def has_more_keys(data: bytes, limit: int) -> bool:
    """Return whether a text has more members and items than `limit`.

    A non-empty object or array has one more member or item than commas.
    """
    count, before = 0, b""
    for window in _without_strings(data):
        text = window.translate(None, _SPACE)
        count += text.count(b",") + text.count(b"{") + text.count(b"[")
        # An empty object or array may cross the border of two windows.
        joined = before + text
        count -= joined.count(b"{}") + joined.count(b"[]")
        before = joined[-1:]
        if count > limit + 1:
            return True
    return count > limit


def _without_strings(data: bytes) -> Iterator[bytes]:
    """Yield a text window by window, with each string replaced by a single quote."""
    at = 0
    while at < len(data):
        window = data[at : at + _WINDOW]
        at += len(window)
        # A string that is still open at the end of the window consumes the end mark.
        text = _STRING.sub(b'"', window + _END)
        if text.endswith(_END):
            yield text[:-1]
            continue
        yield text
        cut = len(window) - len(window.rstrip(b"\\"))
        at = _end(data, at - cut % 2)


def _end(data: bytes, start: int) -> int:
    rest = _REST.match(data, start)
    return rest.end() if rest else start


def _refuse_strings(data: bytes, limit: int) -> None:
    """Raise `NotJSON` for the first string of a document that is longer than allowed."""
    for string in _STRING.finditer(data):
        size = string.end() - string.start() - len(b'""')
        if size > limit:
            line, column = position(data, string.start())
            message = f"a string has {size:,} bytes, more than the {limit:,} allowed"
            raise NotJSON(
                "too-long-string", message, line, column, "shorten it, or raise the limit with --max-string"
            )


# Control characters that do not occur in text. Zero is not included, because half of the bytes in UTF-16 are zeros.
_BINARY = frozenset(range(1, 32)) - {9, 10, 13}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")

# Patterns for the text where the parser stopped, with a hint for the author.
_HINTS = (
    (re.compile(rb"-?(NaN|Infinity)"), "JSON has no NaN or Infinity: omit the field or use null"),
    (re.compile(rb"'"), "JSON strings use double quotes"),
    (re.compile(rb"//|/\*|#"), "JSON has no comments: remove them"),
    (re.compile(rb"True|False|None"), "JSON uses true, false and null"),
)
# Patterns for other formats, if the parser stopped at the very beginning.
_INSTEAD = (
    (
        re.compile(rb"<(!doctype )?html", re.IGNORECASE),
        "this is HTML, as proxies return: check where the payload came from",
    ),
    (
        re.compile(rb"<"),
        (
            "this is XML, as queues and topics deliver by default: "
            "check the text inside (<MessageBody> or <Message>), or configure the subscription to deliver JSON"
        ),
    ),
)


def explained(data: bytes, error: JSONDecodeError, limits: Limits) -> NotJSON:
    """Return why the parser rejected bytes with `error`. Raises `NotJSON` itself if they are nested too deeply."""
    if not data.strip():
        return NotJSON("empty", "the document is empty", hint="a payload is a JSON object")
    refuse_depth(data, limits)
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        return _not_utf8(data, fault)
    # A truncated text ends at its last character, not after the trailing line breaks.
    end = len(data.rstrip())
    offset = min(error.pos if len(text) == len(data) else len(text[: error.pos].encode()), end)
    return _broken(data, error.msg, offset)


def _broken(data: bytes, message: str, offset: int) -> NotJSON:
    line, column = position(data, offset)
    rest = data[offset : offset + 16]
    if "infinity" in message:
        return NotJSON(
            "number-range",
            "a number is too large for a double",
            line,
            column,
            "no notification has such a number: check what wrote it",
        )
    if wide := _wide(data):
        return NotJSON(
            "not-utf8",
            "not UTF-8: zero bytes between the characters",
            line,
            column,
            f"this looks like {wide}: save it as UTF-8",
        )
    if "after document" in message and line > 1 and rest[:1] in (b"{", b"["):
        return NotJSON(
            "not-json",
            "unexpected text after the document",
            line,
            column,
            "for one payload per line (NDJSON), name the file .ndjson",
        )
    hints = _HINTS if data[:offset].strip() else (*_INSTEAD, *_HINTS)
    hint = next((hint for form, hint in hints if form.match(rest)), None)
    return NotJSON("not-json", f"not JSON: {message}", line, column, hint)


def _not_utf8(data: bytes, fault: UnicodeDecodeError) -> NotJSON:
    line, column = position(data, fault.start)
    wide = _wide(data)
    hint = f"this looks like {wide}: save it as UTF-8" if wide else "save it as UTF-8"
    if data.startswith(GZIP):
        hint = "this is gzip data: unpack it, again if it was compressed twice"
    return NotJSON("not-utf8", f"not UTF-8: invalid byte 0x{data[fault.start]:02x}", line, column, hint)


def _wide(data: bytes) -> str | None:
    """Return the encoding suggested by a byte order mark, or by zero bytes near the start without other binary control characters."""
    if data.startswith(_UTF32):
        return "UTF-32"
    if data.startswith(_UTF16):
        return "UTF-16"
    head = data[:4]
    if b"\x00" not in head or _BINARY & set(data[:64]):
        return None
    return "UTF-32" if b"\x00\x00" in head else "UTF-16"


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
