"""The indexes that tools begin with: `catalog.json` for editors, `index.json` with all we know, and those of `xregistry` and `twins`.

Their URLs are absolute, because these formats demand it: below the base URL of the registry.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from signalbook import catalogue, compose, jsontext, naming
from signalbook.pages import tools, twins, xregistry
from signalbook.registry.reading import META

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.registry import Contract, Envelope, Event, KeyPart, Registry

_META_SCHEMAS = f"{tools.SCHEMAS}/_meta"
"""Where the JSON Schemas of our own files stand; no id begins with an underscore, so no provider can take its place."""
INDEX_SCHEMA = f"{_META_SCHEMAS}/index.schema.json"
_PUBLISHED = ("index", "config", "baseline", "verdict", "summary")
"""What people and tools write or read beside payloads: the index, the configuration, the baseline, and the two kinds of line of a JSON report."""
_CATALOG = "https://json.schemastore.org/schema-catalog.json"


def files(registry: Registry, schemas: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return the indexes and the Markdown twins, by path; `schemas` is what `tools.files` made of the same registry. Raises `CannotCompose`."""
    served = tools.files(registry) if schemas is None else schemas
    return {
        "catalog.json": jsontext.canonical(catalog(registry)),
        "index.json": jsontext.canonical(index(registry, served)),
        "xregistry.json": jsontext.canonical(xregistry.document(registry)),
        "llms.txt": twins.overview(registry),
        **_meta_schemas(registry),
        **{tools.about_path(event): twins.twin(event, registry) for event in registry.events.values()},
        **{tools.about_path(envelope): twins.envelope_twin(envelope, registry) for envelope in registry.envelopes.values()},
    }


def _meta_schemas(registry: Registry) -> dict[str, bytes]:
    """Return the JSON Schemas of our own files as the site serves them: each with the address it stands at as its `$id`."""
    served: dict[str, bytes] = {}
    for name in _PUBLISHED:
        path = f"{_META_SCHEMAS}/{name}.schema.json"
        schema = jsontext.loads((META / f"{name}.schema.json").read_bytes())
        served[path] = jsontext.canonical({"$schema": schema.pop("$schema"), "$id": tools.url(registry, path), **schema})
    return served


def catalog(registry: Registry) -> dict[str, Any]:
    """Return the catalogue as SchemaStore writes one: which schema is for which files. A fixture is known by its folder or by its name."""
    return {"$schema": _CATALOG, "version": 1, "schemas": [entry for event in registry.events.values() for entry in _catalogued(event, registry)]}


def _catalogued(event: Event, registry: Registry) -> Iterator[dict[str, Any]]:
    """Yield the entry of an event's body, and one for its deliveries in each envelope, whose name follows the event's."""
    for envelope in (None, *compose.wrappers(registry, event.newest)):
        word = envelope.id.split("/")[1] if envelope else ""
        within = f" in {envelope.id}" if envelope else ""
        yield {
            "name": f"{event.id}{within}",
            "description": f"{event.title.en}{f', delivered in {envelope.title.en}' if envelope else ''}: {event.summary}".rstrip(".!?:;, "),
            "fileMatch": [
                f"**/fixtures/{event.id}/{word + '/' if word else ''}*.json",
                f"**/*.{event.id.replace('/', '-')}.{word + '.' if word else ''}json",
            ],
            "url": tools.url(registry, tools.latest_path(event, envelope)),
            "versions": {one.version: tools.url(registry, tools.bundle_path(one, envelope)) for one in event.oldest_first()},
        }


def index(registry: Registry, served: Mapping[str, bytes]) -> dict[str, Any]:
    """Return all that is known of the catalogue as JSON-ready values; `served` are the bytes of its schemas, by path. `INDEX_SCHEMA` describes it."""
    known = catalogue.index(registry)
    return {
        "$schema": tools.url(registry, INDEX_SCHEMA),
        "name": known["name"],
        "title": known["title"],
        "baseUrl": known["baseUrl"],
        "events": [_event(event, registry, served) for event in registry.events.values()],
        "envelopes": [_envelope(envelope, registry, served) for envelope in registry.envelopes.values()],
        "knownNames": known["knownNames"],
    }


def _event(event: Event, registry: Registry, served: Mapping[str, bytes]) -> dict[str, Any]:
    entry = catalogue.entry(event, registry)
    versions = {version: {**said, **_file(event.versions[version], registry, served)} for version, said in entry["versions"].items()}
    return {
        **entry,
        "versions": versions,
        "latest": tools.url(registry, f"{tools.SCHEMAS}/{event.id}/latest.json"),
        "examples": tools.url(registry, tools.examples_path(event.newest)),
        "page": tools.url(registry, tools.page_path(event.id)),
        "about": tools.url(registry, tools.about_path(event)),
        "sent": event.sent,
        "match": dict(event.match),
        "bundles": {one.id: tools.url(registry, tools.bundle_path(event.newest, one)) for one in compose.wrappers(registry, event.newest)},
        "fields": [{"path": field.path, "type": field.type, "always": field.always} for field in catalogue.fields(event.newest)],
        **_origins(event),
    }


def _envelope(envelope: Envelope, registry: Registry, served: Mapping[str, bytes]) -> dict[str, Any]:
    versions = {
        contract.version: {"$id": contract.schema["$id"], **_file(contract, registry, served)}
        for contract in sorted(envelope.versions.values(), key=lambda contract: naming.version_key(contract.version))
    }
    return {
        **catalogue.envelope_entry(envelope),
        "versions": versions,
        "latest": tools.url(registry, f"{tools.SCHEMAS}/{naming.folder(envelope.id)}/latest.json") if versions else None,
        "page": tools.url(registry, tools.page_path(envelope.id)),
        "holds": envelope.holds,
        "at": naming.pointer(envelope.at),
        "jsonText": [naming.pointer(place) for place in envelope.decode],
        **({"base64": True} if envelope.base64 else {}),
        "masked": envelope.masked,
        "keys": list(envelope.recognise.keys),
        "match": {part: _place(where) for part, where in envelope.key.items()},
        **_origins(envelope),
    }


def _place(part: KeyPart) -> dict[str, str]:
    """Return where one of the values that name an event stands in an envelope."""
    otherwise = {"otherwise": naming.pointer(part.otherwise)} if part.otherwise else {}
    return {"at": naming.pointer(part.path), **otherwise, **({"capture": part.capture.pattern} if part.capture else {})}


def _file(contract: Contract, registry: Registry, served: Mapping[str, bytes]) -> dict[str, Any]:
    path = tools.schema_url_path(contract)
    data = served[path]
    return {"url": tools.url(registry, path), "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}


def _origins(what: Event | Envelope) -> dict[str, Any]:
    return {
        "sources": [{"title": one.title, "url": one.url, "edition": one.edition, "seen": one.seen} for one in what.sources],
        "disagreements": [{"about": one.about, "note": one.note} for one in what.disagreements],
    }
