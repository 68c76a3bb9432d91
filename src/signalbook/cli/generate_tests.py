"""Implements `signalbook generate tests`: writes a test module for a handler into the user's project."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook.cli import console, contract_arguments
from signalbook.cli.exit_codes import CLEAN
from signalbook.codegen import writer
from signalbook.errors import Unreadable
from signalbook.registry import Registry
from signalbook.terminal import safe
from signalbook.testing import handler_tests
from signalbook.testing.sampler import Sampler

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Write a module with a test for each event. Existing files are overwritten only with `--force`."""
    handler = handler_tests.Name.of(options.handler)
    raises = [handler_tests.Name.of(text) for text in options.raises]
    registry = Registry.load(options.schemas)
    makes = Sampler(registry)
    recipes = [
        [
            one
            for route in options.envelope or [None]
            for one in makes.recipes(contract.of, contract.version, route)
        ]
        for contract in contract_arguments.contracts(registry, options.ids)
    ]
    more = {
        "handler": [options.handler],
        "envelope": options.envelope,
        "raises": options.raises,
        "out": [options.out],
        "schemas": [options.schemas],
    }
    command = contract_arguments.command("generate tests", options.ids, **more)
    text = handler_tests.module(
        handler_tests.Wanted(handler, handler_tests.signature(handler), recipes, raises, options.schemas),
        command,
    )
    name = f"test_{handler.name}_contracts.py"
    path = Path(options.out, name)
    # Keep the file even if signalbook wrote it: users are meant to edit this module.
    if (
        not options.force
        and writer.exists(path.parent, name)
        and writer.differences({name: text.encode()}, path.parent)
    ):
        raise Unreadable(
            str(path), "already exists and may contain your changes", "move it, or overwrite it with --force"
        )
    writer.write({name: text.encode()}, options.out)
    count = len(recipes)
    shown = shlex.quote(f"./{path}" if str(path).startswith("-") else str(path))
    console.say(
        f"{safe(str(path))}: {count} test{'' if count == 1 else 's'}; run them with 'python -m pytest {safe(shown)}'"
    )
    return CLEAN
