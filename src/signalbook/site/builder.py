"""Builds the site of a registry: every page, script, style and data file, as a map from path below `docs/` to bytes. `codegen.writer` writes them.

`layout` and `markup` are the building blocks of pages. `event_pages` and `envelope_pages` make the page of each contract, `overviews` the pages that
lead to them, `changes` and `search` the pages across all contracts. `try_page` and `recognition_data` make the check in the browser, `schema_files`
and `indexes` the files for tools, `markdown_twins` each page as plain Markdown, and `reference` the pages about the command.
"""

from __future__ import annotations

from importlib.resources import files as resources
from typing import TYPE_CHECKING

from signalbook.reading import strict_json
from signalbook.registry import lint, naming
from signalbook.site import (
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

    from signalbook.registry import Registry

ASSETS = ("catalogue.css", "catalogue.js", "find.js", "try.css", "try.js", "try-engine.js")


def files(registry: Registry, parser: argparse.ArgumentParser) -> dict[str, bytes]:
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
