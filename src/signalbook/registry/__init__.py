"""Reads a tree of schemas once into an immutable `Registry`.

`tree_reader` turns files into documents, and `builder` turns these into the values of `model`; both collect every fault.
`recognition` and `event_index` are the two lookups of identification: from a payload to its envelope, and from an envelope to the event it names.
Only lint reads the files again, because it checks their bytes.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook.engine import suggestions
from signalbook.errors import BrokenRegistry, Fault, UnknownContract
from signalbook.registry.builder import Maker
from signalbook.registry.event_index import Collision, Index
from signalbook.registry.model import (
    Attribute,
    Contract,
    Disagreement,
    Envelope,
    Event,
    Frozen,
    KeyPart,
    KnownName,
    Neighbour,
    Provider,
    Recognition,
    Service,
    Source,
    Title,
    Transport,
)
from signalbook.registry.recognition import Recogniser
from signalbook.registry.trusted_reader import TrustedFiles

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signalbook.engine.levels import Schema
    from signalbook.engine.schema_validator import Library
    from signalbook.registry.tree_reader import Files

__all__ = [
    "Attribute",
    "Collision",
    "Contract",
    "Disagreement",
    "Envelope",
    "Event",
    "Index",
    "KeyPart",
    "KnownName",
    "Neighbour",
    "Provider",
    "Recognition",
    "Registry",
    "Service",
    "Source",
    "Title",
    "Transport",
    "default_registry",
]

_PACKAGE = Path(__file__).parent.parent


@dataclass(eq=False, repr=False)
class Registry(Frozen):
    """All contracts and envelopes of one tree. Immutable; create one with `Registry.load`."""

    root: Path
    name: str
    title: str
    base_url: str
    providers: Mapping[str, Provider]
    envelopes: Mapping[str, Envelope]
    events: Mapping[str, Event]
    shared: Mapping[str, Schema]
    """The shared definitions, by their path below the root."""
    library: Library
    """All schema files, by their `$id`."""

    def __repr__(self) -> str:
        # A complete repr would be 750 kB, and tests show their arguments.
        return f"<Registry {self.name}: {len(self.events)} events of {self.root}>"

    @staticmethod
    def load(root: str | Path | None = None) -> Registry:
        """Read the tree at `root`, or the catalogue that comes with the kit. Raises `BrokenRegistry` with every fault it found.

        The catalogue was checked when it was released, so only the files that are needed are read. To check it again, pass `default_root()`.
        """
        if root is None:
            try:
                return _made(default_root(), TrustedFiles(default_root()))
            except (OSError, LookupError, TypeError, ValueError):
                return Registry.load(default_root())
        where = Path(root)
        if not os.path.isdir(where):  # noqa: PTH112 - pathlib raises below a folder without access permission
            raise BrokenRegistry(
                (
                    Fault(
                        str(where),
                        "",
                        "no such folder",
                        "pass the folder that contains registry.json to --schemas",
                    ),
                )
            )
        if not (where / "registry.json").exists() and (inner := sorted(where.glob("*/registry.json"))):
            raise BrokenRegistry(
                (
                    Fault(
                        str(where),
                        "",
                        "does not contain registry.json, but one of its folders does",
                        f"did you mean --schemas {inner[0].parent}?",
                    ),
                )
            )
        from signalbook.registry.tree_reader import Files  # noqa: PLC0415 - the catalogue that comes with the kit does not need it

        files = Files(where)
        files.read()
        return _made(where, files)

    @cached_property
    def services(self) -> dict[str, Service]:
        """The services of all providers, by id."""
        return {
            service.id: service
            for provider in self.providers.values()
            for service in provider.services.values()
        }

    @cached_property
    def index(self) -> Index:
        """Lookup from an envelope to the event it names."""
        return Index(self.envelopes, self.events, self.services)

    @cached_property
    def recogniser(self) -> Recogniser:
        """Lookup from a payload to its envelope or neighbour."""
        neighbours = [
            neighbour for provider in self.providers.values() for neighbour in provider.neighbours.values()
        ]
        return Recogniser([*self.envelopes.values(), *neighbours])

    @cached_property
    def known_names(self) -> dict[str, KnownName]:
        """The event names that providers list without documenting their content."""
        return {
            name: known for service in self.services.values() for name, known in service.known_names.items()
        }

    def event_contracts(self) -> list[Contract]:
        """Return every version of every event, without the contracts of envelopes."""
        return [contract for event in self.events.values() for contract in event.versions.values()]

    def event(self, event_id: str) -> Event:
        """Return an event by its id, or by the last part of the id or the provider's exact name if unique. Raises `UnknownContract`."""
        if event_id in self.events:
            return self.events[event_id]
        named = [event for event in self.events.values() if event_id in (event.name, event.id.split("/")[-1])]
        if len(named) == 1:
            return named[0]
        if named:
            raise UnknownContract(event_id, tuple(event.id for event in named))
        names = {word for event in self.events.values() for word in (event.id, event.name or event.id)} | set(
            self.envelopes
        )
        last_words = {event.id.split("/")[-1]: event.id for event in self.events.values()}
        near = suggestions.nearest(event_id, names) or tuple(
            last_words[word] for word in suggestions.nearest(event_id.rsplit("/", maxsplit=1)[-1], last_words)
        )
        raise UnknownContract(event_id, near)

    def versioned(self, contract_id: str) -> Event | Envelope:
        """Return an event, by anything that `event` accepts, or an envelope by its id. Raises `UnknownContract`."""
        return self.envelopes[contract_id] if contract_id in self.envelopes else self.event(contract_id)

    def contract(self, event_id: str, version: str | None = None) -> Contract:
        """Return the contract of an event in a version, by default the newest. Raises `UnknownContract`."""
        event = self.event(event_id)
        return event.newest if version is None else event.version(version)


def _made(where: Path, files: Files | TrustedFiles) -> Registry:
    """Return the registry of a tree's files. Raises `BrokenRegistry` if they have faults."""
    maker = Maker(files, files.library())
    providers = maker.providers()
    envelopes = maker.envelopes(providers)
    events = maker.events(providers, envelopes)
    if faults := getattr(files, "faults", ()):
        raise BrokenRegistry(tuple(sorted(set(faults))))
    head, base_url = files.documents["registry.json"], files.base_url
    return Registry(
        where,
        head["name"],
        head["title"],
        base_url,
        providers,
        envelopes,
        events,
        files.shared(),
        maker.library,
    )


@cache
def default_registry() -> Registry:
    """Return the catalogue that comes with the kit, read once per process."""
    return Registry.load()


@cache
def default_root() -> Path:
    """Return the root of the catalogue that comes with the kit: inside an installed wheel, or next to `src/` in a checkout."""
    packaged = _PACKAGE / "schemas"
    return packaged if packaged.is_dir() else _PACKAGE.parent.parent / "schemas"
