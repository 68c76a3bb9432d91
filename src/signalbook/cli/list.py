"""Implements `signalbook list`: lists the events of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.cli import console
from signalbook.cli.console import CLEAN
from signalbook.registry import Registry
from signalbook.site import catalogue

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """List the events of the catalogue."""
    registry = Registry.load(options.schemas)
    chosen = {"provider": options.provider, "service": options.service, "text": options.text}
    events = catalogue.chosen(registry, **chosen)
    if options.format == "json":
        console.put_value([catalogue.entry(event, registry) for event in events])
    else:
        console.say(catalogue.listing(events, registry, catalogue.named_only(registry, **chosen)))
    return CLEAN
