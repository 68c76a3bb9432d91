"""The small values that a registry holds: sources, titles, services, providers, and the rules by which payloads are told apart. Made by `making`."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping


class Frozen:
    """What is set once: the base of those values that cannot be named tuples. A frozen dataclass takes three times as long to make."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self) or name not in getattr(self, "__dataclass_fields__", ()):
            raise AttributeError(f"{type(self).__name__} never changes: {name!r} cannot be set")
        super().__setattr__(name, value)


class Source(NamedTuple):
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


class Title(NamedTuple):
    """A name for people, in English and, where the provider has one, in Chinese; `note` says why there is no Chinese one."""

    en: str
    zh: str | None = None
    note: str | None = None

    def __str__(self) -> str:
        return f"{self.en} · {self.zh}" if self.zh else self.en


class KnownName(NamedTuple):
    """A name of an event that has no schema, because its content is documented nowhere; `source` is the document that lists it."""

    service: str
    name: str
    note: str
    source: Source


class Service(NamedTuple):
    """A provider's service: a folder of events. `known_names` are names that the provider lists and whose content nobody documents."""

    id: str
    title: Title
    summary: str
    match: Mapping[str, str]
    known_names: Mapping[str, KnownName]


class Provider(NamedTuple):
    """A cloud, its services, the documents its contracts were written from, and the JSON of other products that looks like its events."""

    id: str
    title: Title
    services: Mapping[str, Service]
    sources: Mapping[str, Source]
    neighbours: Mapping[str, Neighbour]


class Disagreement(NamedTuple):
    """A place where the provider's documents contradict each other or themselves; `about` is a JSON Pointer into the body."""

    about: str
    note: str


class KeyPart(NamedTuple):
    """Where one part of the key that names an event stands in an envelope, or else stands; `capture` is a pattern whose group is the part that counts."""

    path: tuple[str, ...]
    otherwise: tuple[str, ...] | None
    capture: re.Pattern[str] | None


class Attribute(NamedTuple):
    """A part of an envelope, beside the key, that depends on the event: where it stands, and a pattern whose group is the part that counts.

    `values` are all that there are, where they are documented; `exclusive` says that only events which list some have any.
    """

    name: str
    path: tuple[str, ...]
    capture: re.Pattern[str]
    values: tuple[str, ...] | None
    exclusive: bool
    hint: str | None


Test = tuple[tuple[str, ...], "Mapping[str, Any]"]
"""A place, and a test on what stands there; an empty test only asks whether anything does."""


class Recognition(NamedTuple):
    """What tells an envelope from every other: see `docs/reference/schema-tree.md`. Tests are as `common.schema.json` describes them."""

    keys: tuple[str, ...]
    least: int
    some: tuple[Test, ...]
    likely: tuple[Test, ...]
    absent: frozenset[str]
    values: Mapping[tuple[str, ...], Mapping[str, Any]]
    inside: Mapping[tuple[str, ...], tuple[frozenset[str], int]]


class Neighbour(NamedTuple):
    """JSON of another product that looks like ours and is not: known by its form, and never checked."""

    id: str
    title: Title
    summary: str
    recognise: Recognition
    sources: tuple[Source, ...]


class Transport(NamedTuple):
    """How a payload travels: as a form, compressed, which fields hold the MD5 of which, and headers: a text, or its path in the payload."""

    form: bool = False
    gzip: bool = False
    md5: Mapping[str, str] = MappingProxyType({})
    headers: Mapping[str, str | tuple[str, ...]] = MappingProxyType({})
