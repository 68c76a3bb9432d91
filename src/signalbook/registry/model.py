"""Defines the versioned values of a registry: events, envelopes and their contracts.

They are immutable and created by `builder`. `values` defines the smaller ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from signalbook.engine.schema_validator import Checker
from signalbook.errors import BrokenRegistry, Fault, UnknownContract
from signalbook.registry import naming
from signalbook.registry.values import Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signalbook.engine.levels import Schema, Slot
    from signalbook.engine.schema_validator import Library
    from signalbook.registry.values import (
        Attribute,
        Disagreement,
        KeyPart,
        Recognition,
        Source,
        Title,
        Transport,
    )


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
