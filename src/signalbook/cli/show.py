"""Implements `signalbook show`: shows an event, an envelope, a known name, or a contract as one self-contained schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.cli import console
from signalbook.cli.console import CLEAN
from signalbook.codegen import bundles
from signalbook.errors import UnknownContract, Unreadable
from signalbook.registry import Registry, examples
from signalbook.site import catalogue

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Show one event, one envelope, or a known name that has no contract."""
    registry = Registry.load(options.schemas)
    event_id, _, version = options.id.partition("@")
    if event_id in registry.known_names and options.format == "text":
        console.say(catalogue.known_page(registry.known_names[event_id]))
        return CLEAN
    if options.format == "schema":
        console.put_value(_bundle(registry, event_id, version or None, options.envelope))
        return CLEAN
    if event_id in registry.envelopes:
        envelope = registry.envelopes[event_id]
        if options.format == "json":
            console.put_value(catalogue.envelope_entry(envelope))
        else:
            console.say(catalogue.envelope_page(envelope, registry))
        return CLEAN
    event = registry.event(event_id)
    contract = registry.contract(event.id, version or None)
    if options.format == "json":
        console.put_value(catalogue.details(event, contract, registry))
    else:
        console.say(catalogue.page(event, contract, registry, examples.shown(registry, contract)))
    return CLEAN


def _bundle(
    registry: Registry, event_id: str, version: str | None, envelope_id: str | None
) -> dict[str, Any]:
    """Return a contract, alone or inside an envelope, as one self-contained schema. Raises `UnknownContract` and `CannotCompose`."""
    if event_id in registry.envelopes:
        raise Unreadable(
            event_id,
            "is an envelope: its schema does not describe the payload inside",
            f"name an event and use --envelope {event_id}",
        )
    contract = registry.contract(event_id, version)
    if envelope_id is None:
        return bundles.bundle(contract)
    carriers = registry.events[contract.of].envelopes
    short = {name.split("/")[1]: name for name in carriers}
    if envelope_id not in carriers and envelope_id not in short:
        raise UnknownContract(envelope_id, carriers)
    return bundles.bundle(contract, registry.envelopes[short.get(envelope_id, envelope_id)])
