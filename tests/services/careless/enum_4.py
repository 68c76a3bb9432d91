"""Parses at the level of the documents, so that what they do not list is refused as broken."""

from __future__ import annotations

import signalbook

EVENTS = [
    "alibaba/ecs/instance-preemptible-instance-interruption",
    "alibaba/ecs/instance-state-change",
    "huawei/config/resource-changed",
]
HANDLER = "handle"
BUG = "closed enum"


def handle(payload: bytes) -> list[str]:
    """Return which events a payload carries. Raises `signalbook.ParseError`, for tomorrow's payloads too."""
    return [
        f"{delivery.event}: {sorted(delivery.body.to_payload())}"
        for delivery in signalbook.parse_all(payload, level="documented")
    ]
