"""Generates an xRegistry document (1.0-rc2) of a registry: a schema group and a message group per service, and the schemas of envelopes.

A schema is one major version of a contract, because all versions of an xRegistry schema should be compatible. No `compatibility` is claimed, because
that requires a proof for every pair of versions; `signalbook diff` reports which pairs have one.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from signalbook.reading import pointers
from signalbook.registry import naming
from signalbook.site import schema_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.registry import Contract, Envelope, Event, Registry

SPECVERSION = "1.0-rc2"
FORMAT = "JsonSchema/draft-07"


def document(registry: Registry) -> dict[str, Any]:
    """Return the document as JSON-ready values."""
    services = {
        service: [event for event in registry.events.values() if _service(event) == service]
        for service in registry.services
    }
    around = {
        provider: [
            one for one in registry.envelopes.values() if one.versions and one.id.startswith(f"{provider}/")
        ]
        for provider in registry.providers
    }
    groups = dict(_schema_groups(registry, services, around))
    messages = dict(_message_groups(registry, services))
    return {
        "specversion": SPECVERSION,
        "registryid": registry.name,
        **_entity(registry, "/", _days(registry.events.values())),
        "name": registry.title,
        "documentation": schema_files.home(registry),
        "schemagroupscount": len(groups),
        "schemagroups": groups,
        "messagegroupscount": len(messages),
        "messagegroups": messages,
    }


def _service(event: Event) -> str:
    return event.id.rpartition("/")[0]


def _entity(registry: Registry, xid: str, days: Iterable[str]) -> dict[str, Any]:
    """Return the attributes of every entity: its location, and the first and last day of evidence for what it describes."""
    known = sorted(days)
    return {
        "self": f"{schema_files.url(registry, 'xregistry.json')}#{xid}",
        "xid": xid,
        "epoch": 1,
        "createdat": f"{known[0]}T00:00:00Z",
        "modifiedat": f"{known[-1]}T00:00:00Z",
    }


def _days(owners: Iterable[Event | Envelope]) -> list[str]:
    return [contract.first_seen for owner in owners for contract in owner.versions.values()] or ["1970-01-01"]


def _schema_groups(
    registry: Registry, services: Mapping[str, list[Event]], around: Mapping[str, list[Envelope]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for service, events in services.items():
        about = registry.services[service]
        yield _schema_group(registry, service.replace("/", "."), str(about.title), about.summary, events)
    for provider, envelopes in around.items():
        title = registry.providers[provider].title
        # The underscore prevents a collision with a service of that name.
        yield _schema_group(
            registry,
            f"{provider}._envelopes",
            f"{title.en}: envelopes",
            "What deliveries wrap around events.",
            envelopes,
        )


def _schema_group(
    registry: Registry, group_id: str, name: str, description: str, owners: Iterable[Event | Envelope]
) -> tuple[str, dict[str, Any]]:
    owners = list(owners)
    xid = f"/schemagroups/{group_id}"
    schemas = dict(schema for owner in owners for schema in _schemas(registry, xid, owner))
    return group_id, {
        "schemagroupid": group_id,
        **_entity(registry, xid, _days(owners)),
        "name": name,
        "description": description,
        "schemascount": len(schemas),
        "schemas": schemas,
    }


def _schemas(registry: Registry, group: str, owner: Event | Envelope) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield one schema for each major version of an event or envelope."""
    for major, found in groupby(
        owner.oldest_first(), key=lambda contract: naming.version_key(contract.version)[0]
    ):
        contracts = list(found)
        schema_id = f"{owner.id.split('/')[-1]}.v{major}"
        xid = f"{group}/schemas/{schema_id}"
        days = [contract.first_seen for contract in contracts]
        ancestors = [contracts[0], *contracts]
        yield (
            schema_id,
            {
                "schemaid": schema_id,
                "versionid": contracts[-1].version,
                **_entity(registry, xid, days),
                "name": str(owner.title),
                "description": owner.summary,
                "documentation": schema_files.url(registry, schema_files.page_path(owner.id)),
                "format": FORMAT,
                "meta": _meta(registry, owner, schema_id, xid, contracts),
                "versionscount": len(contracts),
                "versions": {
                    one.version: _version(registry, xid, one, before)
                    for one, before in zip(contracts, ancestors, strict=False)
                },
            },
        )


