"""What the kit *reports*: `Finding`, one thing wrong with a payload, and `Verdict`, all of them for one payload.

Both are plain values. `Verdict.as_dict` is the one JSON form of them; `meta/verdict.schema.json` describes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
Status = Literal["valid", "invalid", "unidentified", "unreadable"]
Level = Literal["tolerant", "documented", "strict"]

LEVELS: tuple[Level, ...] = ("tolerant", "documented", "strict")

UNIDENTIFIED = frozenset({"unknown-payload", "unknown-event", "undocumented-event", "other-product", "plain-text", "ambiguous", "too-nested"})
"""Rules that say we do not know what a payload is. They never make it invalid."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a payload.

    `rule` is a stable word: a JSON Schema keyword, or one of our own (`docs/reference/findings.md` lists them).
    `pointer` is a JSON Pointer into the payload as it arrived; it leads on through strings that hold JSON text ("/message/detail/event_type").
    For a missing field it points at the object that lacks it, and `field` names the field; for a field nobody knows, `field` names it too.
    `expected` and `found` are short texts for people, `hint` says what to do, `description` is what the contract says of the field.
    `contract` is the id and version of the rule's contract ("jdcloud/vm/state-change@1.0.0"), `source` the page it was written from.
    """

    rule: str
    severity: Severity
    pointer: str
    message: str
    field: str | None = None
    expected: str | None = None
    found: str | None = None
    hint: str | None = None
    description: str | None = None
    contract: str | None = None
    source: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON-ready values; what is not known is left out."""
        slots = ("rule", "severity", "pointer", "message", "field", "expected", "found", "hint", "description", "contract", "source")
        return {name: value for name in slots if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, slots=True)
class Part:
    """One event inside a payload that carries several: where its body lies and what it is."""

    pointer: str
    event: str | None
    name: str | None
    version: str | None
    envelopes: tuple[str, ...]
    status: Status

    def as_dict(self) -> dict[str, Any]:
        """Return the part as JSON-ready values."""
        return {
            "pointer": self.pointer,
            "status": self.status,
            "event": self.event,
            "name": self.name,
            "version": self.version,
            "envelopes": list(self.envelopes),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that is known of one payload.

    `source` is the file it came from ("-" for standard input), `line` its line in an NDJSON file (from 1), `index` its place in an array of payloads (from 0).
    `event` is the id of its event, None where the catalogue has none; `name` the provider's own name wherever one could be read.
    `envelopes` are ids from the outside in. A payload that carries several events lists them in `parts`;
    `event`, `name`, `version` and `envelopes` then hold what the parts have in common.
    """

    status: Status
    event: str | None = None
    name: str | None = None
    version: str | None = None
    envelopes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    parts: tuple[Part, ...] = field(default=())
    source: str | None = None
    line: int | None = None
    index: int | None = None

    @property
    def ok(self) -> bool:
        """Whether the payload was identified and keeps its contract."""
        return self.status == "valid"

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity "error", in order."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def located(self, source: str, line: int | None, index: int | None) -> Verdict:
        """Return the same verdict with the place its payload came from."""
        return replace(self, source=source, line=line, index=index)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form that `signalbook validate --format json` prints; `meta/verdict.schema.json` describes it."""
        return {
            "source": self.source,
            "line": self.line,
            "index": self.index,
            "status": self.status,
            "event": self.event,
            "name": self.name,
            "version": self.version,
            "envelopes": list(self.envelopes),
            "findings": [finding.as_dict() for finding in self.findings],
            "parts": [part.as_dict() for part in self.parts],
        }
