"""A function as FunctionGraph calls it: changes of resources and traces of operations, taken apart with patterns."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = ["huawei/config/resource-changed", "huawei/cts/trace"]
HANDLER = "handler"
BUG = ""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PER_SECOND = {10: 1, 13: 10**3, 19: 10**9}
DATES = (
    "%m/%d/%Y %H:%M:%S GMT%z",
    "%Y/%m/%d %H:%M:%S GMT%z",
    "%Y-%m-%d %H:%M:%S GMT%z",
    "%b %d, %Y %H:%M:%S GMT%z",
)
FAILURES = 400


class Rejected(ValueError):
    """Not an event that this function takes."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Return a line for each event that a call brings. Raises `Rejected`."""
    lines = [told(one) for one in opened(event)]
    context.getLogger().info("%d events", len(lines))
    return {"statusCode": 200, "lines": [line for line in lines if line]}


def opened(payload: Any) -> Iterator[dict[str, Any]]:
    """Yield each event in a payload: the messages of a topic, the notifications of a file, a trace, or what it is itself."""
    match payload:
        case {"record": [*records]}:
            for record in records:
                yield from opened(message(record))
        case {"notification_items": [*items]}:
            for item in items:
                yield from opened(item)
        case {"topic_urn": str(), "message": str(text)}:
            yield from opened(decoded(text))
        case {"cts": trace} | {"specversion": str(), "data": trace}:
            yield from opened(trace)
        case {"notification_type": str()} | {"trace_name": str()}:
            yield payload
        case _:
            raise Rejected("no event")


def message(record: Any) -> Any:
    """Return what was published to a topic."""
    match record:
        case {"smn": {"message": str(text)}}:
            return decoded(text)
    raise Rejected("a record without a message")


def decoded(text: str) -> Any:
    """Return what JSON text says."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise Rejected("a message that is no JSON") from error


def told(event: dict[str, Any]) -> str | None:
    """Return a line about an event; None for one of another kind."""
    match event:
        case {
            "notification_type": "ResourceChanged",
            "detail": {"resource": {"id": str(one), "name": str(name)}, "event_type": str(how), **more},
        }:
            at = moment(more.get("capture_time"))
            return f"{name} ({one}) {how.lower()} at {at:%H:%M}"
        case {"notification_type": "ResourceChanged"}:
            raise Rejected("a change without its resource")
        case {"notification_type": str()}:
            return None
        case {"trace_name": str(name), "service_type": str(service), "time": time, "user": user}:
            return f"{service} {name} by {operator(user)}{clock(time)}{'' if succeeded(event.get('code')) else ', failed'}"
    raise Rejected("a trace without what all traces have")


def operator(user: Any) -> str:
    """Return who did it: an object, a text, or nobody."""
    match user:
        case None:
            return "the system"
        case str():
            return user
        case {"name": str(name)}:
            return name
    raise Rejected("no user")


def succeeded(code: Any) -> bool:
    """Whether an answer's status is one of success; where none is given there was no failure."""
    match code:
        case None | "" | bool():
            return True
        case int():
            return code < FAILURES
        case str() if code.isdecimal():
            return int(code) < FAILURES
    raise Rejected("no status")


def moment(value: Any) -> datetime:
    """Return the time of a notification."""
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise Rejected("no time") from error


def clock(value: Any) -> str:
    """Return when an operation was: digits in one of three units, a date in one of four forms, or nothing."""
    if value == "":
        return ""
    digits = str(value)
    if isinstance(value, int | str) and digits.isdecimal() and len(digits) in PER_SECOND:
        return f" at {EPOCH + timedelta(seconds=int(digits) // PER_SECOND[len(digits)]):%H:%M}"
    for form in DATES:
        try:
            return f" at {datetime.strptime(digits, form).astimezone(UTC):%H:%M}"
        except (ValueError, OverflowError):
            continue
    raise Rejected("no time")
