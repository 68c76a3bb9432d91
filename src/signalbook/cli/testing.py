"""`signalbook generate tests`: a test module for somebody's handler, written into their project."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook import sync
from signalbook.cli import console
from signalbook.cli import writing as words
from signalbook.cli.commands import CLEAN
from signalbook.errors import Unreadable
from signalbook.handling import writing
from signalbook.registry import Registry
from signalbook.sampling import Sampler
from signalbook.terminal import safe

if TYPE_CHECKING:
    import argparse


def generate_tests(options: argparse.Namespace) -> int:
    """Write a module with a test for each event. What is there already is not overwritten without `--force`."""
    handler = writing.Name.of(options.handler)
    raises = [writing.Name.of(text) for text in options.raises]
    registry = Registry.load(options.schemas)
    makes = Sampler(registry)
    recipes = [
        [one for route in options.envelope or [None] for one in makes.recipes(contract.of, contract.version, route)]
        for contract in words.contracts(registry, options.ids)
    ]
    more = {"handler": [options.handler], "envelope": options.envelope, "raises": options.raises, "out": [options.out], "schemas": [options.schemas]}
    command = words.command("generate tests", options.ids, **more)
    text = writing.module(writing.Wanted(handler, writing.signature(handler), recipes, raises, options.schemas), command)
    name = f"test_{handler.name}_contracts.py"
    path = Path(options.out, name)
    # Somebody's file also where it says that we wrote it: such a module is there to be changed.
    if not options.force and sync.exists(path.parent, name) and sync.differences({name: text.encode()}, path.parent):
        raise Unreadable(str(path), "is there already, and may hold your changes", "move it away, or write it anew with --force")
    sync.write({name: text.encode()}, options.out)
    count = len(recipes)
    shown = shlex.quote(f"./{path}" if str(path).startswith("-") else str(path))
    console.say(f"{safe(str(path))}: {count} test{'' if count == 1 else 's'}; run them with 'python -m pytest {safe(shown)}'")
    return CLEAN
