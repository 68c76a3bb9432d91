"""Defines lint rules, and the files and contracts that they check."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook.reading import json_errors, strict_json
from signalbook.registry import examples
from signalbook.registry.lint.rule_texts import ASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signalbook.errors import Fault
    from signalbook.registry import Contract, Envelope, Event, Registry
    from signalbook.registry.examples import Example


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, one line on why it exists, and the function that yields a fault for each violation, with the file's path below the root."""

    name: str
    why: str
    find: Callable[[Registry], Iterable[Fault]]

    @property
    def what(self) -> str:
        """What the rule requires, as a sentence."""
        return ASKS[self.name]


def files(registry: Registry) -> Iterator[tuple[str, bytes]]:
    """Yield the path below the root and the bytes of every JSON file of the tree, in order, including examples.

    Skips unreadable examples, which are kept as they were printed, and hidden files, which belong to other tools.
    """
    for path in sorted(registry.root.rglob("*.json")):
        below = path.relative_to(registry.root)
        if (
            path.parent.name != "unreadable"
            and path.is_file()
            and not any(part.startswith(".") for part in below.parts)
        ):
            yield below.as_posix(), path.read_bytes()


def canonical(data: bytes) -> bytes | None:
    """Return a document in the canonical format, or None if that would change a number in it. Raises `NotJSON`."""
    wanted = strict_json.canonical(strict_json.loads(data))
    return wanted if _with_numbers_as_text(wanted) == _with_numbers_as_text(data) else None


def _with_numbers_as_text(data: bytes) -> Any:
    # The standard library's parser passes on the text of a number; ours converts one with too many digits to a double.
    return json.loads(data.decode("utf-8-sig"), parse_int=str, parse_float=str)


def contracts(registry: Registry) -> Iterator[Contract]:
    """Yield every contract: first those of events, then those of envelopes."""
    for owner in owners(registry):
        yield from owner.versions.values()


def readable(registry: Registry, contract: Contract, kind: examples.Kind) -> Iterator[tuple[Example, Any]]:
    """Yield the examples of a contract that are JSON; the rule "format" reports the others."""
    return examples.read(examples.of(registry, contract, kind))


def examples_folder(registry: Registry, contract: Contract) -> str:
    """Return the folder of a contract's examples, as a path below the root."""
    return examples.folder(registry, contract).relative_to(registry.root).as_posix()


def owners(registry: Registry) -> list[Event | Envelope]:
    """Return everything that has contracts: first the events, then the envelopes."""
    return [*registry.events.values(), *registry.envelopes.values()]


def formatted(registry: Registry) -> dict[str, bytes]:
    """Return every file of the tree in the canonical format, by path below the root. Skips files that cannot be formatted without loss."""
    out = {}
    for name, data in files(registry):
        try:
            wanted = canonical(data)
        except json_errors.NotJSON:
            continue
        if wanted is not None:
            out[name] = wanted
    return out
