"""The registry → the site: every page, script, style and data file, as a map of path below `docs/` → bytes. Pure: `sync` writes.

`frame` and `markup` are what pages are made with; `events` and `envelopes` make the pages of one contract each, `overviews` those that lead to them, `changes` and `finding` those across all;
`try_page` and `browser` the check in the browser; `tools` and `indexes` what tools read; `twins` each page as plain Markdown; `reference` the pages on the command.
"""

from __future__ import annotations

from importlib.resources import files as resources
from typing import TYPE_CHECKING

from signalbook import jsontext, lint, naming
from signalbook.pages import arrivals, browser, changes, envelopes, events, finding, indexes, overviews, reference, tools, try_page

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from signalbook.registry import Registry

ASSETS = ("catalogue.css", "catalogue.js", "find.js", "try.css", "try.js", "try-engine.js")


def files(registry: Registry, parser: argparse.ArgumentParser) -> dict[str, bytes]:
    """Return every file of the site that is made of a registry, by its path below the docs folder; `parser` is the command's, which a page describes.

    Raises `CannotCompose` and `BrokenRegistry` for contracts that cannot be put together or used.
    """
    pages = dict(_pages(registry))
    out = {name: page.encode() for name, page in pages.items()}
    out |= {f"catalogue/assets/{name}": resources("signalbook.pages").joinpath("assets", name).read_bytes() for name in ASSETS}
    out[finding.INDEX] = jsontext.compact(finding.index(registry)).encode()
    out[changes.FEED] = changes.feed(registry)
    served = tools.files(registry)
    out |= browser.files(registry) | served | indexes.files(registry, served) | reference.files(parser, lint.RULES, registry)
    return dict(sorted(out.items()))


def _pages(registry: Registry) -> Iterator[tuple[str, str]]:
    """Yield the path and the Markdown of every page of the catalogue."""
    yield overviews.INDEX, overviews.front(registry)
    yield from ((overviews.overview(provider.id), overviews.provider_page(registry, provider)) for provider in registry.providers.values())
    yield from ((overviews.overview(service.id), overviews.service_page(registry, service)) for service in registry.services.values())
    yield from ((naming.page(event.id), events.page(registry, event)) for event in registry.events.values())
    carried = arrivals.carried(registry)
    for envelope in registry.envelopes.values():
        yield naming.page(envelope.id), envelopes.page(registry, envelope, carried.get(envelope.id, {}))
    yield finding.PAGE, finding.page(registry)
    yield changes.PAGE, changes.page(registry)
    yield try_page.PAGE, try_page.page(registry).decode()
