"""What a rule of the law is, and the files and contracts that rules look at."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook import examples, jsontext
from signalbook.lint.asked import ASKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from signalbook.errors import Fault
    from signalbook.examples import Example
    from signalbook.registry import Contract, Envelope, Event, Registry


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, why it is there in a line, and the function that finds what breaks it: faults, with the path of the file below the root."""

    name: str
    why: str
    find: Callable[[Registry], Iterable[Fault]]

    @property
    def what(self) -> str:
        """What it asks for, as a sentence."""
        return ASKS[self.name]


def files(registry: Registry) -> Iterator[tuple[str, bytes]]:
    """Yield the path below the root and the bytes of every JSON file of the tree, in order, examples included.

    Unreadable examples are kept as they were printed, and hidden files belong to somebody else: both are left out.
    """
    for path in sorted(registry.root.rglob("*.json")):
        below = path.relative_to(registry.root)
        if path.parent.name != "unreadable" and path.is_file() and not any(part.startswith(".") for part in below.parts):
            yield below.as_posix(), path.read_bytes()


def canonical(data: bytes) -> bytes | None:
    """Return a document in the canonical format, or None where that would change a number in it. Raises `NotJSON`."""
    wanted = jsontext.canonical(jsontext.loads(data))
    return wanted if _with_numbers_as_text(wanted) == _with_numbers_as_text(data) else None


def _with_numbers_as_text(data: bytes) -> Any:
    # The standard library's parser hands over the text of a number; ours makes a double of one with too many digits.
    return json.loads(data.decode("utf-8-sig"), parse_int=str, parse_float=str)


def contracts(registry: Registry) -> Iterator[Contract]:
    """Yield every contract: those of events, then those of envelopes."""
    for owner in owners(registry):
        yield from owner.versions.values()


def readable(registry: Registry, contract: Contract, kind: examples.Kind) -> Iterator[tuple[Example, Any]]:
    """Yield the examples of a contract that are JSON; the rule "format" reports the others."""
    return examples.read(examples.of(registry, contract, kind))


def examples_folder(registry: Registry, contract: Contract) -> str:
    """Return the path below the root of the folder of a contract's examples."""
    return examples.folder(registry, contract).relative_to(registry.root).as_posix()


def owners(registry: Registry) -> list[Event | Envelope]:
    """Return all that has contracts: the events, then the envelopes."""
    return [*registry.events.values(), *registry.envelopes.values()]


def formatted(registry: Registry) -> dict[str, bytes]:
    """Return every file of the tree in the canonical format, by its path below the root; what cannot be formatted without loss is left out."""
    out = {}
    for name, data in files(registry):
        try:
            wanted = canonical(data)
        except jsontext.NotJSON:
            continue
        if wanted is not None:
            out[name] = wanted
    return out
