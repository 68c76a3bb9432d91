"""Defines the values of a registry: events, envelopes and their contracts, sources, services, providers and rules."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from signalbook.engine.schema_validator import Checker
from signalbook.errors import BrokenRegistry, Fault, UnknownContract
from signalbook.registry import naming

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from signalbook.engine.levels import Schema, Slot
    from signalbook.engine.schema_validator import Library


class Frozen:
    """Base of immutable values that cannot be named tuples. A frozen dataclass takes three times as long to create."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self) or name not in getattr(self, "__dataclass_fields__", ()):
            raise AttributeError(f"{type(self).__name__} never changes: {name!r} cannot be set")
        super().__setattr__(name, value)


class Source(NamedTuple):
    """A document that facts come from. `edition` is the date it gives for itself, verbatim; `seen` is the day it was last read (yyyy-MM-dd)."""

    id: str
    title: str
    seen: str
    url: str | None = None
    edition: str | None = None
    note: str | None = None

    @property
    def place(self) -> str:
        """Where to find it: its URL, or its title if it has none."""
        return self.url or self.title


class Title(NamedTuple):
    """A display name in English and, if the provider has one, in Chinese; `note` says why there is no Chinese one."""

    en: str
    zh: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        return f"{self.en} · {self.zh}" if self.zh else self.en


class KnownName(NamedTuple):
    """The name of an event without a schema, because its content is not documented; `source` is the document that lists the name."""

    service: str
    name: str
    note: str
    source: Source


class Service(NamedTuple):
    """A provider's service: a folder of events. `known_names` are event names that the provider lists without documenting their content."""

    id: str
    title: Title
    summary: str
    match: Mapping[str, str]
    known_names: Mapping[str, KnownName]


class Provider(NamedTuple):
    """A cloud, its services, the documents that its contracts were written from, and the JSON of other products that looks like its events."""

    id: str
    title: Title
    services: Mapping[str, Service]
    sources: Mapping[str, Source]
    neighbours: Mapping[str, Neighbour]


class Disagreement(NamedTuple):
    """A contradiction between or within the provider's documents; `about` is a JSON Pointer into the body."""

    about: str
    note: str


class KeyPart(NamedTuple):
    """The location of one part of the key that names an event: `path`, or else `otherwise`. The group of `capture` is the part that counts."""

    path: tuple[str, ...]
    otherwise: tuple[str, ...] | None
    capture: re.Pattern[str] | None


class Attribute(NamedTuple):
    """A part of an envelope, besides the key, that depends on the event: its path, and a pattern whose group is the part that counts.

    `values` are all possible values, if documented; `exclusive` means that only events that list values have any.
    """

    name: str
    path: tuple[str, ...]
    capture: re.Pattern[str]
    values: tuple[str, ...] | None
    exclusive: bool
    hint: str | None


Test = tuple[tuple[str, ...], "Mapping[str, Any]"]
"""A path, and a test on the value there; an empty test only requires that there is one."""


class Recognition(NamedTuple):
    """The rules that distinguish an envelope from all others; see `docs/reference/schema-tree.md`. `common.schema.json` describes the tests."""

    keys: tuple[str, ...]
    least: int
    some: tuple[Test, ...]
    likely: tuple[Test, ...]
    absent: frozenset[str]
    values: Mapping[tuple[str, ...], Mapping[str, Any]]
    inside: Mapping[tuple[str, ...], tuple[frozenset[str], int]]


class Neighbour(NamedTuple):
    """JSON of another product that looks like an event: recognised by its form, and never validated."""

    id: str
    title: Title
    summary: str
    recognise: Recognition
    sources: tuple[Source, ...]


class Transport(NamedTuple):
    """How a payload is sent: as a form, compressed, which fields hold the MD5 of which, and the headers (a text, or its path in the payload)."""

    form: bool = False
    gzip: bool = False
    md5: Mapping[str, str] = MappingProxyType({})
    headers: Mapping[str, str | tuple[str, ...]] = MappingProxyType({})


@dataclass(eq=False, repr=False)
class Contract(Frozen):
    """One version of the schema of an event's body, or of an envelope.

    `file` is its path as the user would type it. `url` is its `$id`, by which `library` returns `schema`, the file as written.
    `resolved` is the schema with every reference replaced by its target, and `checker` is the compiled form.
    `first_seen` is the first day with evidence of it (yyyy-MM-dd) and `source` the document that shows it; `page` is the document to read today.
    `by` says who made the change: "provider", or "correction" for our own. `slot` is the path at which an envelope holds foreign content.
    """

    of: str
    version: str
    file: str
    url: str
    library: Library
    first_seen: str
    source: Source
    by: str
    note: str
    page: Source
    slot: Slot = None

    def __str__(self) -> str:
        return f"{self.of}@{self.version}"

    @property
    def schema(self) -> Schema:
        """The schema as written in its file."""
        return self.library.document(self.url)

    @cached_property
    def resolved(self) -> Schema:
        """The schema with its references resolved. Raises `engine.Unresolved`, which cannot happen if the registry was read in full."""
        return self.library.resolve(self.schema)

    @cached_property
    def checker(self) -> Checker:
        """The compiled schema, created on first access. Raises `BrokenRegistry` if the engine cannot use the schema."""
        try:
            return Checker(self.resolved, self.slot)
        except ValueError as error:
            message = f"the engine cannot use this schema: {getattr(error, 'message', error)}"
            fix = "patterns must be regular expressions that run in linear time: no look-around, no back-references"
            raise BrokenRegistry((Fault(self.file, "", message, fix),)) from None


class Versioned(Frozen):
    """Base of events and envelopes, which have one contract per version."""

    id: str
    versions: Mapping[str, Contract]
    sources: tuple[Source, ...]
    disagreements: tuple[Disagreement, ...]

    def version(self, version: str) -> Contract:
        """Return the contract of a version. Raises `UnknownContract`."""
        if version not in self.versions:
            raise UnknownContract(
                f"{self.id}@{version}", tuple(f"{self.id}@{known}" for known in self.versions)
            )
        return self.versions[version]

    @property
    def newest(self) -> Contract:
        """The contract of the highest version. Raises IndexError for a bare form, which has none."""
        return self._ordered[0]

    def oldest_first(self) -> list[Contract]:
        """Return all contracts, the oldest version first; a bare form has none."""
        return self._ordered[::-1]

    def older(self) -> list[Contract]:
        """Return all contracts except the newest, newest first."""
        return self._ordered[1:]

    @cached_property
    def _ordered(self) -> list[Contract]:
        return [
            self.versions[version] for version in sorted(self.versions, key=naming.version_key, reverse=True)
        ]


@dataclass(eq=False, repr=False)
class Event(Versioned):
    """One kind of notification: its identity, and one contract per version."""

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
    attributes: Mapping[str, tuple[str, ...]]
    envelopes: tuple[str, ...]
    versions: Mapping[str, Contract]
    sources: tuple[Source, ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(eq=False, repr=False)
class Envelope(Versioned):
    """What a delivery wraps around an event or, if `bare`, the form of an event's body that arrives without an envelope.

    `masked` means that the values of its content are masked, so that only their structure can be validated. `base64` means that the JSON text in
    its slot may be encoded in Base64.
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
    base64: bool
    masked: bool
    transport: Transport
    key: Mapping[str, KeyPart]
    attributes: tuple[Attribute, ...]
    versions: Mapping[str, Contract]
    sources: tuple[Source, ...]
    disagreements: tuple[Disagreement, ...]
