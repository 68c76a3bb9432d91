"""Renders the overview pages: the whole catalogue with its filters, each provider, and each service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.registry import naming
from signalbook.site import markup, search
from signalbook.site.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from signalbook.registry import Event, KnownName, Provider, Registry, Service

INDEX = "catalogue/index.md"

_HEAD = ("Event", "Provider's name", "What it says", "Category", "Severity", "Version")


def table(
    events: Iterable[Event], here: str, about: str = "Events", more: Mapping[str, str] | None = None
) -> str:
    """Return events as a table. Row attributes are what the catalogue's filters select by; `more` has extra search words by event id."""
    return markup.table(
        _HEAD, (_row(event, here, (more or {}).get(event.id)) for event in events), about, "events"
    )


def _row(event: Event, here: str, more: str | None) -> str:
    provider, service, _ = event.id.split("/")
    zh = f' <small lang="zh">{text(event.title.zh)}</small>' if event.title.zh else ""
    status = (
        "" if event.status == "active" else f' <span class="badge {event.status}">{text(event.status)}</span>'
    )
    cells = [
        f"{markup.link(here, naming.page(event.id), text(event.title.en))}{zh}{status}",
        markup.name(event.name) if event.name else "",
        text(event.summary),
        text(event.category),
        text(event.severity),
        event.newest.version,
    ]
    marks = f'data-provider="{provider}" data-service="{provider}/{service}" data-category="{event.category}" data-severity="{event.severity}"'
    marks += f' data-more="{text(more)}"' if more else ""
    return f"<tr {marks}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def front(registry: Registry) -> str:
    """Return the front page of the catalogue."""
    head = markup.head(INDEX, registry.title, "Every event, with filters.", wide=True)
    events = list(registry.events.values())
    lines = [
        head,
        markup.heading(1, registry.title),
        "",
        f"<p>{_counted(registry)}</p>",
        "",
        *_filters(events),
        "",
    ]
    lines.append('<p id="count" role="status"></p>')
    lines += [
        table(events, INDEX, more=_more(registry)),
        "",
        "## Providers",
        "",
        markup.items(_providers(registry)),
        "",
    ]
    wrappers = (
        f"{markup.link(INDEX, naming.page(one.id), text(one.title.en))} {code(one.id)} {text(one.summary)}"
        for one in registry.envelopes.values()
    )
    lines += ["## Envelopes", "", "<p>What a delivery wraps around an event.</p>", markup.items(wrappers), ""]
    return "\n".join([*lines, *_known(registry.services.values())])


def _more(registry: Registry) -> dict[str, str]:
    """Return extra search words for each event: its id, its envelopes, and its names as delivered."""
    return {
        event.id: " ".join(
            [
                event.id,
                *(one.rpartition("/")[2] for one in event.envelopes),
                *search.delivered_names(registry, event),
            ]
        )
        for event in registry.events.values()
    }


def _counted(registry: Registry) -> str:
    bare = sum(one.bare for one in registry.envelopes.values())
    envelopes = f"{len(registry.envelopes) - bare} envelopes" + (f" and {bare} bare forms" if bare else "")
    find = '<button class="link" type="button" data-find>find anything</button>'
    return f"{len(registry.events)} events in {len(registry.event_contracts())} versions, {envelopes}. Filter, or {find} (<kbd>/</kbd>)."


def _filters(events: list[Event]) -> Iterator[str]:
    yield '<form class="filters" id="filters" role="search" aria-label="Filter the events">'
    yield '<label>Text <input type="search" name="text" placeholder="name, title, 标题"></label>'
    for name, of in (
        ("provider", [event.id.split("/")[0] for event in events]),
        ("service", [event.id.rpartition("/")[0] for event in events]),
        ("category", [event.category for event in events]),
        ("severity", [event.severity for event in events]),
    ):
        options = "".join(f"<option>{text(one)}</option>" for one in sorted(set(of)))
        yield f'<label>{name.capitalize()} <select name="{name}"><option value="">all</option>{options}</select></label>'
    yield '<button type="reset">Reset</button>'
    yield "</form>"


