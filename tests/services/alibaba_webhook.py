"""A webhook written by hand: three events of Elastic Compute Service, on whichever way CloudMonitor and EventBridge send them, told as lines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable

EVENTS = [
    "alibaba/ecs/instance-state-change",
    "alibaba/ecs/instance-preemptible-instance-interruption",
    "alibaba/ecs/disk-stalled",
]
HANDLER = "handle"
BUG = ""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rejected(ValueError):
    """Not a notification that this service takes."""


class Notice(NamedTuple):
    """What all ways have in common: the event's name, when it happened (where that is said), and its content."""

    name: str
    at: datetime | None
    content: dict[str, Any]


def handle(body: bytes) -> list[str]:
    """Return the lines to write for a request's body; none for an event of another name. Raises `Rejected`."""
    notice = opened(body_as_json(body))
    name = ":".join(notice.name.removeprefix("ecs:").split(":")[:2])
    tell = TOLD.get(name)
    clock = f"{notice.at:%Y-%m-%d %H:%M} " if notice.at else ""
    return [f"{clock}{line}" for line in tell(notice.content)] if tell else []


def body_as_json(body: bytes) -> dict[str, Any]:
    """Return a body as one object: JSON, or the fields of a form."""
    try:
        text = body.decode()
        found = (
            json.loads(text)
            if text.lstrip()[:1] in ("{", "[")
            else dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))
        )
    except ValueError as error:
        raise Rejected(f"unreadable: {error}") from error
    return as_object(found)


def opened(payload: dict[str, Any]) -> Notice:
    """Return the notice in a payload, whatever stands around it."""
    if "Message" in payload:
        return opened(as_object(payload["Message"]))
    if "alert" in payload:
        alert = as_object(payload["alert"])
        return Notice(
            text(alert, "eventName"), moment(alert.get("timestamp")), as_object(alert.get("eventContentMap"))
        )
    if "specversion" in payload:
        return Notice(text(payload, "type"), moment(payload.get("time")), as_object(payload.get("data")))
    if "Content" in payload:
        return Notice(text(payload, "Name"), moment(payload.get("Time")), as_object(payload["Content"]))
    return Notice(text(payload, "name"), moment(payload.get("eventTime")), as_object(payload.get("content")))


def as_object(value: Any) -> dict[str, Any]:
    """Return an object, which may be written as JSON in a string."""
    try:
        found = json.loads(value) if isinstance(value, str) else value
    except ValueError as error:
        raise Rejected(f"no JSON: {error}") from error
    if not isinstance(found, dict):
        raise Rejected(f"no object: {found!r}")
    return found


def text(of: dict[str, Any], key: str) -> str:
    """Return a text that has to be there."""
    if not isinstance(found := of.get(key), str):
        raise Rejected(f"{key} is no text")
    return found


def moment(value: Any) -> datetime | None:
    """Return a time: milliseconds, also as text, or a date with its offset; None where there is none."""
    if value is None:
        return None
    try:
        if isinstance(value, int) or value.isdigit():
            return EPOCH + timedelta(milliseconds=int(value))
        return datetime.fromisoformat(value).astimezone(UTC)
    except (AttributeError, ValueError, OverflowError) as error:
        raise Rejected(f"no time: {value!r}") from error


def state_change(content: dict[str, Any]) -> list[str]:
    """Tell in which state an instance is now."""
    words = {"Running": "is up", "Stopped": "is down", "Deleted": "is gone"}
    state = text(content, "state")
    return [f"{content.get('instanceName') or text(content, 'resourceId')} {words.get(state, state.lower())}"]


def interruption(content: dict[str, Any]) -> list[str]:
    """Tell that an instance will be taken away, and what else may be done to it."""
    instance, action = text(content, "instanceId"), text(content, "action")
    return [f"{instance} will be {'released' if action == 'delete' else action} in five minutes"]


def disk_stalled(content: dict[str, Any]) -> list[str]:
    """Tell which disk is slow, and for how long where it is over."""
    since, until = moment(text(content, "executeStartTime")), moment(content.get("executeFinishTime"))
    lasted = f" for {(until - since).total_seconds():.0f} s" if since and until else ""
    return [
        f"{text(content, 'diskId')} of {text(content, 'ecsInstanceId')}: {text(content, 'eventType')}{lasted}"
    ]


TOLD: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "Instance:StateChange": state_change,
    "Instance:PreemptibleInstanceInterruption": interruption,
    "Disk:Stalled": disk_stalled,
}
