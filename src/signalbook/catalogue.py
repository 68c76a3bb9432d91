"""The registry, told to people and tools: the list of events, the page of one event, the index. Values in, text or values out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook import naming
from signalbook.jsontext import compact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.levels import Schema
    from signalbook.registry import Contract, Event, Registry

_EVIDENCE = ("documented", "sample", "observed", "inferred")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a contract, as a reader wants it: its path with dots, `[]` for the items of an array."""

    path: str
    type: str
    always: bool
    description: str
    form: str | None
    values: tuple[Any, ...]
    open_list: bool
    zone: str | None
    unit: str | None
    evidence: str
    note: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return the field as JSON-ready values; what is not known is left out."""
        slots = {name: getattr(self, name) for name in ("path", "type", "always", "description", "form", "zone", "unit", "evidence", "note")}
        known = {name: value for name, value in slots.items() if value is not None}
        return known | ({"values": list(self.values), "open": self.open_list} if self.values else {})


def fields(contract: Contract) -> list[Field]:
    """Return every field of a contract in the order of the schema file, fields of objects and of items included."""
    return list(_fields(contract.schema, contract, ""))


def _fields(schema: Schema, contract: Contract, prefix: str) -> Iterator[Field]:
    """Walk the schema as written, because resolving sorts the keys; look each reference up on the way."""
    for node in _layers(schema, contract):
        required = frozenset(name for layer in _layers(schema, contract) for name in layer.get("required", ()))
        for name, inner in node.get("properties", {}).items():
            path = f"{prefix}{name}"
            yield _field(path, inner, contract, always=name in required)
            yield from _below(inner, contract, path)


def _below(schema: Schema, contract: Contract, path: str) -> Iterator[Field]:
    for node in _layers(schema, contract):
        if "properties" in node:
            yield from _fields({key: node[key] for key in ("properties", "required") if key in node}, contract, f"{path}.")
        if isinstance(node.get("items"), dict):
            yield from _below(node["items"], contract, f"{path}[]")


def _layers(schema: Schema, contract: Contract) -> Iterator[Schema]:
    """Yield the schema and everything it refers to or is composed of at the same place."""
    if "$ref" in schema:
        target = contract.library.look_up(contract.schema["$id"], schema["$ref"])
        yield from _layers(_rebased(target, schema["$ref"]), contract)
        return
    yield schema
    for branch in schema.get("allOf", ()):
        yield from _layers(branch, contract)


def _rebased(target: Any, reference: str) -> Schema:
    """Return a copy of a shared definition whose own references count from where the first one stands."""
    folder = reference.partition("#")[0].rpartition("/")[0]

    def move(node: Any) -> Any:
        if isinstance(node, list):
            return [move(item) for item in node]
        if not isinstance(node, dict):
            return node
        inner = node.get("$ref")
        if isinstance(inner, str) and not inner.startswith(("#", "https:")):
            return {"$ref": f"{folder}/{inner}"}
        if isinstance(inner, str) and inner.startswith("#"):
            return {"$ref": f"{reference.partition('#')[0]}{inner}"}
        return {key: move(value) for key, value in node.items()}

    moved: Schema = move(target)
    return moved


def _field(path: str, schema: Schema, contract: Contract, *, always: bool) -> Field:
    layers = list(_layers(schema, contract))

    def first(*keys: str) -> Any:
        return next((layer[key] for layer in layers for key in keys if key in layer), None)

    types = first("type") or ("any of several" if first("anyOf", "oneOf") else "any")
    constant = [layer["const"] for layer in layers if "const" in layer]
    return Field(
        path=path,
        type=types if isinstance(types, str) else " or ".join(types),
        always=always,
        description=schema.get("description") or first("description") or "",
        form=first("x-form"),
        values=tuple(constant or first("enum", "x-known") or ()),
        open_list=not constant and first("enum") is None and first("x-known") is not None,
        zone=first("x-zone"),
        unit=first("x-unit"),
        evidence=first("x-evidence") or "documented",
        note=first("x-note"),
    )


def evidence(event: Event) -> dict[str, int]:
    """Return how many fields of the newest contract rest on which kind of evidence."""
    marks = [field.evidence for field in fields(event.newest)]
    return {mark: marks.count(mark) for mark in _EVIDENCE if mark in marks}


def envelope_names(event: Event, registry: Registry) -> list[str]:
    """Return the ids of an event's envelopes, with the word "bare" for its bare form."""
    return ["bare" if registry.envelopes[one].bare else one for one in event.envelopes]


