"""Counts the calls that validating a stream takes, which do not depend on the machine: a slower hot path makes this file fail, not a timer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from conftest import every_example
from signalbook import Registry
from signalbook.reading.documents import Lines
from signalbook.reading.json_text import DEFAULT_LIMITS
from signalbook.reporting.batches import Setup, Worker
from signalbook.reporting.formats import FORMATS
from signalbook.validation.validator import Request, check_payload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CATALOGUE = Registry.load()
DELIVERED = [value for label, value in every_example(CATALOGUE) if "/delivered/" in label]
VERDICTS = [check_payload(value, CATALOGUE, Request()) for value in DELIVERED]
VALID = [
    value
    for value, verdict in zip(DELIVERED, VERDICTS, strict=True)
    if verdict.ok and not verdict.findings and not verdict.parts
]
WITH_UNKNOWN_FIELD = [{**value, "newField": 1} for value in VALID]
WITH_ERROR = [{**value, next(iter(value)): [12345]} for value in VALID]


def calls(work: Callable[[], Any]) -> int:
    """Return how many functions a piece of work calls, those written in C included."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def calls_per_payload(payloads: Iterable[Any], **options: Any) -> float:
    """Return the calls for each payload of a block of lines, after all kinds of payloads have been seen."""
    lines = [orjson.dumps(value) for value in payloads]
    block = Lines("stream.ndjson", 1, b"\n".join(lines))
    form = FORMATS[options.pop("format", "json")](**options)
    worker = Worker(Setup((form,), DEFAULT_LIMITS, 1000, {}), CATALOGUE)
    for _ in range(1 + 1100 // len(lines)):  # checkers are combined after a thousand payloads
        worker.check(block, 0)
    return calls(lambda: worker.check(block, 0)) / len(lines)


@pytest.mark.parametrize(
    ("payloads", "options", "most"),
    [
        pytest.param(VALID, {"show": "none"}, 73, id="valid, counted"),
        pytest.param(VALID, {"format": "json"}, 79, id="valid, as JSON"),
        pytest.param(VALID, {"format": "text"}, 79, id="valid, as text"),
        pytest.param(WITH_UNKNOWN_FIELD, {"show": "none"}, 200, id="an unknown field, counted"),
        pytest.param(WITH_UNKNOWN_FIELD, {"format": "json"}, 275, id="an unknown field, as JSON"),
        pytest.param(WITH_ERROR, {"format": "json"}, 655, id="an error, as JSON"),
    ],
)
def test_calls_per_payload(payloads: list[Any], options: dict[str, Any], most: float) -> None:
    """A payload takes at most a tenth more calls than when the number was set. If you make the hot path shorter, lower the number."""
    found = calls_per_payload(payloads, **options)
    assert most / 2 < found < most, f"{found:.0f} calls per payload"
