"""Bytes → JSON values, strictly; and values → canonical bytes.

Strictly means: UTF-8, RFC 8259 and nothing more, no NaN, no duplicate keys, no number beyond a double, and no more than the limits allow.
`loads` raises `NotJSON`, which says what is wrong, in which line and column, and what to do; nothing else leaves this room.
Here stands what every document needs; what only a fault needs is in modules that are imported when there is one.
"""

from __future__ import annotations

from binascii import a2b_base64
from typing import TYPE_CHECKING, Any

import orjson

from signalbook.jsontext.limits import DEFAULT as DEFAULT
from signalbook.jsontext.limits import MAX_BYTES as MAX_BYTES
from signalbook.jsontext.limits import MAX_DEPTH as MAX_DEPTH
from signalbook.jsontext.limits import Limits as Limits

if TYPE_CHECKING:
    from collections.abc import Iterable

BOM = b"\xef\xbb\xbf"
GZIP = b"\x1f\x8b"
_LONGEST = 96
# Bound once: a test that watches what a handler reads replaces `orjson.loads`, and is not to watch us.
parse = orjson.loads
_write = orjson.dumps
_SPACE = b" \t\r\n"
_LINE_ENDS = (b"\n", b"\r")
# With what a string begins that may hold an object or array: most strings are settled by their first character.
_BEGINNINGS = frozenset("{[ \t\r\n\v\f\ufeff")


class NotJSON(ValueError):
    """Bytes that are not one strict JSON document. `rule` is the finding's word, `line` and `column` count from 1."""

    def __init__(self, rule: str, message: str, line: int | None = None, column: int | None = None, hint: str | None = None) -> None:
        # A plain class, because a data class takes half a millisecond to make, at every start.
        super().__init__(rule, message, line, column, hint)
        self.rule, self.message, self.line, self.column, self.hint = rule, message, line, column, hint

    def __str__(self) -> str:
        place = ", ".join(f"{name} {number}" for name, number in (("line", self.line), ("column", self.column)) if number is not None)
        return f"{self.message} ({place})" if place else self.message

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NotJSON) and self.args == other.args

    def __hash__(self) -> int:
        return hash(self.args)

    def at_line(self, line: int) -> NotJSON:
        """Return the same for a document that is one line of a file: the line that counts is the file's."""
        return NotJSON(self.rule, self.message, line, self.column, self.hint)


_texts = [DEFAULT]
_recent: list[tuple[str, Any]] = []
_SHORT = 100_000  # characters: nothing large is kept alive


def loads(data: bytes, limits: Limits = DEFAULT) -> Any:
    """Return the value of one JSON document that keeps the limits. Raises `NotJSON`."""
    if len(data) > limits.harmless:
        return _large(data, limits)
    try:
        value = parse(data)
    except orjson.JSONDecodeError as error:
        # Some editors write a byte order mark; two are one too many.
        if data.startswith(BOM) and not data.startswith(BOM, len(BOM)):
            return loads(data[len(BOM) :], limits)
        raise _explained(data, error, limits) from None
    try:
        again = _write(value)
    except orjson.JSONEncodeError:  # deeper than `limits.DEEPEST`
        _refuse_depth(data, limits)
        raise
    # `replace` jumps from one bracket to the next, where `count` looks at every byte.
    if len(data) > limits.shallow and len(data) - len(data.replace(b"{", b"").replace(b"[", b"")) > limits.max_depth:
        _refuse_depth(data, limits)
    # What is written as we write it has lost nothing; what follows can be white space only.
    if again != data and not data.startswith(again) and _keys_were_lost(data, again, value):
        from signalbook.jsontext import duplicates  # noqa: PLC0415 - only where a key may stand twice

        duplicates.refuse(data)
    return value


def loads_text(text: str, limits: Limits | None = None) -> Any:
    """Return the value of the JSON document that a string holds, within the limits of `limit_texts` where none are given. Raises `NotJSON`."""
    # A lone surrogate has no bytes in UTF-8: it becomes a question mark, where a strict encoding would crash.
    return loads(text.encode("utf-8", "replace"), limits or _texts[0])


def limit_texts(limits: Limits) -> None:
    """Set the limits of JSON text inside strings, for this process: the envelopes and contracts that open it are handed no limits."""
    _texts[0] = limits
    _recent.clear()


