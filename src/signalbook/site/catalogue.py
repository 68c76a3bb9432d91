"""Presents a registry to people and tools: the list of events, the page of an event, the index. It returns text or values, and prints nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook import terminal
from signalbook.engine import levels, suggestions
from signalbook.errors import UnknownContract
from signalbook.reading import pointers
from signalbook.reading.strict_json import compact
from signalbook.registry import naming
from signalbook.site.fields import Field, fields

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Contract, Envelope, Event, KnownName, Registry, Source

__all__ = [
    "Field",
    "changelog",
    "chosen",
    "details",
    "entry",
    "envelope_entry",
    "envelope_names",
    "envelope_page",
    "evidence",
    "fields",
    "index",
    "known_page",
    "listing",
    "named_only",
    "page",
]


def evidence(event: Event) -> dict[str, int]:
    """Return the number of fields of the newest contract for each kind of evidence."""
    marks = [field.evidence for field in fields(event.newest)]
    return {mark: marks.count(mark) for mark in levels.EVIDENCE if mark in marks}


def envelope_names(event: Event, registry: Registry) -> list[str]:
    """Return the ids of an event's envelopes, with "bare" for its bare form."""
    return ["bare" if registry.envelopes[one].bare else one for one in event.envelopes]


def entry(event: Event, registry: Registry) -> dict[str, Any]:
    """Return the entry of an event in the list and the index, as JSON-ready values."""
    return {
        "id": event.id,
        "name": event.name,
        "title": {key: value for key, value in (("en", event.title.en), ("zh", event.title.zh)) if value},
        "summary": event.summary,
        "category": event.category,
        "severity": event.severity,
        "status": event.status,
        "replacedBy": event.replaced_by,
        "newest": event.newest.version,
        "versions": {
            version: {
                "$id": contract.schema["$id"],
                "firstSeen": contract.first_seen,
                "by": contract.by,
                "note": contract.note,
            }
            for version, contract in event.versions.items()
        },
        "envelopes": envelope_names(event, registry),
        "evidence": evidence(event),
        "python": {
            version: naming.python_path(event.id, version, event.versions) for version in event.versions
        },
        "page": naming.page(event.id),
    }


def index(registry: Registry) -> dict[str, Any]:
    """Return the whole catalogue as JSON-ready values, as stored in `generated/index.json`."""
    return {
        "name": registry.name,
        "title": registry.title,
        "baseUrl": registry.base_url,
        "events": [entry(event, registry) for event in registry.events.values()],
        "envelopes": [envelope_entry(envelope) for envelope in registry.envelopes.values()],
        "knownNames": [
            {"name": one.name, "service": one.service, "note": one.note}
            for one in registry.known_names.values()
        ],
    }


def envelope_entry(envelope: Envelope) -> dict[str, Any]:
    """Return the entry of an envelope in the index, as JSON-ready values."""
    return {
        "id": envelope.id,
        "title": envelope.title.en,
        "summary": envelope.summary,
        "bare": envelope.bare,
        "versions": {version: contract.schema["$id"] for version, contract in envelope.versions.items()},
    }


def chosen(
    registry: Registry, *, provider: str | None = None, service: str | None = None, text: str | None = None
) -> list[Event]:
    """Return the events of a provider or service (`jdcloud/vm` or `vm`) whose names, titles or summary contain a text. Raises `UnknownContract`."""
    wanted = text.casefold() if text else ""
    services = {event.id.rpartition("/")[0] for event in registry.events.values()} | {
        event.id.split("/")[1] for event in registry.events.values()
    }
    for asked, known in ((provider, registry.providers), (service, services)):
        if asked is not None and asked not in known:
            raise UnknownContract(asked, suggestions.nearest(asked, known) or tuple(sorted(known)))
    return [
        event
        for event in registry.events.values()
        if _is_of(event.id.rpartition("/")[0], provider, service)
        and wanted
        in " ".join(
            [event.id, event.name or "", event.title.en, event.title.zh or "", event.summary]
        ).casefold()
    ]


def _is_of(service_id: str, provider: str | None, service: str | None) -> bool:
    """Return whether a service matches a service id or its last word, and a provider; None matches everything."""
    own_provider, own_word = service_id.split("/")
    return provider in (None, own_provider) and service in (None, service_id, own_word)


def listing(events: list[Event], registry: Registry, known: list[KnownName] | None = None) -> str:
    """Return the list as a text table, followed by `known`, the names without documented content."""
    head = ("EVENT", "NAME", "VERSIONS", "STATUS", "EVIDENCE", "ENVELOPES", "TITLE")
    rows: list[tuple[str, ...]] = [head, *(_row(event, registry) for event in events)]
    lines = [*_table(rows), f"{len(events)} event{'' if len(events) == 1 else 's'}"]
    if known:
        names: list[tuple[str, ...]] = [
            ("KNOWN BY NAME ONLY", "SERVICE", "WHAT IS KNOWN"),
            *((one.name, one.service, one.note) for one in known),
        ]
        lines += ["", *_table(names)]
    return terminal.lines(lines)


