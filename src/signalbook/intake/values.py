"""Documents → payloads, and bytes as they arrive → a value: JSON text, the same compressed, or the fields of a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.jsontext import DEFAULT, GZIP, NotJSON, loads, opened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signalbook.intake.piece import Document
    from signalbook.jsontext import Limits

Payload = tuple[int | None, Any]
"""A payload and its place in an array of payloads, from 0; None where it is the whole document."""


class Batch(list[Any]):
    """Several payloads that were handed over at once, as function triggers do: each an object, or the JSON text of one."""


def opened_payloads(document: Document, limits: Limits = DEFAULT) -> Iterable[Payload]:
    """Return what `payloads` returns, with each item of an array that is JSON text opened. Raises what `payloads` raises."""
    # Opened one after the other: each text may hold as much as a document may, and there may be many.
    return ((index, payload if index is None else opened(payload)) for index, payload in payloads(document, limits))


def payloads(document: Document, limits: Limits = DEFAULT) -> list[Payload]:
    """Return the payloads of a document: one, or each item of an array. Raises `NotJSON`, also for an empty array."""
    if document.problem:
        raise document.problem
    if document.index is not None:
        return [(document.index, item(document, limits) if document.parsed is None else document.parsed[0])]
    try:
        value = read(document.data, limits)
    except NotJSON as problem:
        # In NDJSON the line that counts is the file's; what was parsed has only one.
        raise problem.at_line(document.line) if document.line else problem from None
    if not isinstance(value, list):
        return [(None, value)]
    if not value:
        raise NotJSON("no-payload", "an empty array holds no payload", 1, 1)
    return list(enumerate(value))


def item(document: Document, limits: Limits = DEFAULT) -> Any:
    """Return the value of one item of an array that is read item by item. Raises `NotJSON`, with the place in the file."""
    try:
        return loads(document.data, limits)
    except NotJSON as problem:
        raise moved(problem, document.start) from None


def moved(problem: NotJSON, start: tuple[int, int]) -> NotJSON:
    """Return a problem of a text that starts at line and column `start`, with its place in the file."""
    line, column = problem.line or 1, problem.column or 1
    column += start[1] - 1 if line == 1 else 0
    return NotJSON(problem.rule, problem.message, line + start[0] - 1, column, problem.hint)


def read(data: bytes, limits: Limits = DEFAULT) -> Any:
    """Return the value of a payload's bytes as they arrive: of JSON text, of the same compressed with gzip, or of a form's fields. Raises `NotJSON`."""
    if data.startswith(GZIP):
        from signalbook.intake.zipped import payload  # noqa: PLC0415 - only for what is compressed

        data = payload(data, limits.max_bytes + 1)
    try:
        return loads(data, limits)
    except NotJSON:
        from signalbook.intake.forms import fields  # noqa: PLC0415 - only for what is no JSON

        if (found := fields(data)) is not None:
            return found
        raise


def value_of(payload: Any, limits: Limits = DEFAULT) -> Any:
    """Return the value of a payload, a `Batch` for a list: of bytes as they arrive, text, or a value as `json.loads` returns it. Raises `NotJSON`."""
    if isinstance(payload, str):
        payload = payload.encode("utf-8", "surrogatepass")
    value = read(bytes(payload) if isinstance(payload, bytes | bytearray | memoryview) else _written(payload), limits)
    return Batch(value) if isinstance(value, list) else value


def _written(payload: Any) -> bytes:
    """Return a value as JSON text: what it says is what is checked, so that a value and its text have one verdict."""
    import json  # noqa: PLC0415 - orjson would write dates and other things that no JSON text can hold

    # A test that watches what a handler reads is not to take our reading for the handler's.
    plain = payload.unwatched() if hasattr(payload, "unwatched") else payload
    try:
        return json.dumps(plain).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise NotJSON("not-json", f"not a JSON value: {error}", hint="give the payload as bytes or text, or as json.loads returns it") from None
