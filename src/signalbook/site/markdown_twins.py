"""Renders the catalogue as plain Markdown without HTML, for readers other than browsers: a twin of each contract's page, and `llms.txt` as the entry.

`llms.txt` follows llmstxt.org: a heading, a summary as a quotation, and sections of links, here one line per event.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from signalbook import compat
from signalbook.reading import pointers, strict_json
from signalbook.reading.strict_json import compact
from signalbook.registry import examples
from signalbook.site import catalogue, impact, schema_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.compat import Step
    from signalbook.registry import Contract, Envelope, Event, Registry, Service
    from signalbook.site.catalogue import Field

_FIELDS = ("path", "type", "there", "meaning", "values and form")
_FORM = "JSON Schema draft-07 with examples, sources and the envelopes they travel in."
_HOW = (
    "Each link leads to an event as Markdown, which is served as .txt. Beside it stand the schemas of its body: latest.json, v1.json for the newest of a",
    "major version, and 1.2.0.json for one that never changes; each version also as 1.2.0.tolerant.json, which keeps what a consumer may rely on,",
    "1.2.0.strict.json, which knows no other field, 1.2.0.<envelope>.json and latest.<envelope>.json for the whole delivery, and",
    "1.2.0.examples.json with payloads.",
)
_OPEN = (
    "To open a delivery by hand: 1. Find the envelope below whose keys the document has. 2. Its about.txt says at which JSON Pointers it has what it",
    "holds and what names the event, and which strings are JSON text to parse first; where it holds another payload, begin again with that one.",
    "3. The event is the one named by these values; hold the body against its schema. `signalbook identify FILE` does the first two, `validate` all.",
)
_MANUAL = {
    "reference/findings/": (
        "Findings",
        "every rule, with what to do and a real report; by its name: reference/findings/#required",
    ),
    "reference/exit-codes/": ("Exit codes", "what the command returns, and when"),
    "reference/commands/": (
        "Commands",
        "every command and option, and the objects that `--format json` prints",
    ),
    "catalogue/fields/": ("All fields", "which events have which field"),
    "catalogue/changes/": (
        "What changed",
        "every version of every contract, with whom it breaks; as a feed: catalogue/changes.xml",
    ),
}
"""Site pages that a reader of `llms.txt` may need: path, title and content."""


def overview(registry: Registry) -> bytes:
    """Return `llms.txt`: what the catalogue is, and for each event its id, meaning, identifying values and links."""
    about = f"{registry.name}: versioned contracts of {len(registry.events)} events, the notifications of {_named(registry)}"
    lines = [f"# {registry.title}", "", f"> {about}, as {_FORM}", "", *_HOW, "", *_OPEN]
    for service in registry.services.values():
        events = [event for event in registry.events.values() if event.id.rpartition("/")[0] == service.id]
        lines += (
            ["", f"## {_titled(registry, service)}", "", *(_line(event) for event in events)]
            if events
            else []
        )
    lines += ["", "## Envelopes", "", *map(_enveloped, registry.envelopes.values())]
    lines += [
        "",
        "## Manual",
        "",
        *(f"- [{title}]({path}): {about}" for path, (title, about) in _MANUAL.items()),
    ]
    return _text([*lines, "", "## Optional", "", *_indexes()])


def _enveloped(envelope: Envelope) -> str:
    return f"- [{envelope.id}]({schema_files.about_path(envelope)}): {_plain(envelope.summary)} Known by {_known(envelope)}."


def _known(envelope: Envelope) -> str:
    """Return how an envelope is recognized: how many of which keys it needs, and which must be absent."""
    rule = envelope.recognise
    absent = f", and none of {', '.join(f'`{key}`' for key in sorted(rule.absent))}" if rule.absent else ""
    return f"{rule.least} of the keys {', '.join(f'`{key}`' for key in rule.keys)}{absent}"


def _named(registry: Registry) -> str:
    return ", ".join(provider.title.en for provider in registry.providers.values())


def _titled(registry: Registry, service: Service) -> str:
    return f"{registry.providers[service.id.split('/')[0]].title.en}: {service.title.en}"


def _line(event: Event) -> str:
    name = f" Provider's name: `{event.name}`." if event.name else ""
    schema = f"{schema_files.SCHEMAS}/{event.id}/latest.json"
    return f"- [{event.id}]({schema_files.about_path(event)}): {_plain(event.summary)}{name} Named by {_match(event)}. [Schema]({schema})"


def _match(event: Event) -> str:
    return ", ".join(f"{part} `{value}`" for part, value in event.match.items()) or "its form"


def _indexes() -> Iterator[str]:
    yield "- [index.json](index.json): all of this as one JSON document, with what names each event in which envelope, sizes and hashes"
    yield "- [catalog.json](catalog.json): the catalogue in SchemaStore's form, for editors"
    yield "- [xregistry.json](xregistry.json): the same as an xRegistry document"


def twin(event: Event, registry: Registry) -> bytes:
    """Return the page of an event as plain Markdown: what it is, its versions, envelopes and fields, an example, sources and disagreements."""
    contract = event.newest
    said = [_plain(text) for text in (event.summary, event.sent) if text]
    lines = [f"# {event.title}", "", *said, "", *_facts(event, contract)]
    lines += ["", "## Versions", "", *_versions(event)]
    lines += ["", "## Envelopes", "", *(_envelope(event, registry.envelopes[one]) for one in event.envelopes)]
    return _text([*lines, *_contents(registry, contract), *_origins(event)])


def envelope_twin(envelope: Envelope, registry: Registry) -> bytes:
    """Return the page of an envelope as plain Markdown: how it is recognized, where its content is, its versions, fields and events."""
    what = "the body of an event" if envelope.holds == "event" else "a payload, opened in its turn"
    lines = [f"# {envelope.title}", "", _plain(envelope.summary), "", f"- Id: `{envelope.id}`"]
    lines += [f"- Known by: {_known(envelope)}"]
    lines += [
        f"- Holds: {what}, {f'at `{pointers.join(envelope.at)}`' if envelope.at else 'which is the whole document'}"
    ]
    lines += [
        f"- JSON text: the string at `{pointers.join(place)}`, to parse first" for place in envelope.decode
    ]
    lines += ["- Base64: the JSON text may stand in Base64 as well"] if envelope.base64 else []
    lines += [
        f"- Names the event by: {part} at `{pointers.join(where.path)}`"
        for part, where in envelope.key.items()
    ]
    if envelope.versions:
        lines += ["", "## Versions", "", *_versions(envelope)]
        lines += _contents(registry, envelope.newest)
    events = [event for event in registry.events.values() if envelope.id in event.envelopes]
    lines += (
        ["", "## Events", "", *(f"- `{event.id}`: {_plain(event.summary)}" for event in events)]
        if events
        else []
    )
    return _text([*lines, *_origins(envelope)])


def _contents(registry: Registry, contract: Contract) -> Iterator[str]:
    """Yield the field table and an example of a contract."""
    yield from (
        "",
        f"## Fields of {contract.version}",
        "",
        *_table(_FIELDS, map(_row, catalogue.fields(contract))),
    )
    example = examples.shown(registry, contract)
    if example is not None:
        yield from (
            "",
            "## Example",
            "",
            "```json",
            strict_json.canonical(example).decode().rstrip("\n"),
            "```",
        )


def _facts(event: Event, contract: Contract) -> Iterator[str]:
    yield f"- Id: `{event.id}`"
    yield f"- Provider's name: {f'`{event.name}`' if event.name else 'the provider gives none'}"
    yield f"- Named by: {_match(event)}"
    yield f"- Status: {event.status}{f', replaced by `{event.replaced_by}`' if event.replaced_by else ''}"
    yield f"- Category: {event.category}; severity: {event.severity}"
    yield f"- Newest version: {contract.version}, last verified {max((one.seen for one in event.sources), default=contract.page.seen)}"
    yield f"- Schema: {contract.schema['$id']}"
    yield f"- Check a payload: `signalbook validate FILE --event {shlex.quote(event.id)}`"


def _versions(what: Event | Envelope) -> Iterator[str]:
    """Yield every version, newest first, with whom it breaks and what changed."""
    steps = {step.new.version: step for step in compat.history(what)}
    for contract in reversed(what.oldest_first()):
        yield f"- {contract.version}: first seen {contract.first_seen}, by {contract.by}. {_plain(contract.note)}"
        yield from _changed(steps[contract.version]) if contract.version in steps else ()


def _changed(step: Step) -> Iterator[str]:
    yield f"  - {step.comparison.bump} change since {step.old.version}: {_plain(impact.opening(step, lambda word: f'`{word}`'))}"
    for change in step.comparison.changes:
        if change.kind != "docs":
            yield f"  - {change.kind}: `{impact.dotted(change.path)}` {_plain(change.message)}"


def _envelope(event: Event, envelope: Envelope) -> str:
    if envelope.bare:
        return f"- none ({envelope.title.en}): the payload is the body"
    text = " as JSON text" if envelope.at in envelope.decode else ""
    masked = ", its values masked" if envelope.masked else ""
    bundle = schema_files.bundle_path(event.newest, envelope).rpartition("/")[2]
    return f"- `{envelope.id}` ({envelope.title.en}): the body stands at `{pointers.join(envelope.at)}`{text}{masked}; schema of the delivery: {bundle}"


def _row(field: Field) -> tuple[str, ...]:
    values = ", ".join(f"`{compact(value)}`" for value in field.values)
    listed = f"{'known' if field.open_list else 'one of'}: {values}" if len(field.values) > 1 else values
    words = (
        field.form,
        field.zone and f"zone: {field.zone}",
        field.unit and f"unit: {field.unit}",
        field.note,
    )
    extras = [listed, *(_plain(word) for word in words if word)]
    evidence = f"evidence: {field.evidence}" if field.evidence != "documented" else None
    there = "always" if field.always else "sometimes"
    more = "; ".join(extra.rstrip(".") for extra in (*extras, evidence) if extra)
    return f"`{field.path}`", field.type, there, _plain(field.description), more


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    return [_cells(head), _cells(("---",) * len(head)), *(_cells(row) for row in rows)]


def _cells(row: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |"


def _origins(what: Event | Envelope) -> Iterator[str]:
    yield from ("", "## Sources", "")
    for source in what.sources:
        edition = f", {source.edition}" if source.edition else ""
        yield f"- {_plain(source.title)}{edition}, read {source.seen}{f': {source.url}' if source.url else ''}"
    if what.disagreements:
        yield from ("", "## Where the sources disagree", "")
    yield from (
        f"- {f'`{one.about}`' if one.about else 'The body'}: {_plain(one.note)}" for one in what.disagreements
    )


def _text(lines: Iterable[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()


def _plain(text: str) -> str:
    """Escape registry text, so that no Markdown reader takes part of it for HTML."""
    return text.replace("<", "\\<")
