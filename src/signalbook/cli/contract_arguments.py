"""Resolves the contracts that arguments name, and writes commands back as text."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from signalbook.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.registry import Contract, Registry


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
