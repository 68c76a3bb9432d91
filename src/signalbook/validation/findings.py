"""Defines the results of validation: `Finding`, one problem in a payload, and `Verdict`, all findings of one payload.

Both are plain values. `Verdict.as_dict` returns their only JSON form, which `meta/verdict.schema.json` describes.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from signalbook.engine.levels import Severity

Status = Literal["valid", "invalid", "unidentified", "unreadable"]
ABSENT = frozenset({"no-file", "no-permission", "no-payload"})
"""Rules for missing input: a fault of the run, not of a payload."""


class Finding(NamedTuple):
    """One problem in a payload.

    `rule` is a stable identifier: a JSON Schema keyword, or one of our own (`docs/reference/findings.md` lists them).
    `pointer` is a JSON Pointer into the payload as it arrived; it continues through strings that hold JSON text ("/message/detail/event_type").
    For a missing field it points to the object that lacks it, and `field` names the field; for an unknown field, `field` names it too.
    `expected` and `found` are short texts for people, `hint` says what to do, `description` is the contract's description of the field.
    `contract` is the id and version of the contract ("jdcloud/vm/state-change@1.0.0"), `source` the page it was written from.
    `line` and `column` are the position in the payload's file, both from 1, in characters; None if the payload came from no file.
    `ignored` says why the finding does not count: the reason of an ignore, or that the baseline contains it; None if it counts.
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
    line: int | None = None
    column: int | None = None
    ignored: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the finding as JSON-ready values, without those that are None."""
        return {name: value for name, value in zip(self._fields, self, strict=True) if value is not None}


class Part(NamedTuple):
    """One event in a payload that carries several: its identity, and the JSON Pointer of its body."""

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
    """The result of validating one payload.

    `source` is its file ("-" for standard input), `line` its line in an NDJSON file (from 1), `index` its index in an array of payloads (from 0).
    `event` is the id of its event, None if the catalogue has none; `name` is the provider's own name, if one could be read.
    `envelopes` are ids from the outside in. A payload that carries several events lists them in `parts`;
    `event`, `name`, `version` and `envelopes` then hold what the parts have in common.
    `ignored` are findings that the configuration ignores or the baseline contains; they do not affect `status`.
    """

    status: Status
    event: str | None = None
    name: str | None = None
    version: str | None = None
    envelopes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    parts: tuple[Part, ...] = ()
    source: str | None = None
    line: int | None = None
    index: int | None = None
    ignored: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the payload was identified and satisfies its contract."""
        return self.status == "valid"

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity "error", in order."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def located(self, source: str, line: int | None, index: int | None) -> Verdict:
        """Return the same verdict with the location of its payload."""
        return self._with(self.findings, source, line, index)

    def with_findings(self, findings: tuple[Finding, ...]) -> Verdict:
        """Return the same verdict with other findings, which do not change its status."""
        return self._with(findings, self.source, self.line, self.index)

    def _with(
        self, findings: tuple[Finding, ...], source: str | None, line: int | None, index: int | None
    ) -> Verdict:
        # Called for each payload of a stream; `dataclasses.replace` takes three times as long.
        return Verdict(
            self.status,
            self.event,
            self.name,
            self.version,
            self.envelopes,
            findings,
            self.parts,
            source,
            line,
            index,
            self.ignored,
        )

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
            "ignored": [finding.as_dict() for finding in self.ignored],
            "parts": [part.as_dict() for part in self.parts],
        }


def together(
    parts: tuple[Part, ...], findings: tuple[Finding, ...] = (), status: Status = "valid"
) -> Verdict:
    """Return the verdict on a payload that carries `parts`: what they have in common, and the parts themselves if there are several."""
    event, name, version = (
        _common(getattr(part, what) for part in parts) for what in ("event", "name", "version")
    )
    envelopes = _shared_beginning([part.envelopes for part in parts])
    return Verdict(status, event, name, version, envelopes, findings, parts if len(parts) > 1 else ())


def _shared_beginning(chains: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the envelopes that are around all parts, from the outside in."""
    return tuple(same[0] for same in takewhile(lambda same: len(set(same)) == 1, zip(*chains, strict=False)))


def _common(values: Iterable[Any]) -> Any:
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else None
