"""Parse bytes strictly into JSON values, and serialise values to canonical bytes.

Strict means UTF-8, RFC 8259 without extensions, no NaN, no duplicate keys, no number outside the range of a double, and within the limits.
`loads` raises only `NotJSON`, which says what is wrong, at which line and column, and what to do.
This module contains what every document needs. Code that only an error needs is in modules that are imported on demand.
"""

from __future__ import annotations

from binascii import a2b_base64
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import orjson

from signalbook.reading.json_text import BOM, DEFAULT_LIMITS, Limits, NotJSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST = 96
# Bound at import: a test that traces what a handler reads replaces `orjson.loads`, and must not trace this module.
parse = orjson.loads
_write = orjson.dumps
_SPACE = b" \t\r\n"
_BRACKETS = (b"{", b"[")
_LINE_ENDS = (b"\n", b"\r")
# First characters of a string that may contain an object or array: the first character rules out most strings.
_BEGINNINGS = frozenset("{[ \t\r\n\v\f\ufeff")
_SHORT = 100_000  # characters; larger values are not cached


class _Texts:
    """How JSON text inside strings is parsed: its limits, and the strings parsed last with their values."""

    __slots__ = ("limits", "recent")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.recent: list[tuple[str, Any]] = []


_TEXTS = ContextVar("signalbook_texts", default=_Texts(DEFAULT_LIMITS))  # noqa: B039 - a cache, which all threads may share


@contextmanager
def text_limits(limits: Limits) -> Iterator[None]:
    """Set the limits of JSON text inside strings for a `with` block: the code that parses it, deep in other values, gets no limits.

    Other threads and tasks keep theirs.
    """
    token = _TEXTS.set(_Texts(limits))
    try:
        yield
    finally:
        _TEXTS.reset(token)


def loads(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Return the value of one JSON document within the limits. Raises `NotJSON`."""
    if len(data) > limits.harmless:
        return _large(data, limits)
    try:
        value = parse(data)
    except orjson.JSONDecodeError as error:
        # Some editors write a byte order mark. Only one is allowed.
        if data.startswith(BOM) and not data.startswith(BOM, len(BOM)):
            return loads(data[len(BOM) :], limits)
        raise _explained(data, error, limits) from None
    try:
        again = _write(value)
    except orjson.JSONEncodeError:  # nested deeper than `limits.DEEPEST`
        _refuse_depth(data, limits)
        raise
    # `replace` skips from one bracket to the next, while `count` looks at every byte.
    if (
        len(data) > limits.shallow
        and len(data) - len(data.replace(b"{", b"").replace(b"[", b"")) > limits.max_depth
    ):
        _refuse_depth(data, limits)
    # If the serialised value equals the text, no key was lost; only white space can follow.
    if again != data and not data.startswith(again) and _keys_were_lost(data, again, value):
        from signalbook.reading import json_diagnostics  # noqa: PLC0415 - only if a key may be duplicate

        json_diagnostics.refuse(data)
    return value


def loads_text(text: str, limits: Limits | None = None) -> Any:
    """Return the value of the JSON document in a string. Without `limits`, those of `text_limits` apply. Raises `NotJSON`."""
    # A lone surrogate has no UTF-8 encoding: replace it with a question mark instead of raising.
    return loads(text.encode("utf-8", "replace"), limits or _TEXTS.get().limits)


def unfolded(value: Any) -> Any:
    """Return the object or array in a string that contains JSON text; any other value unchanged."""
    if not isinstance(value, str) or value[:1] not in _BEGINNINGS:
        return value
    return _document_in(value)


def _document_in(text: str) -> Any:
    data = text.encode("utf-8", "replace")
    if not _begins_a_document(data):
        return text
    try:
        return loads(data, _TEXTS.get().limits)
    except NotJSON:
        return text


def opened(value: Any) -> Any:
    """Return the result of `unfolded`, cached for recently parsed strings; do not modify it.

    The cache helps because identifying, opening and validating a payload parses the same text up to five times.
    """
    if not isinstance(value, str) or value[:1] not in _BEGINNINGS:
        return value
    recent = _TEXTS.get().recent
    # Compare by identity, because a lookup by content takes as long as parsing.
    for text, inner in recent:
        if text is value:
            return inner
    inner = _document_in(value)
    if len(value) < _SHORT:
        del recent[3:]
        recent.insert(0, (value, inner))
    return inner


def from_base64(text: str) -> str | None:
    """Return the text that a string encodes in Base64, or None if it does not encode any.

    Accepts the standard alphabet only, with padding and without white space.
    """
    try:
        return a2b_base64(text, strict_mode=True).decode()
    except ValueError:
        return None


def revealed(value: Any) -> Any:
    """Return the object or array in a string that contains JSON text, plain or Base64-encoded; any other value unchanged."""
    if not isinstance(value, str) or value[:1] in _BEGINNINGS:
        return opened(value)
    text = from_base64(value)
    inner = unfolded(text)
    return value if inner is text else inner


def _begins_a_document(data: bytes) -> bool:
    if data[:1] in _BRACKETS:
        return True
    return data.removeprefix(BOM).lstrip().startswith((b"{", b"["))


def is_document(data: bytes, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Return whether `loads` parses the bytes as a JSON object or array."""
    if not _begins_a_document(data):
        return False
    try:
        loads(data, limits)
    except NotJSON:
        return False
    return True


def _keys_were_lost(data: bytes, again: bytes, value: Any) -> bool:
    """Return whether the parser may have dropped a duplicate key: no false negatives, rarely a false positive."""
    # `again` is the value serialised again. A dropped member takes its quotes with it, and serialising adds no delimiting quotes.
    # The most common layouts come first: comparing them is faster than counting quotes. The standard library escapes non-ASCII characters with \u.
    spelt = (
        again.decode().encode("ascii", "backslashreplace")
        if data.isascii() and not again.isascii()
        else again
    )
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
    from signalbook.reading import json_diagnostics  # noqa: PLC0415 - only for large documents

    return json_diagnostics.large(data, limits, loads)


def _refuse_depth(data: bytes, limits: Limits) -> None:
    from signalbook.reading import json_diagnostics  # noqa: PLC0415 - only for documents with many brackets

    json_diagnostics.refuse_depth(data, limits)


def _explained(data: bytes, error: orjson.JSONDecodeError, limits: Limits) -> NotJSON:
    from signalbook.reading import json_diagnostics  # noqa: PLC0415 - only if the data is not JSON

    return json_diagnostics.explained(data, error, limits)


def canonical(value: Any) -> bytes:
    """Return the canonical bytes of a registry document: UTF-8, indented by two spaces, key order kept, one newline at the end."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def compact(value: Any) -> str:
    """Return a value as one line of JSON text. Compare these texts for JSON equality: in Python, True == 1."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        # A number of more than 64 bits: no parsed payload contains one, but a generated value may.
        import json  # noqa: PLC0415 - rarely needed

        return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def shown(value: Any) -> str:
    """Return a value as one line of JSON, shortened to 96 characters."""
    text = compact(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def at(value: Any, path: Iterable[str | int]) -> Any:
    """Return the value at a path of keys and indices. Raises KeyError, IndexError or TypeError if the path does not exist."""
    for step in path:
        value = value[step]
    return value
