"""The registry → everything that is generated from it, as a map of path → bytes. Pure: `sync` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook import catalogue, compose, jsontext, models, naming, suites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.levels import Schema
    from signalbook.registry import Contract, Registry

OWNED = ("bundles", "fuzz", "index.json", "python")
"""What below `generated/` is ours: a file there that nothing makes any more is removed."""


def files(registry: Registry) -> dict[str, bytes]:
    """Return every generated file, by its path below the output folder. Raises `MissingExtra` without the libraries that write Python."""
    out = {"index.json": jsontext.canonical(catalogue.index(registry))}
    for contract in registry.event_contracts():
        for name, schema in _bundles(registry, contract):
            out[f"bundles/{contract.of}/{contract.version}/{name}.json"] = jsontext.canonical(schema)
    package = f"python/{naming.models_package(registry.name)}"
    out |= {f"{package}/{name}": data for name, data in models.package(registry, registry.event_contracts()).items()}
    out |= {f"fuzz/{name}": data for name, data in suites.modules(registry).items()}
    return dict(sorted(out.items()))


def _bundles(registry: Registry, contract: Contract) -> Iterator[tuple[str, Schema]]:
    yield "body", compose.bundle(contract)
    for envelope in compose.wrappers(registry, contract):
        yield envelope.id.split("/")[1], compose.bundle(contract, envelope)
