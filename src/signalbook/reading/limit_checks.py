"""Check documents that may exceed a limit: bytes, nesting levels, string length, members and items.

Scans the text in windows before parsing, so that an oversized document is rejected before memory is allocated for it.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from signalbook.reading.json_errors import NotJSON
from signalbook.reading.limits import Limits
from signalbook.reading.positions import position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
