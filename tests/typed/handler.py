"""A small service for three providers, written against the generated types as a user would: it only has to satisfy the type checkers, and run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import assert_type

from signalbook_models.alibaba.ecs import InstancePreemptibleInstanceInterruption, InstanceStateChange
from signalbook_models.alibaba.envelopes import Cloudmonitor
from signalbook_models.huawei.config import ResourceChanged
from signalbook_models.huawei.types import CtsTrace
from signalbook_models.jdcloud.vm import StateChange

import signalbook


def handle(payload: bytes) -> list[str]:
    """Return a line for each event that a payload carries; a payload that breaks its contract is told as one."""
    try:
        return [told(delivery) for delivery in signalbook.parse_all(payload)]
    except signalbook.ParseError as error:
        first = error.verdict.findings[0] if error.verdict.findings else None
        return [f"{error.verdict.status}: {first.message if first else error}", *map(told, error.deliveries)]


def told(delivery: signalbook.Delivery) -> str:  # noqa: PLR0911 - one for each kind of event
    """Return what an event means to this service."""
    match delivery.body:
        case InstanceStateChange(state="Stopped", resource_id=instance):
            return f"{instance} stopped in {region(delivery)}"
        case InstanceStateChange() as changed:
            assert_type(changed.instance_name, str | None)
            return f"{changed.instance_name or changed.resource_id} is {changed.state.lower()}"
        case InstancePreemptibleInstanceInterruption(instance_id=instance):
            return f"{instance} will be taken away"
        case ResourceChanged(event_type="DELETE", resource=resource, capture_time=at):
            assert_type(at, datetime)
            return f"{resource.provider} {resource.id} deleted at {at.astimezone(UTC):%H:%M}"
        case CtsTrace() as trace:
            return f"{trace.trace_name} by {operator(trace)}"
        case StateChange(instance_current_state=now, instance_last_state=before):
            return f"{before or 'nothing'} → {now}"
        case other:
            return f"{delivery.event}: nothing to do with {len(other.model_extra or {})} unknown fields"


def region(delivery: signalbook.Delivery) -> str:
    """Return the region that the envelope names."""
    for envelope in delivery.envelopes:
        match envelope:
            case Cloudmonitor(region_id=found):
                return found
            case _:
                continue
    return "nowhere"


def operator(trace: CtsTrace) -> str:
    """Return who did it: an object, a text, or nobody."""
    user = trace.user
    return user if isinstance(user, str) else user.name if user else "the system"
