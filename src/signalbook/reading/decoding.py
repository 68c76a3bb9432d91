"""Decode documents into payloads, and received bytes into values: JSON text, gzip-compressed JSON text, or form fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from signalbook.reading.json_text import DEFAULT_LIMITS, GZIP, NotJSON
from signalbook.reading.strict_json import loads, opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signalbook.reading.documents import Document
    from signalbook.reading.json_text import Limits


_FORM = re.compile(rb"[\w.~%+-]+=[\w.~%+*'()!:/?-]*(?:&[\w.~%+-]+=[\w.~%+*'()!:/?-]*)+")


def fields(data: bytes) -> dict[str, str] | None:
    """Return the fields of a form, or None if the bytes are not a form. Requires at least two fields, because other text can contain an =."""
    if not _FORM.fullmatch(data):
        return None
    try:
        found = parse_qsl(data.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        return None
    return dict(found) if len(dict(found)) == len(found) else None


Payload = tuple[int | None, Any]
"""A payload and its index in an array of payloads, from 0; the index is None if the payload is the whole document."""


class Batch(list[Any]):
    """Several payloads passed in one call, as function triggers deliver them: each is an object, or the JSON text of one."""


def opened_payloads(document: Document, limits: Limits = DEFAULT_LIMITS) -> Iterable[Payload]:
    """Return the result of `payloads`, with array items that are JSON text parsed. Raises what `payloads` raises."""
    # Lazily, one item at a time: each text may be as large as a document, and there may be many.
    return (
        (index, payload if index is None else opened(payload))
        for index, payload in payloads(document, limits)
    )


def payloads(document: Document, limits: Limits = DEFAULT_LIMITS) -> list[Payload]:
    """Return the payloads of a document: one, or each item of an array. Raises `NotJSON`, also for an empty array."""
    if document.problem:
        raise document.problem
    if document.index is not None:
        return [(document.index, item(document, limits) if document.parsed is None else document.parsed[0])]
    try:
        value = read(document.data, limits)
    except NotJSON as problem:
        # In NDJSON, report the line of the file; the parsed text has only one line.
        raise problem.at_line(document.line) if document.line else problem from None
    if not isinstance(value, list):
        return [(None, value)]
    if not value:
        raise NotJSON("no-payload", "the array contains no payloads", 1, 1)
    return list(enumerate(value))


def item(document: Document, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Return the value of one item of an array that is read item by item. Raises `NotJSON`, with the position in the file."""
    try:
        return loads(document.data, limits)
    except NotJSON as problem:
        raise moved(problem, document.start) from None


def moved(problem: NotJSON, start: tuple[int, int]) -> NotJSON:
    """Return a problem with its position in the file, for a text that starts at line and column `start`."""
    line, column = problem.line or 1, problem.column or 1
    column += start[1] - 1 if line == 1 else 0
    return NotJSON(problem.rule, problem.message, line + start[0] - 1, column, problem.hint)


def read(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Return the value of a payload's bytes: JSON text, gzip-compressed JSON text, or the fields of a form. Raises `NotJSON`."""
    if data.startswith(GZIP):
        from signalbook.reading.gzip_stream import payload  # noqa: PLC0415 - only for compressed data

        data = payload(data, limits.max_bytes + 1)
    try:
        return loads(data, limits)
    except NotJSON:
        if (found := fields(data)) is not None:
            return found
        raise


def value_of(payload: Any, limits: Limits = DEFAULT_LIMITS) -> Any:
    """Return the value of a payload given as bytes, as text, or as a value that `json.loads` returns.

    Returns a `Batch` for a list. Raises `NotJSON`.
    """
    if isinstance(payload, str):
        payload = payload.encode("utf-8", "surrogatepass")
    value = read(
        bytes(payload) if isinstance(payload, bytes | bytearray | memoryview) else _written(payload), limits
    )
    return Batch(value) if isinstance(value, list) else value


def _written(payload: Any) -> bytes:
    """Return a value as JSON text, which is what gets checked, so that a value and its text have the same verdict."""
    import json  # noqa: PLC0415 - orjson would also serialise dates and other non-JSON types

    # A test that traces what a handler reads must not attribute these reads to the handler.
    plain = payload.unwatched() if hasattr(payload, "unwatched") else payload
    try:
        return json.dumps(plain).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise NotJSON(
            "not-json",
            f"not a JSON value: {error}",
            hint="pass the payload as bytes or text, or as json.loads returns it",
        ) from None
