"""A service on typed models: one event of each provider, and whatever else comes is told by its name."""

from __future__ import annotations

from datetime import UTC

from signalbook_models.alibaba.ecs import InstanceStateChange
from signalbook_models.huawei.config import ResourceChanged
from signalbook_models.jdcloud.vm import StateChange

import signalbook

EVENTS = ["alibaba/ecs/instance-state-change", "huawei/config/resource-changed", "jdcloud/vm/state-change"]
HANDLER = "handle"
BUG = ""


def handle(payload: bytes) -> list[str]:
    """Return a line for each event of a payload. Raises `signalbook.ParseError`."""
    try:
        deliveries = signalbook.parse_all(payload, level="tolerant")
    except signalbook.ParseError as error:
        # A name that nobody knows yet is no fault of the payload.
        if error.verdict.name and {finding.rule for finding in error.verdict.errors} <= {"unknown-event"}:
            return [f"{error.verdict.name}: not known here"]
        raise
    return [told(delivery) for delivery in deliveries]


def told(delivery: signalbook.Delivery) -> str:
    """Return what an event means to this service."""
    match delivery.body:
        case InstanceStateChange() as changed:
            return f"{changed.instance_name or changed.resource_id} is {changed.state.lower()}"
        case ResourceChanged(resource=resource, event_type=how, capture_time=at):
            return f"{resource.name}: {how.lower()} at {at.astimezone(UTC):%H:%M}, {len(resource.tags or {})} tags"
        case StateChange(instance_id=instance, instance_current_state=now, instance_last_state=before):
            return f"{instance}: {before or 'nothing'} → {now or 'nothing'}"
        case _:
            return f"{delivery.event}: nothing to do"