def _row(event: Event, registry: Registry) -> tuple[str, ...]:
    versions = sorted(event.versions, key=naming.version_key)
    envelopes = [one.split("/")[-1] for one in envelope_names(event, registry)]
    marks = [f"{count} {mark}" for mark, count in evidence(event).items()]
    return (
        event.id,
        event.name or "-",
        " ".join(versions),
        event.status,
        ", ".join(marks),
        ", ".join(envelopes),
        str(event.title),
    )


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return rows as lines, with every column but the last padded to its widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return [
        "  ".join([*(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    ]


def named_only(
    registry: Registry, *, provider: str | None = None, service: str | None = None, text: str | None = None
) -> list[KnownName]:
    """Return the names without documented content of a provider and a service, with a text in their name or note."""
    wanted = (text or "").casefold()
    return [
        known
        for known in registry.known_names.values()
        if _is_of(known.service, provider, service) and wanted in f"{known.name} {known.note}".casefold()
    ]


def known_page(known: KnownName) -> str:
    """Return the page of a name without documented content, as text for a terminal."""
    lines = [
        known.name,
        "",
        f"  A name that {known.service} lists. What such an event holds is documented nowhere, so there is no contract.",
        "",
    ]
    return terminal.lines([*lines, f"  {known.note}", "", "Source", *_source_lines(known.source)])


def details(event: Event, contract: Contract, registry: Registry) -> dict[str, Any]:
    """Return what `signalbook show --format json` prints for one version of an event."""
    return {
        **entry(event, registry),
        "version": contract.version,
        "sent": event.sent,
        "fields": [field.as_dict() for field in fields(contract)],
        "sources": [
            {"title": source.title, "url": source.url, "edition": source.edition, "seen": source.seen}
            for source in event.sources
        ],
        "disagreements": [{"about": one.about, "note": one.note} for one in event.disagreements],
        "changelog": changelog(event),
        "schema": contract.schema,
    }


def changelog(what: Event | Envelope) -> list[dict[str, Any]]:
    """Return the changes of each version as JSON-ready values, newest first. All but dates, notes and sources is computed."""
    from signalbook import compat  # noqa: PLC0415 - the list and the index do not compare, and start faster without it

    steps = reversed(compat.history(what))
    return [
        {**step.as_dict(), "source": {"title": step.new.source.title, "url": step.new.source.url}}
        for step in steps
    ]


def page(event: Event, contract: Contract, registry: Registry, example: Any = None) -> str:
    """Return the page of one version of an event, as text for a terminal. `example` is a payload to show."""
    lines = [f"{event.id} {contract.version}", f"  {event.title}", "", f"  {event.summary}"]
    lines += [f"  {event.sent}"] if event.sent else []
    status = event.status + (f", replaced by {event.replaced_by}" if event.replaced_by else "")
    about = {
        "name": event.name or "the provider gives none",
        "status": status,
        "severity": event.severity,
        "category": event.category,
        "travels in": ", ".join(envelope_names(event, registry)),
    }
    lines += ["", *(f"  {label:<12}{text}" for label, text in about.items())]
    lines += ["", "Fields", *(line for field in fields(contract) for line in _field_lines(field))]
    if example is not None:
        lines += ["", "Example", f"  {terminal.json_lines(compact(example))}"]
    lines += _origins(event)
    return terminal.lines(lines)


def _origins(what: Event | Envelope) -> Iterator[str]:
    """Yield the versions, sources and disagreements between sources of an event or envelope."""
    if what.versions:
        yield from ("", "Versions")
    from signalbook import compat  # noqa: PLC0415 - see `changelog`

    steps = {step.new.version: step for step in compat.history(what)}
    for one in what.versions.values():
        yield f"  {one.version}  first seen {one.first_seen}, by {one.by}: {one.note}"
        if one.version in steps:
            yield f"         seen in {one.source.title}"
            yield from (f"         {line}" for line in compat.version_lines(steps[one.version]))
    yield from ("", "Sources")
    for source in what.sources:
        yield from _source_lines(source)
    if what.disagreements:
        yield from ("", "Where the sources disagree")
    yield from (f"  {one.about or 'the body'}: {one.note}" for one in what.disagreements)


def _source_lines(source: Source) -> Iterator[str]:
    yield f"  {source.title}{f', {source.edition}' if source.edition else ''}"
    yield f"    {source.url or source.note or 'no address is known'}"


def envelope_page(envelope: Envelope, registry: Registry) -> str:
    """Return the page of an envelope, as text for a terminal: how it is recognized, where its content is, and which events travel in it."""
    rule = envelope.recognise
    known = (
        f"{rule.least} of these keys: {', '.join(rule.keys)}"
        if rule.least < len(rule.keys)
        else f"the keys {', '.join(rule.keys)}"
    )
    what = "an event's body" if envelope.holds == "event" else "a payload, opened in its turn"
    slot = f"{what}, at {pointers.join(envelope.at)}" if envelope.at else "the whole document is the body"
    events = [event.id for event in registry.events.values() if envelope.id in event.envelopes]
    lines = [f"{envelope.id}", f"  {envelope.title}", "", f"  {envelope.summary}", ""]
    lines += [f"  known by    {known}", f"  holds       {slot}"]
    if not envelope.bare:
        lines += ["", "Fields", *(line for field in fields(envelope.newest) for line in _field_lines(field))]
    lines += ["", "Events", *(f"  {event}" for event in events)] if events else []
    lines += _origins(envelope)
    return terminal.lines(lines)


def _field_lines(field: Field) -> Iterator[str]:
    yield f"  {field.path}  {field.type}, {'always' if field.always else 'sometimes'}"
    yield f"      {field.description}"
    extras = [("form", field.form), ("zone", field.zone), ("unit", field.unit), ("note", field.note)]
    if field.values:
        label = "known values" if field.open_list else ("value" if len(field.values) == 1 else "values")
        extras.append((label, ", ".join(map(compact, field.values))))
    if field.evidence != "documented":
        extras.append(("evidence", field.evidence))
    yield from (f"      {label}: {text}" for label, text in extras if text)