def entry(event: Event, registry: Registry) -> dict[str, Any]:
    """Return one event of the list and of the index, as JSON-ready values."""
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
            version: {"$id": contract.schema["$id"], "firstSeen": contract.first_seen, "by": contract.by, "note": contract.note}
            for version, contract in event.versions.items()
        },
        "envelopes": envelope_names(event, registry),
        "evidence": evidence(event),
        "python": {version: f"{naming.python_module(event.id, version)}.{naming.python_class(event.id)}" for version in event.versions},
        "page": naming.page(event.id),
    }


def index(registry: Registry) -> dict[str, Any]:
    """Return the whole catalogue as JSON-ready values: what `generated/index.json` holds."""
    return {
        "name": registry.name,
        "title": registry.title,
        "baseUrl": registry.base_url,
        "events": [entry(event, registry) for event in registry.events.values()],
        "envelopes": [
            {
                "id": envelope.id,
                "title": envelope.title.en,
                "summary": envelope.summary,
                "bare": envelope.bare,
                "versions": {version: contract.schema["$id"] for version, contract in envelope.versions.items()},
            }
            for envelope in registry.envelopes.values()
        ],
    }


def chosen(registry: Registry, *, provider: str | None = None, service: str | None = None, text: str | None = None) -> list[Event]:
    """Return the events of a provider, of a service (`jdcloud/vm`, or `vm`), and with a text in their names, titles or summary."""
    wanted = text.casefold() if text else ""
    return [
        event
        for event in registry.events.values()
        if (provider is None or event.id.split("/")[0] == provider)
        and (service is None or service in (event.id.rpartition("/")[0], event.id.split("/")[1]))
        and wanted in " ".join([event.id, event.name or "", event.title.en, event.title.zh or "", event.summary]).casefold()
    ]


def listing(events: list[Event], registry: Registry) -> str:
    """Return the list as a table of text."""
    rows = [("EVENT", "NAME", "VERSION", "STATUS", "ENVELOPES", "TITLE")]
    for event in events:
        title = event.title.en + (f" · {event.title.zh}" if event.title.zh else "")
        rows.append((event.id, event.name or "-", event.newest.version, event.status, ", ".join(envelope_names(event, registry)), title))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join([*(f"{cell:<{width}}" for cell, width in zip(row[:5], widths, strict=True)), row[5]]) for row in rows]
    lines.append(f"{len(events)} event{'' if len(events) == 1 else 's'}")
    return "\n".join(line.rstrip() for line in lines)


def details(event: Event, contract: Contract, registry: Registry) -> dict[str, Any]:
    """Return what `signalbook show --format json` prints of one version of an event."""
    return {
        **entry(event, registry),
        "version": contract.version,
        "sent": event.sent,
        "fields": [field.as_dict() for field in fields(contract)],
        "sources": [{"title": source.title, "url": source.url, "edition": source.edition, "seen": source.seen} for source in event.sources],
        "disagreements": [{"about": one.about, "note": one.note} for one in event.disagreements],
        "schema": contract.schema,
    }


def page(event: Event, contract: Contract, registry: Registry, example: Any = None) -> str:
    """Return one version of an event as text for a terminal; `example` is a payload to show."""
    lines = [f"{event.id} {contract.version}", f"  {event.title.en}{f' · {event.title.zh}' if event.title.zh else ''}", "", f"  {event.summary}"]
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
        lines += ["", "Example", f"  {compact(example)}"]
    lines += ["", "Versions"]
    lines += [f"  {one.version}  first seen {one.first_seen}, by {one.by}: {one.note}" for one in event.versions.values()]
    lines += ["", "Sources", *(f"  {one.title}{f', {one.edition}' if one.edition else ''}\n    {one.url or '-'}" for one in event.sources)]
    if event.disagreements:
        lines += ["", "Where the sources disagree", *(f"  {one.about or 'the body'}: {one.note}" for one in event.disagreements)]
    return "\n".join(lines)


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
