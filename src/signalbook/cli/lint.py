"""Implements `signalbook lint`: checks a tree of schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook import reporting
from signalbook.cli import console
from signalbook.cli.console import CLEAN, FINDINGS
from signalbook.codegen import writer
from signalbook.registry import Registry, default_root, lint

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Check a tree of schemas against the lint rules."""
    # The catalogue is read in full too: by default, only the files that a command needs are read.
    registry = Registry.load(options.schemas or default_root())
    if options.fix:
        written = writer.write(lint.formatted(registry), registry.root)
        console.say(*(f"formatted {reporting.safe(str(registry.root / path))}" for path in written))
    findings = lint.run(registry, lint.rules(options.base))
    console.say(*map(str, findings))
    looked_at = f"{reporting.counted(len(registry.events), 'event')}, {reporting.counted(len(registry.envelopes), 'envelope')}"
    console.say(f"{looked_at}: {reporting.counted(len(findings), 'finding') if findings else 'no findings'}")
    return FINDINGS if findings else CLEAN
