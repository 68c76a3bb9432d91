"""Why bytes are no JSON document: what stands where the parser stopped, in which line and column, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from signalbook.jsontext import GZIP, NotJSON
from signalbook.jsontext.excess import refuse_depth
from signalbook.jsontext.positions import position

if TYPE_CHECKING:
    from json import JSONDecodeError

    from signalbook.jsontext import Limits

# Control characters that text does not have; zero is left out, because half of UTF-16 is zeros.
_BINARY = frozenset(range(1, 32)) - {9, 10, 13}
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")

# What stands at the place where the parser stopped, and what to tell the person who wrote it.
_HINTS = (
    (re.compile(rb"-?(NaN|Infinity)"), "JSON has no NaN or Infinity: leave the field out or write null"),
    (re.compile(rb"'"), "JSON strings stand in double quotes"),
    (re.compile(rb"//|/\*|#"), "JSON has no comments: take them out"),
    (re.compile(rb"True|False|None"), "JSON writes true, false and null"),
)
# What the whole text is instead, where the parser stopped at its very beginning.
_INSTEAD = (
    (re.compile(rb"<(!doctype )?html", re.IGNORECASE), "it is HTML, as proxies answer with: look where the payload came from"),
    (
        re.compile(rb"<"),
        (
            "it is XML, as queues and topics deliver by default: "
            "check the text inside (<MessageBody> or <Message>), or let the subscription deliver JSON"
        ),
    ),
)


def explained(data: bytes, error: JSONDecodeError, limits: Limits) -> NotJSON:
    """Return why a parser refused bytes, with `error`. Raises `NotJSON` itself where they are nested too deep."""
    if not data.strip():
        return NotJSON("empty", "there is nothing in it", hint="a payload is one JSON object")
    refuse_depth(data, limits)
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        return _not_utf8(data, fault)
    # Text that ends too early ends where its last character stands, not after the line breaks behind it.
    end = len(data.rstrip())
    offset = min(error.pos if len(text) == len(data) else len(text[: error.pos].encode()), end)
    return _broken(data, error.msg, offset)


def _broken(data: bytes, message: str, offset: int) -> NotJSON:
    line, column = position(data, offset)
    rest = data[offset : offset + 16]
    if "infinity" in message:
        return NotJSON("number-range", "a number is too large for a double", line, column, "no notification has such a number: look what wrote it")
    if wide := _wide(data):
        return NotJSON("not-utf8", "not UTF-8: zero bytes between the characters", line, column, f"it looks like {wide}: save it as UTF-8")
    if "after document" in message and line > 1 and rest[:1] in (b"{", b"["):
        return NotJSON("not-json", "more text follows the document", line, column, "one payload a line is NDJSON: name the file .ndjson")
    hints = _HINTS if data[:offset].strip() else (*_INSTEAD, *_HINTS)
    hint = next((hint for form, hint in hints if form.match(rest)), None)
    return NotJSON("not-json", f"not JSON: {message}", line, column, hint)


def _not_utf8(data: bytes, fault: UnicodeDecodeError) -> NotJSON:
    line, column = position(data, fault.start)
    wide = _wide(data)
    hint = f"it looks like {wide}: save it as UTF-8" if wide else "save it as UTF-8"
    if data.startswith(GZIP):
        hint = "it is gzip data: unpack it, once more where it was compressed twice"
    return NotJSON("not-utf8", f"not UTF-8: byte 0x{data[fault.start]:02x} has no place there", line, column, hint)


def _wide(data: bytes) -> str | None:
    """Return the encoding that bytes look like by their byte order mark, or by zero bytes early on and nothing that only binary data has."""
    if data.startswith(_UTF32):
        return "UTF-32"
    if data.startswith(_UTF16):
        return "UTF-16"
    head = data[:4]
    if b"\x00" not in head or _BINARY & set(data[:64]):
        return None
    return "UTF-32" if b"\x00\x00" in head else "UTF-16"
