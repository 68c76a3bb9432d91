"""Generates the site search: an index for the search script, and a page of all fields that answers which events have `instanceId`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from signalbook.envelopes.opener import open_payload
from signalbook.reading.strict_json import compact
from signalbook.registry import examples
from signalbook.site import catalogue, delivery_examples, markup, schema_files
from signalbook.site.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.registry import Envelope, Event, Registry
    from signalbook.site.catalogue import Field

INDEX = "catalogue/assets/find.json"
PAGE = "catalogue/fields.md"


def index(registry: Registry) -> dict[str, Any]:
    """Return the index as JSON-ready values: pages (events, envelopes, names without a contract, overviews), and fields by page number."""
    pages = [
        *(_event(registry, event) for event in registry.events.values()),
        *map(_envelope, registry.envelopes.values()),
    ]
    fields = [entry for number, what in enumerate(owners(registry)) for entry in _fields(number, what)]
    known = [
        {
            "kind": "name",
            "title": one.name,
            "name": one.name,
            "about": one.note,
            "url": f"catalogue/#{quote(known_row(one.name))}",
        }
        for one in registry.known_names.values()
    ]
    return {"pages": [*pages, *known, *_overviews(registry), *_TOOLS], "fields": fields}


def known_row(name: str) -> str:
    """Return the row id of a name without a contract, in the tables of such names."""
    return f"k.{'-'.join(name.split())}"


def delivered_names(registry: Registry, event: Event) -> list[str]:
    """Return the names under which an event is delivered, other than its own: `Instance:StateChange` also arrives as `ecs:Instance:StateChange`.

    They come from its delivered examples, at the locations by which each envelope names an event.
    """
    found: dict[str, None] = {}
    for contract in event.versions.values():
        for payload in examples.readable(examples.of(registry, contract, "delivered")):
            for opened in open_payload(payload, registry):
                if opened.event and opened.event.id == event.id:
                    found |= {
                        str(delivery_examples.standing_at(payload, clue.pointer)): None
                        for clue in opened.clues
                        if clue.part == "name" and clue.text
                    }
    return [name for name in found if name != event.name]


def owners(registry: Registry) -> list[Event | Envelope]:
    """Return everything that has a page with fields: the events, then the envelopes."""
    return [*registry.events.values(), *registry.envelopes.values()]


def _event(registry: Registry, event: Event) -> dict[str, Any]:
    said = " ".join(
        [
            event.id.rpartition("/")[0],
            event.category,
            event.severity,
            event.status,
            *event.match.values(),
            *event.versions,
        ]
    )
    about = {
        "kind": "event",
        "id": event.id,
        "title": event.title.en,
        "zh": event.title.zh or "",
        "name": event.name or "",
    }
    return {
        **about,
        "names": delivered_names(registry, event),
        "about": event.summary,
        "said": said,
        "url": schema_files.page_path(event.id),
    }


def _envelope(envelope: Envelope) -> dict[str, Any]:
    about = {
        "kind": "envelope",
        "id": envelope.id,
        "title": envelope.title.en,
        "zh": envelope.title.zh or "",
        "name": "",
    }
    return {**about, "about": envelope.summary, "url": schema_files.page_path(envelope.id)}


def _overviews(registry: Registry) -> Iterator[dict[str, Any]]:
    for provider in registry.providers.values():
        about = {
            "kind": "overview",
            "title": provider.title.en,
            "zh": provider.title.zh or "",
            "names": [provider.id],
        }
        yield {**about, "about": "", "url": f"catalogue/{provider.id}/"}
        for name, service in provider.services.items():
            about = {
                "kind": "overview",
                "title": service.title.en,
                "zh": service.title.zh or "",
                "names": [name, f"{provider.id} {name}"],
            }
            yield {**about, "about": service.summary, "url": f"catalogue/{provider.id}/{name}/"}


# Pages that exist for every registry, and the words people search for them with.
_TOOLS: tuple[dict[str, Any], ...] = (
    {
        "kind": "overview",
        "title": "What changed",
        "names": [
            "changes",
            "change",
            "changelog",
            "change log",
            "history",
            "news",
            "feed",
            "atom",
            "rss",
            "subscribe",
            "releases",
            "new versions",
        ],
        "about": "Every version of every contract, by the day it was first seen; as a feed too.",
        "url": "catalogue/changes/",
    },
    {
        "kind": "overview",
        "title": "Try it",
        "names": [
            "try",
            "playground",
            "paste",
            "check",
            "check a payload",
            "validate a payload",
            "online",
            "in the browser",
        ],
        "about": "Paste a payload: what it is, and whether it is right. It stays in the browser.",
        "url": "catalogue/try/",
    },
    {
        "kind": "overview",
        "title": "All fields",
        "names": ["fields", "field", "properties", "attributes"],
        "about": "Which events have which field.",
        "url": "catalogue/fields/",
    },
    {
        "kind": "overview",
        "title": "Catalogue",
        "names": ["events", "all events", "catalog", "list of events", "providers", "envelopes"],
        "about": "Every event, with filters.",
        "url": "catalogue/",
    },
)


def _fields(number: int, what: Event | Envelope) -> Iterator[list[Any]]:
    """Yield each field as its page number, path, type, listed values and meaning."""
    for field in catalogue.fields(what.newest) if what.versions else ():
        yield [number, field.path, field.type, values(what, field), field.description]


def values(what: Event | Envelope, field: Field) -> list[str]:
    """Return the listed values of a field of the newest version, and those of older versions with the last version that lists them."""
    out = {_plain(one): _plain(one) for one in field.values}
    for contract in what.older():
        old = next((one for one in catalogue.fields(contract) if one.path == field.path), None)
        for one in old.values if old and field.values else ():
            out.setdefault(_plain(one), f"{_plain(one)} (until {contract.version})")
    return list(out.values())


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else compact(value)


def page(registry: Registry) -> str:
    """Return the page of all fields by name: where each occurs, in which event, and its type."""
    lines = [
        markup.head(PAGE, "All fields", "Which events have which field."),
        "# All fields",
        "",
        "<p>Every field name of the catalogue, and where it stands. A name opens the events that have it.</p>",
        "",
    ]
    lines += ['<form class="filters" id="filters" role="search" aria-label="Filter the fields">']
    lines += [
        '<label>Name or value <input type="search" name="text" placeholder="instanceId, Stopped"></label>',
        "</form>",
    ]
    lines += ['<p id="count" role="status"></p>', '<div class="names">']
    for name, places in sorted(by_name(registry).items(), key=lambda one: (one[0].casefold(), one[0])):
        lines.append(_name(name, places))
    return "\n".join([*lines, "</div>", ""])


def by_name(registry: Registry) -> dict[str, list[tuple[Event | Envelope, Field]]]:
    """Return all occurrences of each field name in the newest versions: the event or envelope, and the field."""
    out: dict[str, list[tuple[Event | Envelope, Field]]] = {}
    for what in owners(registry):
        for field in catalogue.fields(what.newest) if what.versions else ():
            name = field.path.replace("[]", "").rpartition(".")[2]
            if name != "*":
                out.setdefault(name, []).append((what, field))
    return out


def _name(name: str, places: list[tuple[Event | Envelope, Field]]) -> str:
    """Return a collapsible list of a name's occurrences. Similar events share many fields, so equal occurrences are grouped."""
    groups: dict[tuple[str, str], list[str]] = {}
    for what, field in places:
        groups.setdefault((field.path, field.type), []).append(what.id)
    told = (f"{code(path)} {text(kind)} in {_grouped(ids)}" for (path, kind), ids in groups.items())
    listed = "|".join(dict.fromkeys(one for what, field in places for one in values(what, field)))
    count = len({what.id for what, _ in places})
    about = f'{code(name)} <span class="soft">{count} {"page" if count == 1 else "pages"}</span>'
    # The script turns ids into links when a name is opened: two thousand links would be most of the page.
    return f'<details id="n.{text(name)}" data-values="{text(listed)}"><summary>{about}</summary>\n{markup.items(told)}\n</details>'


def _grouped(ids: list[str]) -> str:
    """Return ids grouped by service: `huawei/cts`, then each last word. The script joins them again."""
    groups: dict[str, list[str]] = {}
    for one in ids:
        service, _, word = one.rpartition("/")
        groups.setdefault(service, []).append(f"<i>{text(word)}</i>")
    return " ".join(f"<b>{text(service)}</b> {' '.join(words)}" for service, words in groups.items())