def _meta(
    registry: Registry, owner: Event | Envelope, schema_id: str, xid: str, contracts: list[Contract]
) -> dict[str, Any]:
    newest = contracts[-1]
    meta = {
        "schemaid": schema_id,
        **_entity(registry, f"{xid}/meta", [contract.first_seen for contract in contracts]),
        "readonly": True,
        "defaultversionid": newest.version,
        "defaultversionurl": f"{schema_files.url(registry, 'xregistry.json')}#{xid}/versions/{newest.version}",
        "defaultversionsticky": False,
    }
    if newest is not owner.newest or getattr(owner, "status", None) == "deprecated":
        meta["deprecated"] = {
            "docs": schema_files.url(registry, schema_files.page_path(owner.id)),
            **_alternative(registry, owner, newest),
        }
    return meta


def _alternative(registry: Registry, owner: Event | Envelope, newest: Contract) -> dict[str, str]:
    """Return the replacement of a major version that is not the newest, or of an event that another one replaces."""
    successor = getattr(owner, "replaced_by", None)
    if newest is not owner.newest:
        return {"alternative": schema_files.url(registry, schema_files.schema_url_path(owner.newest))}
    return {"alternative": schema_files.url(registry, schema_files.page_path(successor))} if successor else {}


def _version(registry: Registry, schema: str, contract: Contract, before: Contract) -> dict[str, Any]:
    return {
        "schemaid": schema.rpartition("/")[2],
        "versionid": contract.version,
        **_entity(registry, f"{schema}/versions/{contract.version}", [contract.first_seen]),
        "name": str(contract),
        "description": contract.note,
        "documentation": schema_files.url(registry, schema_files.page_path(contract.of)),
        "labels": {"by": contract.by, "firstseen": contract.first_seen},
        # By the specification, a version without a predecessor is its own ancestor.
        "ancestor": before.version,
        "contenttype": "application/schema+json",
        "format": FORMAT,
        "schemaurl": schema_files.url(registry, schema_files.schema_url_path(contract)),
    }


def _message_groups(
    registry: Registry, services: Mapping[str, list[Event]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for service, events in services.items():
        group_id = service.replace("/", ".")
        xid = f"/messagegroups/{group_id}"
        yield (
            group_id,
            {
                "messagegroupid": group_id,
                **_entity(registry, xid, _days(events)),
                "name": str(registry.services[service].title),
                "messagescount": len(events),
                "messages": {
                    event.id.split("/")[-1]: _message(registry, xid, group_id, event) for event in events
                },
            },
        )


def _message(registry: Registry, group: str, group_id: str, event: Event) -> dict[str, Any]:
    """Return an event as a message. Its labels contain the values that name it, and where each envelope holds them."""
    word = event.id.split("/")[-1]
    major = naming.version_key(event.newest.version)[0]
    schema = f"/schemagroups/{group_id}/schemas/{word}.v{major}"
    return {
        "messageid": word,
        **_entity(registry, f"{group}/messages/{word}", _days([event])),
        "name": event.name or event.title.en,
        "description": event.summary,
        "documentation": schema_files.url(registry, schema_files.page_path(event.id)),
        "labels": {f"match.{part}": value for part, value in event.match.items()}
        | dict(_places(registry, event)),
        "dataschemaformat": FORMAT,
        "dataschemauri": schema_files.url(registry, f"{schema_files.SCHEMAS}/{event.id}/v{major}.json"),
        "dataschemaxid": schema,
        "datacontenttype": "application/json",
    }


def _places(registry: Registry, event: Event) -> Iterator[tuple[str, str]]:
    """Yield a label for each location at which an envelope holds a value that names the event, and for the location of its body."""
    for envelope in (registry.envelopes[one] for one in event.envelopes):
        label = f"envelope.{envelope.id.split('/')[1]}"
        yield f"{label}.body", pointers.join(envelope.at)
        for part, where in envelope.key.items():
            yield f"{label}.{part}", pointers.join(where.path)
            if where.capture:
                yield f"{label}.{part}.capture", where.capture.pattern
