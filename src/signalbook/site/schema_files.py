"""Generates the schema files of the site: each schema at its `$id`, its readings (strict, tolerant), bundles and examples. Paths are below `docs/`.

`<version>.json` is self-contained. `v<major>.json` and `latest.json` are byte copies of the newest version and keep its `$id`, so that a cache that
uses `$id` as its key never confuses two versions. `latest.<envelope>.json` is the same for a whole delivery.
Bodies are indented for people. Deliveries, readings and examples are compact, because only tools read them and indentation would add half their size.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from signalbook.codegen import bundles
from signalbook.engine import levels
from signalbook.reading import pointers, strict_json
from signalbook.registry import examples, naming
from signalbook.validation import contracts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.levels import Schema, Slot
    from signalbook.registry import Contract, Envelope, Event, Registry
    from signalbook.validation.findings import Finding

SCHEMAS = "schemas"
"""Folder of the site that corresponds to the base URL of the registry."""
Reading = Literal["strict", "tolerant"]
READINGS: tuple[Reading, ...] = get_args(Reading)
_WORDS = frozenset({*READINGS, "examples"})
_LEFT_OUT = frozenset({"$schema", "$id", "$comment", "definitions"})


def home(registry: Registry) -> str:
    """Return the URL of the site, with a trailing slash: the base URL without `schemas/`, the folder in which publishers put `$id`s."""
    return registry.base_url.removesuffix(f"{SCHEMAS}/")


def url(registry: Registry, path: str) -> str:
    """Return the absolute URL of a site file, by its path below `docs/`."""
    return f"{home(registry)}{path}"


def schema_url_path(contract: Contract) -> str:
    """Return the path of the self-contained schema of an event's body or an envelope; below the base URL it equals the path of its `$id`."""
    return f"{SCHEMAS}/{naming.schema_path(contract.of, contract.version)}"


def bundle_path(contract: Contract, envelope: Envelope | None = None, reading: Reading | None = None) -> str:
    """Return the path of the schema of a contract: alone or in an envelope, as written or in its strict or tolerant reading.

    A bare form has nothing around the body, so its path is that of the body.
    """
    words = [contract.version, *_around(envelope)]
    return _beside(contract, ".".join([*words, *([reading] if reading else [])]))


def _around(envelope: Envelope | None) -> list[str]:
    """Return the word for an envelope in file names; none for a bare form. "_" avoids the names of readings, because no id ends in one."""
    word = envelope.id.split("/")[1] if envelope is not None and not envelope.bare else ""
    return [f"{word}_" if word in _WORDS else word] if word else []


def examples_path(contract: Contract) -> str:
    """Return the path of the document with all examples of a contract."""
    return _beside(contract, f"{contract.version}.examples")


def alias_paths(what: Event | Envelope) -> dict[str, Contract]:
    """Return the paths of aliases for the newest versions, `latest.json` and `v1.json` for each major version, with their contracts."""
    return _aliases(what, None)


def delivery_paths(event: Event, envelope: Envelope) -> dict[str, Contract]:
    """Return the alias paths of an event in an envelope, for whole deliveries: `latest.cloudmonitor.json`, `v1.cloudmonitor.json`."""
    return _aliases(event, envelope)


def latest_path(what: Event | Envelope, envelope: Envelope | None = None) -> str:
    """Return the path of the alias for the newest schema: of a body or an envelope, or of an event in an envelope."""
    return _beside(what.newest, ".".join(["latest", *_around(envelope)]))


def _aliases(what: Event | Envelope, envelope: Envelope | None) -> dict[str, Contract]:
    newest = {f"v{naming.version_key(contract.version)[0]}": contract for contract in what.oldest_first()}
    return {
        _beside(contract, ".".join([name, *_around(envelope)])): contract
        for name, contract in {**newest, "latest": what.newest}.items()
    }


def about_path(what: Event | Envelope) -> str:
    """Return the path of the Markdown twin of a page. It ends in .txt, because a generator would turn .md into a page."""
    return f"{SCHEMAS}/{naming.folder(what.id)}/about.txt"


def page_path(contract_id: str) -> str:
    """Return the address at which the page of an event or envelope is served, relative to the site, which has a folder for each page."""
    return f"{naming.page(contract_id).removesuffix('.md')}/"


def _beside(contract: Contract, name: str) -> str:
    return f"{SCHEMAS}/{naming.folder(contract.of)}/{name}.json"


