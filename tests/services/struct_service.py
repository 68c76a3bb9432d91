"""A service on msgspec structs: changes of resources in Huawei Cloud, from topics, functions and stored files."""

from __future__ import annotations

import gzip
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENTS = ["huawei/config/resource-changed"]
HANDLER = "receive"
BUG = ""


class Rejected(ValueError):
    """Not a payload that this service takes."""


class Resource(msgspec.Struct):
    """What changed."""

    id: str
    name: str
    provider: str
    type: str
    updated: datetime | None = None
    tags: dict[str, str] = {}


class Change(msgspec.Struct):
    """A change of a resource."""

    resource: Resource
    event_type: str
    capture_time: datetime


class Published(msgspec.Struct):
    """What a topic hands to a function."""

    message: str


class Record(msgspec.Struct):
    """One message that a function gets."""

    smn: Published


class Payload(msgspec.Struct):
    """Whatever arrives: which fields it has tells what it is."""

    record: list[Record] | None = None
    notification_items: list[msgspec.Raw] | None = None
    message: str | None = None
    notification_type: str | None = None
    detail: msgspec.Raw = msgspec.Raw()


def receive(data: bytes) -> list[str]:
    """Return a line for each change in a payload. Raises `Rejected`."""
    try:
        text = gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
        return [told(change) for change in changes(text)]
    except (msgspec.MsgspecError, OSError, EOFError, zlib.error) as error:
        raise Rejected(str(error)) from error


def changes(data: bytes | str | msgspec.Raw) -> Iterator[Change]:
    """Yield each change in a payload; notifications of another kind are passed over."""
    payload = msgspec.json.decode(data, type=Payload)
    if payload.notification_type is not None:
        if payload.notification_type == "ResourceChanged":
            yield msgspec.json.decode(payload.detail, type=Change)
        return
    inner: list[str | msgspec.Raw] = [
        *(payload.notification_items or []),
        *(one.smn.message for one in payload.record or []),
    ]
    if payload.message is not None:
        inner.append(payload.message)
    if not inner:
        raise Rejected("nothing in it")
    for one in inner:
        yield from changes(one)


def told(change: Change) -> str:
    """Return a line about a change."""
    resource = change.resource
    name = resource.name if len(resource.name) <= 40 else f"{resource.name[:39]}…"
    age = f", after {change.capture_time - resource.updated}" if resource.updated else ""
    at = change.capture_time.astimezone(UTC)
    return f"{at:%H:%M} {resource.provider}.{resource.type} {name} {change.event_type.lower()}{age}, {len(resource.tags)} tags"
