"""What a registry holds: providers, envelopes, events, contracts. Immutable values, made by `making`."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.engine import Checker
from signalbook.errors import BrokenRegistry, Fault, UnknownContract

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from signalbook.engine import Library
    from signalbook.levels import Schema, Slot


@dataclass(frozen=True)
class Source:
    """A document that facts come from. `edition` is what it says of its own date, verbatim; `seen` the day it was last read (yyyy-MM-dd)."""

    id: str
    title: str
    seen: str
    url: str | None = None
    edition: str | None = None
    note: str | None = None

    @property
    def place(self) -> str:
        """Where to read it: its URL, or its title where it has none."""
        return self.url or self.title


@dataclass(frozen=True)
class Title:
    """A name for people, in English and, where the provider has one, in Chinese; `note` says why there is no Chinese one."""

    en: str
    zh: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        return f"{self.en} · {self.zh}" if self.zh else self.en


@dataclass(frozen=True)
class KnownName:
    """A name of an event that has no schema, because its content is documented nowhere; `source` is the document that lists it."""

    service: str
    name: str
    note: str
    source: Source


@dataclass(frozen=True)
class Service:
    """A provider's service: a folder of events. `known_names` are names that the provider lists and whose content nobody documents."""

    id: str
    title: Title
    summary: str
    match: Mapping[str, str]
    known_names: Mapping[str, KnownName]


@dataclass(frozen=True)
class Provider:
    """A cloud, its services, the documents its contracts were written from, and the JSON of other products that looks like its events."""

    id: str
    title: Title
    services: Mapping[str, Service]
    sources: Mapping[str, Source]
    neighbours: Mapping[str, Neighbour]


@dataclass(frozen=True)
class Contract:
    """One version of the schema of an event's body, or of an envelope.

    `file` is its path as the user would type it, `schema` the file as it was written, `resolved` the same with every reference replaced by what it names, `checker` the compiled form.
    `first_seen` is the first day there is evidence of it (yyyy-MM-dd) and `source` the document that shows it; `page` is the document to read today.
    `by` says who changed something: "provider", or "correction" for our own. `slot` is the path at which an envelope holds what is not its own.
    """

    of: str
    version: str
    file: str
    schema: Schema
    library: Library
    first_seen: str
    source: Source
    by: str
    note: str
    page: Source
    slot: Slot = None

    def __str__(self) -> str:
        return f"{self.of}@{self.version}"

    @cached_property
    def resolved(self) -> Schema:
        """The schema with its references inside. Raises `engine.Unresolved`, which a registry that was read in full rules out."""
        return self.library.resolve(self.schema)

    @cached_property
    def checker(self) -> Checker:
        """The compiled schema, made when it is first asked for. Raises `BrokenRegistry` where the engine cannot use it."""
        try:
            return Checker(self.resolved, self.slot)
        except ValueError as error:
            message = f"the engine cannot use this schema: {getattr(error, 'message', error)}"
            fix = "patterns must be regular expressions that run in linear time: no look-around, no back-references"
            raise BrokenRegistry((Fault(self.file, "", message, fix),)) from None


@dataclass(frozen=True)
class Disagreement:
    """A place where the provider's documents contradict each other or themselves; `about` is a JSON Pointer into the body."""

    about: str
    note: str


class Versioned:
    """What has contracts, one for each version."""

    id: str
    versions: Mapping[str, Contract]
    sources: tuple[Source, ...]
    disagreements: tuple[Disagreement, ...]

    def version(self, version: str) -> Contract:
        """Return the contract of a version. Raises `UnknownContract`."""
        if version not in self.versions:
            raise UnknownContract(f"{self.id}@{version}", tuple(f"{self.id}@{known}" for known in self.versions))
        return self.versions[version]

    @property
    def newest(self) -> Contract:
        """The contract of the highest version. Raises IndexError for a bare form, which has none."""
        return self._ordered[0]

    def oldest_first(self) -> list[Contract]:
        """Return every contract in the order of their versions; a bare form has none."""
        return self._ordered[::-1]

    def older(self) -> list[Contract]:
        """Return every contract but the newest, newest first."""
        return self._ordered[1:]

    @cached_property
    def _ordered(self) -> list[Contract]:
        return [self.versions[version] for version in sorted(self.versions, key=naming.version_key, reverse=True)]


@dataclass(frozen=True)
class Event(Versioned):
    """One kind of notification: its identity, and a contract for each version."""

    id: str
    name: str | None
    title: Title
    summary: str
    sent: str | None
    category: str
    severity: str
    status: str
    replaced_by: str | None
    match: Mapping[str, str]
    envelopes: tuple[str, ...]
    versions: Mapping[str, Contract]
    sources: tuple[Source, ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True)
class KeyPart:
    """Where one part of the key that names an event stands in an envelope, or else stands; `capture` is a pattern whose group is the part that counts."""

    path: tuple[str, ...]
    otherwise: tuple[str, ...] | None
    capture: re.Pattern[str] | None


Test = tuple[tuple[str, ...], "Mapping[str, Any]"]
"""A place, and a test on what stands there; an empty test only asks whether anything does."""


@dataclass(frozen=True)
class Recognition:
    """What tells an envelope from every other: see `docs/reference/schema-tree.md`. Tests are as `common.schema.json` describes them."""

    keys: tuple[str, ...]
    least: int
    some: tuple[Test, ...]
    likely: tuple[Test, ...]
    absent: frozenset[str]
    values: Mapping[tuple[str, ...], Mapping[str, Any]]
    inside: Mapping[tuple[str, ...], tuple[frozenset[str], int]]


@dataclass(frozen=True)
class Neighbour:
    """JSON of another product that looks like ours and is not: known by its form, and never checked."""

    id: str
    title: Title
    summary: str
    recognise: Recognition
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Transport:
    """How a payload travels: as a form, compressed, which fields hold the MD5 of which, and headers: a text, or its path in the payload."""

    form: bool = False
    gzip: bool = False
    md5: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Envelope(Versioned):
    """What a delivery wraps around an event, or, where `bare`, the form of an event's body that arrives with nothing around it.

    `masked` says that the values of what it holds are masked, so that only their structure can be checked.
    """

    id: str
    title: Title
    summary: str
    bare: bool
    recognise: Recognition
    at: tuple[str, ...]
    holds: str
    decode: tuple[tuple[str, ...], ...]
    text: bool
    masked: bool
    transport: Transport
    key: Mapping[str, KeyPart]
    versions: Mapping[str, Contract]
    sources: tuple[Source, ...]
    disagreements: tuple[Disagreement, ...]
