"""Defines the smaller values of a registry: sources, titles, services, providers, and the rules for recognising payloads.

`builder` creates them.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping


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
