"""Explain why bytes are not a JSON document: what is at the position where the parser stopped, at which line and column, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signalbook.reading.json_errors import GZIP, NotJSON
from signalbook.reading.limit_checks import refuse_depth
from signalbook.reading.positions import position

if TYPE_CHECKING:
    from json import JSONDecodeError

    from signalbook.reading.limits import Limits

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
