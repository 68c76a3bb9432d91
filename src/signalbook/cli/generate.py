"""Implements `signalbook generate types` and `signalbook generate tests`: writes Python into the project of a user."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook.cli import console, written_files
from signalbook.cli.console import CLEAN
from signalbook.codegen import packages, writer
from signalbook.errors import Unreadable
from signalbook.registry import Registry
from signalbook.terminal import safe
from signalbook.testing import handler_tests
from signalbook.testing.sampler import Sampler

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from signalbook.registry import Contract


def contracts(registry: Registry, words: Iterable[str]) -> list[Contract]:
    """Return the named contracts: an event, with or without a version, or a provider or service, for the newest version of each of its events.

    Raises `UnknownContract`.
    """
    found = [contract for word in words for contract in _named(registry, word)]
    return list({str(contract): contract for contract in found}.values())


def _named(registry: Registry, word: str) -> Iterator[Contract]:
    below = [event for event in registry.events.values() if event.id.startswith(f"{word}/")]
    if below:
        yield from (event.newest for event in below)
        return
    event_id, _, version = word.partition("@")
    if event_id in registry.envelopes:
        raise Unreadable(
            word, "is an envelope, not an event", "name events instead: their envelopes are included"
        )
    if event_id in registry.known_names:
        raise Unreadable(word, "has no contract: the provider does not document the content of this event")
    yield registry.contract(event_id, version or None)


def command(name: str, words: Iterable[str], **options: Iterable[str | None]) -> str:
    """Return a signalbook command, quoted for a shell, with the given options; empty values and None are left out."""
    given = [(f"--{option}", value) for option, values in options.items() for value in values if value]
    # Write a value that begins with a dash as `--option=value`, or it would be parsed as an option.
    pairs = [[f"{option}={value}"] if value.startswith("-") else [option, value] for option, value in given]
    return f"signalbook {name} {shlex.join([*words, *(word for pair in pairs for word in pair)])}"


def run_types(options: argparse.Namespace) -> int:
    """Write Python types into the user's project."""
    registry = Registry.load(options.schemas)
    files = packages.package(registry, contracts(registry, options.ids), options.style)
    repeat = command(
        "generate types", options.ids, style=[options.style], out=[options.out], schemas=[options.schemas]
    )
    return written_files.write_or_check(
        options, written_files.with_manifest(files), written_files.own_files(options.out, files), repeat
    )


def run_tests(options: argparse.Namespace) -> int:
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
        for contract in contracts(registry, options.ids)
    ]
    more = {
        "handler": [options.handler],
        "envelope": options.envelope,
        "raises": options.raises,
        "out": [options.out],
        "schemas": [options.schemas],
    }
    repeat = command("generate tests", options.ids, **more)
    text = handler_tests.module(
        handler_tests.Wanted(handler, handler_tests.signature(handler), recipes, raises, options.schemas),
        repeat,
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
