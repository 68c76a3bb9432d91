"""Collects a real report for each rule, from the catalogue's examples and from examples with typical mistakes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signalbook import reporting
from signalbook.reading import strict_json
from signalbook.reading.documents import Document
from signalbook.registry import examples
from signalbook.validation import validator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Event, Registry
    from signalbook.registry.examples import Example
    from signalbook.validation.findings import Verdict


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """A report: its number of findings, the length of its text, a description of its payload, and the text. The least one is the best to show."""

    findings: int
    length: int
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class _Case:
    """A document to check, a description of it, and the event to check it as (None to identify it)."""

    about: str
    document: Document
    event: Event | None = None


# Broken documents, by description; example trees cannot contain them, because every file there is valid JSON.
_SLIPS = {
    "An empty file": b"",
    '`{"vmName": "café"}` in Latin-1': '{"vmName": "café"}'.encode("latin-1"),
    '`{"state": "Running", "state": "Stopped"}`': b'{"state": "Running", "state": "Stopped"}',
    '`{"size": 1e999}`': b'{"size": 1e999}',
    "`[]`": b"[]",
    '`{"hello": "world"}`': b'{"hello": "world"}',
    "129 opening brackets, and as many closing ones": b"[" * 129 + b"]" * 129,
}


def seen(registry: Registry) -> dict[str, Seen]:
    """Return the shortest report with each rule, if possible one that has it as an error. Rules that no example breaks are left out."""
    best: dict[str, tuple[bool, Seen]] = {}
    for case in _cases(registry):
        for verdict in validator.check_document(case.document, registry, validator.Request(event=case.event)):
            one = _told(verdict, case)
            for finding in verdict.findings:
                ranked = (finding.severity != "error", one)
                best[finding.rule] = min(ranked, best.get(finding.rule, ranked))
    return {rule: one for rule, (_, one) in best.items()}


def _told(verdict: Verdict, case: _Case) -> Seen:
    text = reporting.verdict_text(verdict)
    return Seen(len(verdict.findings), len(text), case.about, text)


def _cases(registry: Registry) -> Iterator[_Case]:
    for event in registry.events.values():
        for kind in examples.KINDS[1:]:
            for example in examples.of(registry, event.newest, kind):
                yield _case(registry, event if kind == "invalid" else None, example)
                yield from _misnamed(registry, event, example) if kind == "delivered" else ()
        for contract in event.older():
            yield from (
                _case(registry, event, example) for example in examples.of(registry, contract, "valid")
            )
        yield from _with_a_field_more(registry, event)
    yield from (_Case(about, Document("payload.json", data=data)) for about, data in _SLIPS.items())


def _case(registry: Registry, event: Event | None, example: Example) -> _Case:
    return _Case(
        _named(registry, example), Document(example.file.name, data=example.file.read_bytes()), event
    )


def _named(registry: Registry, example: Example) -> str:
    return f"`{example.file.relative_to(registry.root).as_posix()}`"


def _misnamed(registry: Registry, event: Event, example: Example) -> Iterator[_Case]:
    """Yield a delivery in which the event name lacks its last letter."""
    name = f'"{event.name}"'.encode()
    data = example.file.read_bytes()
    if event.name and data.count(name) == 1:
        about = f"{_named(registry, example)}, with a letter missing from the name"
        yield _Case(about, Document(example.file.name, data=data.replace(name, name[:-2] + b'"')))


def _with_a_field_more(registry: Registry, event: Event) -> Iterator[_Case]:
    body = examples.shown(registry, event.newest)
    if isinstance(body, dict):
        data = strict_json.canonical({**body, "addedField": True})
        yield _Case(
            f"An example of `{event.id}`, with a field more", Document("payload.json", data=data), event
        )
