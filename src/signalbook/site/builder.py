"""Builds everything that is generated from a registry, as maps from path to bytes: its site, and the files below `generated/`."""

from __future__ import annotations

from importlib.resources import files as resources
from typing import TYPE_CHECKING

from signalbook.codegen import bundles, fuzz_tests, packages
from signalbook.reading import strict_json
from signalbook.registry import lint, naming
from signalbook.site import (
    catalogue,
    changes,
    delivery_examples,
    envelope_pages,
    event_pages,
    indexes,
    overviews,
    recognition_data,
    reference,
    schema_files,
    search,
    try_page,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from signalbook.engine.levels import Schema
    from signalbook.registry import Contract, Registry


OWNED = ("bundles", "fuzz", "index.json", "python")
"""Entries below `generated/` that signalbook owns: files there that are no longer generated are removed."""


def generated_files(registry: Registry) -> dict[str, bytes]:
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


ASSETS = ("catalogue.css", "catalogue.js", "find.js", "try.css", "try.js", "try-engine.js")


def site_files(registry: Registry, parser: argparse.ArgumentParser) -> dict[str, bytes]:
    """Return every site file that is generated from a registry, by its path below the docs folder. `parser` is the command's, for its reference page.

    Raises `CannotCompose` and `BrokenRegistry` for contracts that cannot be composed or used.
    """
    pages = dict(_pages(registry))
    out = {name: page.encode() for name, page in pages.items()}
    out |= {
        f"catalogue/assets/{name}": resources("signalbook.site").joinpath("assets", name).read_bytes()
        for name in ASSETS
    }
    out[search.INDEX] = strict_json.compact(search.index(registry)).encode()
    out[changes.FEED] = changes.feed(registry)
    served = schema_files.files(registry)
    out |= (
        recognition_data.files(registry)
        | served
        | indexes.files(registry, served)
        | reference.files(parser, lint.RULES, registry)
    )
    return dict(sorted(out.items()))


def _pages(registry: Registry) -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown text of every catalogue page."""
    yield overviews.INDEX, overviews.front(registry)
    yield from (
        (overviews.overview(provider.id), overviews.provider_page(registry, provider))
        for provider in registry.providers.values()
    )
    yield from (
        (overviews.overview(service.id), overviews.service_page(registry, service))
        for service in registry.services.values()
    )
    yield from (
        (naming.page(event.id), event_pages.page(registry, event)) for event in registry.events.values()
    )
    carried = delivery_examples.carried(registry)
    for envelope in registry.envelopes.values():
        yield naming.page(envelope.id), envelope_pages.page(registry, envelope, carried.get(envelope.id, {}))
    yield search.PAGE, search.page(registry)
    yield changes.PAGE, changes.page(registry)
    yield try_page.PAGE, try_page.page(registry).decode()
