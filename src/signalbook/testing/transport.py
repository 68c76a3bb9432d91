"""Encodes a payload for transport: the bytes that arrive, and the headers of the HTTP request."""

from __future__ import annotations

import gzip
from hashlib import md5
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from signalbook.reading import strict_json
from signalbook.registry.recognition import text_at

if TYPE_CHECKING:
    from signalbook.registry import Envelope

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"


def carried(value: Any, outermost: Envelope) -> tuple[bytes, dict[str, str]]:
    """Return a payload as the bytes in which its outermost envelope arrives, and the headers of its HTTP request."""
    transport = outermost.transport
    form = transport.form and isinstance(value, dict)
    data, kind = (urlencode(value).encode(), _FORM) if form else (strict_json.compact(value).encode(), _JSON)
    headers = {"Content-Type": kind}
    for name, place in transport.headers.items():
        found = place if isinstance(place, str) else text_at(value, place)
        # A header cannot hold every value that a field can, such as a line break.
        if found and found.isascii() and found.isprintable():
            headers[name] = found
    if transport.gzip:
        # Without a timestamp, equal payloads have equal bytes.
        return gzip.compress(data, mtime=0), {"Content-Type": "application/gzip"}
    return data, headers


def as_it_arrives(value: Any, outermost: Envelope, broken: str | None = None) -> Any:
    """Return a payload as its receiver reads it: fields of a form are texts, and checksums are correct, except the `broken` one."""
    if not isinstance(value, dict):
        return value
    for at, of in outermost.transport.md5.items():
        if at != broken and isinstance(value.get(at), str) and isinstance(value.get(of), str):
            value = {**value, at: md5(value[of].encode(), usedforsecurity=False).hexdigest().upper()}
    if not outermost.transport.form:
        return value
    return {
        key: inner if isinstance(inner, str) else strict_json.compact(inner) for key, inner in value.items()
    }
