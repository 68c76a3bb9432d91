"""Trusts a field of a model that may be None: a type checker would have said so."""

from __future__ import annotations

from signalbook_models.alibaba.ecs import InstanceStateChange

import signalbook

EVENTS = ["alibaba/ecs/instance-state-change"]
HANDLER = "handle"
BUG = "optional field"


def handle(payload: bytes) -> list[str]:
    """Return a line for each change of state. Raises `signalbook.ParseError`."""
    lines = []
    for delivery in signalbook.parse_all(payload, level="tolerant"):
        if isinstance(delivery.body, InstanceStateChange):
            family = delivery.body.instance_type.split(".")[1]  # type: ignore[union-attr]  # the bug
            lines.append(f"{delivery.body.resource_id} ({family}) is {delivery.body.state}")
    return lines
