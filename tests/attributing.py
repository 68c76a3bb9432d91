"""Deliveries of every event whose envelope says more of it than its name: with each status that a name may end in, and with other resources."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from mutants import changed
from signalbook.envelopes.opener import open_payload
from signalbook.registry import examples
from signalbook.registry.recognition import text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook import Registry
    from signalbook.registry import Attribute, Envelope, Event

STATUSES = ("Inquiring", "Scheduled", "Executing", "Executed", "Avoided", "Canceled", "Failed")
"""All statuses of system events, as the provider documents them."""
TAILS = (*STATUSES, "Foo", "", "Scheduled:Again", "executed", "Executed\n")
ARN = "acs:ecs:cn-hangzhou:1698052376184930:"
RESOURCES = (
    *(f"{ARN}{kind}/x-1" for kind in ("instance", "disk", "eni", "snapshot", "image")),
    "acs:rds:cn-hangzhou:1698052376184930:instance/x",
    "acs:",
)


class Case(NamedTuple):
    """A payload with one attribute changed: to which value, in which event and envelope, and at which place."""

    event: Event
    envelope: Envelope
    rule: Attribute
    value: str
    pointer: str
    payload: Any


def _replaced(new: str, _: Any) -> str:
    return new


def cases(registry: Registry) -> Iterator[Case]:
    """Yield a delivery of each event in each of its envelopes, with each attribute changed to each value."""
    for event in registry.events.values():
        for example, payload in examples.read(examples.of(registry, event.newest, "delivered")):
            opened = open_payload(payload, registry)[0]
            if len(example.words) > 1 or not opened.layers:
                continue
            layer = opened.layers[-1]
            for rule in layer.envelope.attributes:
                path = (*layer.path, *rule.path)
                text = text_at(layer.value, rule.path)
                if text is None:
                    continue
                match = rule.capture.search(text)
                name = text[: match.start(1) - 1] if match else text
                for value in TAILS if rule.name == "status" else RESOURCES:
                    new = f"{name}:{value}" if rule.name == "status" else value
                    yield Case(
                        event,
                        layer.envelope,
                        rule,
                        value,
                        "/" + "/".join(map(str, path)),
                        changed(payload, path, partial(_replaced, new)),
                    )
