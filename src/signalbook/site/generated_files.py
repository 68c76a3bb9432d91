"""Generates everything below `generated/` from a registry, as a map from path to bytes. `codegen.writer` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.codegen import bundles, fuzz_tests, packages
from signalbook.reading import strict_json
from signalbook.registry import naming
from signalbook.site import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.levels import Schema
    from signalbook.registry import Contract, Registry

OWNED = ("bundles", "fuzz", "index.json", "python")
"""Entries below `generated/` that signalbook owns: files there that are no longer generated are removed."""


def files(registry: Registry) -> dict[str, bytes]:
    """Return every generated file by its path below the output folder. Raises `MissingExtra` without the libraries that generate Python."""
    out = {"index.json": strict_json.canonical(catalogue.index(registry))}
    for contract in registry.event_contracts():
        for name, schema in _bundles(registry, contract):
            out[f"bundles/{contract.of}/{contract.version}/{name}.json"] = strict_json.canonical(schema)
    package = f"python/{naming.models_package(registry.name)}"
    out |= {
        f"{package}/{name}": data
        for name, data in packages.package(registry, registry.event_contracts()).items()
    }
    out |= {f"fuzz/{name}": data for name, data in fuzz_tests.modules(registry).items()}
    return dict(sorted(out.items()))


def _bundles(registry: Registry, contract: Contract) -> Iterator[tuple[str, Schema]]:
    yield "body", bundles.bundle(contract)
    for envelope in bundles.wrappers(registry, contract):
        yield envelope.id.split("/")[1], bundles.bundle(contract, envelope)