def files(registry: Registry) -> dict[str, bytes]:
    """Return every schema, alias and examples document of a registry, by path. Raises `CannotCompose`."""
    out = {f"{SCHEMAS}/{path}": strict_json.canonical(schema) for path, schema in registry.shared.items()}
    owners: list[Event | Envelope] = [*registry.events.values(), *registry.envelopes.values()]
    for what in owners:
        for contract in what.versions.values():
            out |= dict(_schemas(registry, contract))
            out[examples_path(contract)] = f"{strict_json.compact(shown(registry, contract))}\n".encode()
        if what.versions:
            out |= {path: out[schema_url_path(contract)] for path, contract in alias_paths(what).items()}
    for event in registry.events.values():
        for envelope in bundles.wrappers(registry, event.newest):
            out |= {
                path: out[bundle_path(contract, envelope)]
                for path, contract in delivery_paths(event, envelope).items()
            }
    return out


def _schemas(registry: Registry, contract: Contract) -> Iterator[tuple[str, bytes]]:
    """Yield the path and bytes of every schema of a contract: as written and in both readings, alone and in each of its envelopes."""
    for envelope in (None, *bundles.wrappers(registry, contract)):
        bundle = bundles.bundle(contract, envelope)
        path = bundle_path(contract, envelope)
        schema = _named(bundle, registry, path, bundle["$comment"])
        yield path, f"{strict_json.compact(schema)}\n".encode() if envelope else strict_json.canonical(schema)
        whole = _plain(bundle, _definitions(bundle, contract, envelope))
        for kind in READINGS:
            path = bundle_path(contract, envelope, kind)
            made_from = f"{contract} in {envelope.id}" if envelope else str(contract)
            schema = _named(
                _read(whole, kind, contract.slot),
                registry,
                path,
                f"Generated by 'signalbook build': the {kind} reading of {made_from}.",
            )
            yield path, f"{strict_json.compact(schema)}\n".encode()


def _definitions(bundle: Schema, contract: Contract, envelope: Envelope | None) -> dict[str, Any]:
    """Return the definitions of a bundle, without value lists in a body with masked values, because the strict reading would close them."""
    definitions: dict[str, Any] = bundle.get("definitions", {})
    body = naming.python_class(contract.of)
    return (
        {**definitions, body: _unlisted(definitions[body])} if envelope and envelope.masked else definitions
    )


def _unlisted(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    return levels.with_inside({key: value for key, value in schema.items() if key != "x-known"}, _unlisted)


def _read(resolved: Schema, reading: Reading, slot: Slot) -> Schema:
    """Return a reading of a resolved schema. `slot` is where an envelope holds its content. The strict one leaves JSON text in strings open."""
    read: Schema = levels.strict(resolved, slot) if reading == "strict" else levels.tolerant(resolved)
    return read


def _named(schema: Schema, registry: Registry, path: str, comment: str) -> Schema:
    """Return a schema with its URL on the site as `$id`."""
    rest = {key: value for key, value in schema.items() if key not in ("$schema", "$comment")}
    return {
        "$schema": levels.DIALECT,
        "$id": f"{registry.base_url}{path.removeprefix(f'{SCHEMAS}/')}",
        "$comment": comment,
        **rest,
    }


def _plain(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a bundle with references replaced by their definitions, in the original order of keys."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _plain(definitions[pointers.split(schema["$ref"])[-1]], definitions)
    kept = {key: value for key, value in schema.items() if key not in _LEFT_OUT}
    return levels.with_inside(kept, lambda inner: _plain(inner, definitions))


def shown(registry: Registry, contract: Contract) -> dict[str, Any]:
    """Return the examples of a contract as JSON-ready values: payloads by name, with the findings of each invalid one.

    Examples that are not JSON are left out.
    """
    found = {kind: _by_name(registry, contract, kind) for kind in ("valid", "delivered")}
    invalid = {
        name: {
            "payload": payload,
            "findings": [_finding(one) for one in findings(registry, contract, payload)],
        }
        for name, payload in _by_name(registry, contract, "invalid").items()
    }
    return {"of": contract.of, "version": contract.version, **found, "invalid": invalid}


def findings(registry: Registry, contract: Contract, body: Any) -> list[Finding]:
    """Return the findings of a contract version for a body or an envelope's payload, at the documented level. Pointers are relative to that body."""
    what = registry.versioned(contract.of)
    return contracts.judge(what, body, (), contracts.Request(version=contract.version))[1]


def _by_name(registry: Registry, contract: Contract, kind: examples.Kind) -> dict[str, Any]:
    return {
        example.file.stem: payload
        for example, payload in examples.read(examples.of(registry, contract, kind))
    }


def _finding(finding: Finding) -> dict[str, Any]:
    said = finding.as_dict()
    # Leave out what is the same for the whole file or in the contract, because it would be most of the bytes.
    return {key: said[key] for key in said if key not in ("contract", "source", "description")}
