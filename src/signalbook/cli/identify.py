"""Implements `signalbook identify`: says what payloads are, and why."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from signalbook import reporting
from signalbook.cli import console
from signalbook.cli.console import CLEAN, FINDINGS
from signalbook.envelopes import identification
from signalbook.reading import paths
from signalbook.registry import Registry

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Identify payloads and explain why."""
    registry = Registry.load(options.schemas)
    paint = reporting.paint("auto", sys.stdout is not None and sys.stdout.isatty(), os.environ)
    clean = True
    for document in paths.documents(options.paths):
        for found in identification.identify_document(document, registry):
            clean = clean and found.status == "identified"
            if options.format == "json":
                console.put_json(f"{reporting.identity_json(found)}\n")
            else:
                console.say(reporting.identity_text(found, paint), coloured=True)
    return CLEAN if clean else FINDINGS