def _providers(registry: Registry) -> Iterator[str]:
    for provider in registry.providers.values():
        services = ", ".join(
            markup.link(INDEX, overview(service.id), text(service.title.en))
            for service in provider.services.values()
        )
        yield f"{markup.link(INDEX, overview(provider.id), text(provider.title))}, {len(_below(registry, provider.id))} events: {services}"


def overview(place: str) -> str:
    """Return the path of the overview of a provider or service, by its id."""
    return f"catalogue/{place}/index.md"


def _below(registry: Registry, place: str) -> list[Event]:
    """Return the events of a provider or service; a service may have none."""
    return [event for event in registry.events.values() if event.id.startswith(f"{place}/")]


def _known(services: Iterable[Service]) -> Iterator[str]:
    known = [one for service in services for one in service.known_names.values()]
    # Two services may list the same name, but an id must be unique on a page.
    first = {one.name: one for one in reversed(known)}
    rows = [_known_row(one, search.known_row(one.name) if first[one.name] is one else None) for one in known]
    if rows:
        yield from (
            "## Known by name only",
            "",
            "<p>Names that providers list; what such an event holds is documented nowhere, so there is no contract.</p>",
        )
        yield from (
            markup.table(("Name", "Service", "What is known"), rows, "Names without a contract", "known"),
            "",
        )


def _known_row(one: KnownName, row_id: str | None) -> str:
    cells = "".join(
        f"<td>{cell}</td>" for cell in (code(one.name), text(one.service), markup.linked(one.note))
    )
    return f'<tr id="{text(row_id)}">{cells}</tr>' if row_id else f"<tr>{cells}</tr>"


def provider_page(registry: Registry, provider: Provider) -> str:
    """Return the overview of a provider: its services and their events, its envelopes, and the products that look alike."""
    here = overview(provider.id)
    lines = [
        markup.head(here, provider.title.en, f"The events of {provider.title.en}.", wide=True),
        markup.trail(registry, here),
    ]
    lines += [markup.heading(1, provider.title.en, provider.title.zh), ""]
    for name, service in provider.services.items():
        link = markup.link(here, overview(service.id), text(service.title.en))
        lines += [
            markup.heading(2, service.title.en, name=name),
            "",
            f"<p>{text(service.summary)} {link}</p>",
            table(_below(registry, service.id), here, service.title.en),
            "",
        ]
    wrappers = [one for one in registry.envelopes.values() if one.id.startswith(f"{provider.id}/")]
    told = (
        f"{markup.link(here, naming.page(one.id), text(one.title.en))} {text(one.summary)}"
        for one in wrappers
    )
    lines += ["## Envelopes", "", markup.items(told), ""] if wrappers else []
    alike = [
        f"<strong>{text(one.title.en)}</strong>: {text(one.summary)}" for one in provider.neighbours.values()
    ]
    lines += ["## Looks alike, and is not", "", markup.items(alike), ""] if alike else []
    sources = (
        f'<a href="{text(one.url)}">{text(one.title)}</a>, read on {one.seen}'
        for one in provider.sources.values()
        if one.url
    )
    return "\n".join([*lines, "## Sources", "", markup.items(sources), ""])


def service_page(registry: Registry, service: Service) -> str:
    """Return the overview of a service: its events, and the names that are known without a contract."""
    here = overview(service.id)
    lines = [
        markup.head(here, service.title.en, service.summary, wide=True),
        markup.trail(registry, here, service.id.split("/")[0]),
    ]
    lines += [
        markup.heading(1, service.title.en, service.title.zh),
        "",
        f'<p class="lead">{text(service.summary)}</p>',
        "",
    ]
    return "\n".join(
        [*lines, table(_below(registry, service.id), here, service.title.en), "", *_known([service])]
    )
