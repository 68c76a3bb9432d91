"""Generates the indexes for tools: `catalog.json` for editors, `index.json` with all that is known, and those of `xregistry` and `markdown_twins`.

Their URLs are absolute, below the base URL of the registry, because the formats require it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from signalbook.codegen import bundles
from signalbook.reading import pointers, strict_json
from signalbook.registry import naming
from signalbook.registry.tree_reader import META
from signalbook.site import catalogue, markdown_twins, schema_files, xregistry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.registry import Contract, Envelope, Event, KeyPart, Registry

_META_SCHEMAS = f"{schema_files.SCHEMAS}/_meta"
"""Path of signalbook's own JSON Schemas. No provider can collide with it, because no id begins with an underscore."""
INDEX_SCHEMA = f"{_META_SCHEMAS}/index.schema.json"
_PUBLISHED = ("index", "config", "baseline", "verdict", "summary")
"""Schemas of files that people and tools write or read besides payloads: index, configuration, baseline, and the two kinds of JSON report lines."""
_CATALOG = "https://json.schemastore.org/schema-catalog.json"


def files(registry: Registry, schemas: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Return the indexes and Markdown twins by path. `schemas` is the result of `schema_files.files` for this registry. Raises `CannotCompose`."""
    served = schema_files.files(registry) if schemas is None else schemas
    return {
        "catalog.json": strict_json.canonical(catalog(registry)),
        "index.json": strict_json.canonical(index(registry, served)),
        "xregistry.json": strict_json.canonical(xregistry.document(registry)),
        "llms.txt": markdown_twins.overview(registry),
        **_meta_schemas(registry),
        **{
            schema_files.about_path(event): markdown_twins.twin(event, registry)
            for event in registry.events.values()
        },
        **{
            schema_files.about_path(envelope): markdown_twins.envelope_twin(envelope, registry)
            for envelope in registry.envelopes.values()
        },
    }


def _meta_schemas(registry: Registry) -> dict[str, bytes]:
    """Return signalbook's own JSON Schemas as the site serves them, with their URL as `$id`."""
    served: dict[str, bytes] = {}
    for name in _PUBLISHED:
        path = f"{_META_SCHEMAS}/{name}.schema.json"
        schema = strict_json.loads((META / f"{name}.schema.json").read_bytes())
        served[path] = strict_json.canonical(
            {"$schema": schema.pop("$schema"), "$id": schema_files.url(registry, path), **schema}
        )
    return served


def catalog(registry: Registry) -> dict[str, Any]:
    """Return the catalogue in SchemaStore format, which maps schemas to files. Fixtures match by folder or by name."""
    return {
        "$schema": _CATALOG,
        "version": 1,
        "schemas": [entry for event in registry.events.values() for entry in _catalogued(event, registry)],
    }


def _catalogued(event: Event, registry: Registry) -> Iterator[dict[str, Any]]:
    """Yield an entry for an event's body, and one for its deliveries in each envelope."""
    for envelope in (None, *bundles.wrappers(registry, event.newest)):
        word = envelope.id.split("/")[1] if envelope else ""
        within = f" in {envelope.id}" if envelope else ""
        yield {
            "name": f"{event.id}{within}",
            "description": f"{event.title.en}{f', delivered in {envelope.title.en}' if envelope else ''}: {event.summary}".rstrip(
                ".!?:;, "
            ),
            "fileMatch": [
                f"**/fixtures/{event.id}/{word + '/' if word else ''}*.json",
                f"**/*.{event.id.replace('/', '-')}.{word + '.' if word else ''}json",
            ],
            "url": schema_files.url(registry, schema_files.latest_path(event, envelope)),
            "versions": {
                one.version: schema_files.url(registry, schema_files.bundle_path(one, envelope))
                for one in event.oldest_first()
            },
        }


def index(registry: Registry, served: Mapping[str, bytes]) -> dict[str, Any]:
    """Return everything known about the catalogue as JSON-ready values, as in `INDEX_SCHEMA`. `served` has the bytes of its schemas by path."""
    known = catalogue.index(registry)
    return {
        "$schema": schema_files.url(registry, INDEX_SCHEMA),
        "name": known["name"],
        "title": known["title"],
        "baseUrl": known["baseUrl"],
        "events": [_event(event, registry, served) for event in registry.events.values()],
        "envelopes": [_envelope(envelope, registry, served) for envelope in registry.envelopes.values()],
        "knownNames": known["knownNames"],
    }


def _event(event: Event, registry: Registry, served: Mapping[str, bytes]) -> dict[str, Any]:
    entry = catalogue.entry(event, registry)
    versions = {
        version: {**said, **_file(event.versions[version], registry, served)}
        for version, said in entry["versions"].items()
    }
    return {
        **entry,
        "versions": versions,
        "latest": schema_files.url(registry, f"{schema_files.SCHEMAS}/{event.id}/latest.json"),
        "examples": schema_files.url(registry, schema_files.examples_path(event.newest)),
        "page": schema_files.url(registry, schema_files.page_path(event.id)),
        "about": schema_files.url(registry, schema_files.about_path(event)),
        "sent": event.sent,
        "match": dict(event.match),
        "bundles": {
            one.id: schema_files.url(registry, schema_files.bundle_path(event.newest, one))
            for one in bundles.wrappers(registry, event.newest)
        },
        "fields": [
            {"path": field.path, "type": field.type, "always": field.always}
            for field in catalogue.fields(event.newest)
        ],
        **_origins(event),
    }


def _envelope(envelope: Envelope, registry: Registry, served: Mapping[str, bytes]) -> dict[str, Any]:
    versions = {
        contract.version: {"$id": contract.schema["$id"], **_file(contract, registry, served)}
        for contract in sorted(
            envelope.versions.values(), key=lambda contract: naming.version_key(contract.version)
        )
    }
    return {
        **catalogue.envelope_entry(envelope),
        "versions": versions,
        "latest": schema_files.url(
            registry, f"{schema_files.SCHEMAS}/{naming.folder(envelope.id)}/latest.json"
        )
        if versions
        else None,
        "page": schema_files.url(registry, schema_files.page_path(envelope.id)),
        "holds": envelope.holds,
        "at": pointers.join(envelope.at),
        "jsonText": [pointers.join(place) for place in envelope.decode],
        **({"base64": True} if envelope.base64 else {}),
        "masked": envelope.masked,
        "keys": list(envelope.recognise.keys),
        "match": {part: _place(where) for part, where in envelope.key.items()},
        **_origins(envelope),
    }


def _place(part: KeyPart) -> dict[str, str]:
    """Return where an envelope holds one of the values that name an event."""
    otherwise = {"otherwise": pointers.join(part.otherwise)} if part.otherwise else {}
    return {
        "at": pointers.join(part.path),
        **otherwise,
        **({"capture": part.capture.pattern} if part.capture else {}),
    }


def _file(contract: Contract, registry: Registry, served: Mapping[str, bytes]) -> dict[str, Any]:
    path = schema_files.schema_url_path(contract)
    data = served[path]
    return {
        "url": schema_files.url(registry, path),
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }


def _origins(what: Event | Envelope) -> dict[str, Any]:
    return {
        "sources": [
            {"title": one.title, "url": one.url, "edition": one.edition, "seen": one.seen}
            for one in what.sources
        ],
        "disagreements": [{"about": one.about, "note": one.note} for one in what.disagreements],
    }
