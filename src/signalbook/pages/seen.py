"""A real report for each rule: what the command prints of the examples of the catalogue, and of what they become by a slip of the pen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from signalbook import examples, jsontext, report, walk
from signalbook.intake import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.examples import Example
    from signalbook.findings import Verdict
    from signalbook.registry import Event, Registry


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """A report: `findings` is how many it has, `length` how long its text is, `about` says of what it is. The least is the best to show."""

    findings: int
    length: int
    about: str
    text: str


@dataclass(frozen=True, slots=True)
class _Case:
    """What is checked: a document, as which event (None for what it says itself), and what to say of it."""

    about: str
    document: Document
    event: Event | None = None


# What no tree of examples holds, because there every file is a document: what to say of it, and its bytes.
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
    """Return for each rule the shortest report in which it stands. Rules that nothing here breaks are left out."""
    best: dict[str, Seen] = {}
    for case in _cases(registry):
        for verdict in walk.check_document(case.document, registry, walk.Request(event=case.event)):
            one = _told(verdict, case)
            best |= {finding.rule: one for finding in verdict.findings if finding.rule not in best or one < best[finding.rule]}
    return best


def _told(verdict: Verdict, case: _Case) -> Seen:
    text = report.verdict_text(verdict)
    return Seen(len(verdict.findings), len(text), case.about, text)


def _cases(registry: Registry) -> Iterator[_Case]:
    for event in registry.events.values():
        for kind in examples.KINDS[1:]:
            for example in examples.of(registry, event.newest, kind):
                yield _case(registry, event if kind == "invalid" else None, example)
                yield from _misnamed(registry, event, example) if kind == "delivered" else ()
        for contract in event.older():
            yield from (_case(registry, event, example) for example in examples.of(registry, contract, "valid"))
        yield from _with_a_field_more(registry, event)
    yield from (_Case(about, Document("payload.json", data=data)) for about, data in _SLIPS.items())


def _case(registry: Registry, event: Event | None, example: Example) -> _Case:
    return _Case(_named(registry, example), Document(example.file.name, data=example.file.read_bytes()), event)


def _named(registry: Registry, example: Example) -> str:
    return f"`{example.file.relative_to(registry.root).as_posix()}`"


def _misnamed(registry: Registry, event: Event, example: Example) -> Iterator[_Case]:
    """Yield a delivery in which the name of its event lost its last letter."""
    name = f'"{event.name}"'.encode()
    data = example.file.read_bytes()
    if event.name and data.count(name) == 1:
        about = f"{_named(registry, example)}, with a letter missing from the name"
        yield _Case(about, Document(example.file.name, data=data.replace(name, name[:-2] + b'"')))


def _with_a_field_more(registry: Registry, event: Event) -> Iterator[_Case]:
    body = examples.shown(registry, event.newest)
    if isinstance(body, dict):
        data = jsontext.canonical({**body, "addedField": True})
        yield _Case(f"An example of `{event.id}`, with a field more", Document("payload.json", data=data), event)