def unfolded(value: Any) -> Any:
    """Return the object or array that a string holds as JSON text; any other value as it is."""
    if not isinstance(value, str) or value[:1] not in _BEGINNINGS:
        return value
    return _document_in(value)


def _document_in(text: str) -> Any:
    data = text.encode("utf-8", "replace")
    if not _begins_a_document(data):
        return text
    try:
        return loads(data, _texts[0])
    except NotJSON:
        return text


def opened(value: Any) -> Any:
    """Return what `unfolded` returns, which is not to be changed: the same text several times in a row is read once.

    To recognise a payload, to open it and to check it, a text is read up to five times.
    """
    if not isinstance(value, str) or value[:1] not in _BEGINNINGS:
        return value
    # Compared by identity: to look a text up by what it says takes as long as to read it.
    for text, inner in _recent:
        if text is value:
            return inner
    inner = _document_in(value)
    if len(value) < _SHORT:
        del _recent[3:]
        _recent.insert(0, (value, inner))
    return inner


def from_base64(text: str) -> str | None:
    """Return the text that a string holds in Base64, or None where it holds none: with the standard alphabet, padded, and without white space."""
    try:
        return a2b_base64(text, strict_mode=True).decode()
    except ValueError:
        return None


def revealed(value: Any) -> Any:
    """Return the object or array that a string holds as JSON text, as it is or in Base64; any other value as it is."""
    if not isinstance(value, str) or value[:1] in _BEGINNINGS:
        return opened(value)
    text = from_base64(value)
    inner = unfolded(text)
    return value if inner is text else inner


def _begins_a_document(data: bytes) -> bool:
    if data.startswith((b"{", b"[")):
        return True
    return data.removeprefix(BOM).lstrip().startswith((b"{", b"["))


def is_document(data: bytes, limits: Limits = DEFAULT) -> bool:
    """Whether bytes are a JSON object or array, as `loads` takes it."""
    if not _begins_a_document(data):
        return False
    try:
        loads(data, limits)
    except NotJSON:
        return False
    return True


def _keys_were_lost(data: bytes, again: bytes, value: Any) -> bool:
    """Whether the parser may have dropped a duplicate key: never a false no, rarely a false yes.

    `again` is the value written back. A dropped member takes its quotes with it, and writing back adds none that delimit a string.
    First come the forms that most texts have and that are compared faster than their quotes are counted.
    """
    # The standard library spells what is not ASCII with \u.
    spelt = again.decode().encode("ascii", "backslashreplace") if data.isascii() and not again.isascii() else again
    if data[1:2] not in _LINE_ENDS and data.replace(b" ", b"").startswith(spelt.replace(b" ", b"")):
        return False
    if data[1:2] in _LINE_ENDS and data.startswith(_write(value, option=orjson.OPT_INDENT_2)):
        return False
    if b"\\" not in data:
        return data.count(b'"') != again.count(b'"')
    if data.translate(None, _SPACE) == spelt.translate(None, _SPACE):
        return False
    return data.count(b'"') - data.count(b'\\"') != again.count(b'"') - again.count(b'\\"')


def _large(data: bytes, limits: Limits) -> Any:
    from signalbook.jsontext import excess  # noqa: PLC0415 - only for what may be too large

    return excess.large(data, limits)


def _refuse_depth(data: bytes, limits: Limits) -> None:
    from signalbook.jsontext import excess  # noqa: PLC0415 - only for what has brackets enough

    excess.refuse_depth(data, limits)


def _explained(data: bytes, error: orjson.JSONDecodeError, limits: Limits) -> NotJSON:
    from signalbook.jsontext import faults  # noqa: PLC0415 - only for what is no JSON

    return faults.explained(data, error, limits)


def canonical(value: Any) -> bytes:
    """Return the bytes in which the registry keeps a document: UTF-8, two spaces, key order kept, one newline at the end."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def compact(value: Any) -> str:
    """Return the value as one line of JSON text. Two values are one to JSON where their texts are: to Python true is 1."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # A number of more than 64 bits, which no payload that we read holds, but a value that was drawn may.
        import json  # noqa: PLC0415 - orjson brings it along, but need not for ever

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
