"""The site as files: every link leads somewhere, nothing is fetched from elsewhere, pages are small, and what they show is what the kit says."""

from __future__ import annotations

import json
import re
import shlex
from html import unescape
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

import signalbook
import sites
from conftest import GOOD
from signalbook import Registry, compat
from signalbook.cli.arguments import parser
from signalbook.registry import examples, naming
from signalbook.site import (
    builder,
    catalogue,
    changes,
    delivery_examples,
    envelope_pages,
    event_pages,
    field_table,
    markup,
    search,
)

if TYPE_CHECKING:
    from pathlib import Path

ATOM = "{http://www.w3.org/2005/Atom}"
MOST_BYTES = 152_000


@pytest.fixture(scope="module", params=["catalogue", "model"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the catalogue, and that of the small registry that others copy, as MkDocs makes them in strict mode."""
    return (
        sites.made(tmp_path_factory.mktemp("site"), GOOD)
        if request.param == "model"
        else sites.catalogue(tmp_path_factory)
    )


def test_every_internal_link_and_anchor_resolves(site: Path) -> None:
    """What a page links to or loads is a file of the site, and a fragment is the id of something there."""
    lost, followed = [], 0
    for name in sites.html(site):
        for address, file, fragment in sites.targets(site, name):
            followed += 1
            there = file.is_file() and (
                not fragment
                or file.suffix != ".html"
                or fragment in sites.page(file).ids
                or fragment.startswith("in.")
            )
            lost += [] if there else [f"{name}: {address}"]
    assert lost == []
    assert followed > 30 * len(sites.html(site))


def test_every_page_is_complete_without_the_network(site: Path) -> None:
    """No script, style, picture or font comes from elsewhere, and no address begins at the root: the site works below any path."""
    for name in sites.html(site):
        page = sites.page(site / name)
        assert [one for one in page.loads if re.match(r"(https?:)?//", one)] == [], name
        assert [one for one in (*page.loads, *page.links) if one.startswith("/")] == [], name
    for file in [*site.rglob("*.css"), *site.rglob("*.js")]:
        text = file.read_text("utf-8")
        assert not re.search(r"@import|url\(\s*['\"]?(https?:)?//|importScripts\(", text), file


def test_ids_are_unique(site: Path) -> None:
    """An id that stands twice makes a link lead to the wrong place."""
    for name in sites.html(site):
        ids = sites.page(site / name).ids
        assert sorted(ids) == sorted(set(ids)), name


def test_the_first_view_of_every_page_is_small(site: Path) -> None:
    """A page with the styles and scripts that it loads by itself, uncompressed, stays below 150 kB; there are no fonts. What is asked for later is not counted."""
    for name in sites.html(site):
        own = {file for _, file, _ in sites.targets(site, name) if file.suffix in (".css", ".js", ".svg")}
        loaded = {
            file for address, file, _ in sites.targets(site, name) if address in sites.page(site / name).loads
        }
        size = (site / name).stat().st_size + sum(file.stat().st_size for file in own & loaded)
        assert size < MOST_BYTES, f"{name}: {size:,} bytes"


def test_a_map_of_the_site_is_made_where_addresses_are_known(tmp_path: Path) -> None:
    """With a site_url every page stands in the map; without one there is no map, in place of an empty one."""
    site = sites.made(tmp_path, GOOD)
    assert not list(site.glob("sitemap.xml*"))
    known = sites.made(tmp_path / "known", GOOD, "https://acme.example/docs/")
    places = ET.fromstring((known / "sitemap.xml").read_bytes())  # noqa: S314 - our own
    assert len(places) == len(sites.html(site))


def test_every_event_and_envelope_has_its_page(registry: Registry) -> None:
    """The naming law of pages holds for all that the catalogue has, and each page has a row for each field of the newest version."""
    files = builder.site_files(registry, parser())
    for what in search.owners(registry):
        text = files[naming.page(what.id)].decode()
        for field in catalogue.fields(what.newest) if what.versions else ():
            assert f'<tr id="{markup.anchor(field.path)}">' in text, (what.id, field.path)


def test_the_page_of_an_event_shows_what_a_reader_asks_for(either: Registry) -> None:
    """Titles, meaning, name, status, dates, every envelope, every version with its class and its witnesses, sources and disagreements stand on the page."""
    for event in either.events.values():
        text = unescape(re.sub(r"<[^>]+>", "", event_pages.page(either, event)))
        flat = " ".join(text.split())
        for said in (
            event.title.en,
            event.title.zh,
            event.summary,
            event.name,
            event.status,
            event.newest.version,
            event.newest.first_seen,
        ):
            assert not said or " ".join(said.split()) in flat, (event.id, said)
        assert max(source.seen for source in event.sources) in flat
        for envelope in event.envelopes:
            assert either.envelopes[envelope].title.en in flat, (event.id, envelope)
        for step in compat.history(event):
            assert f"{step.comparison.bump} change since {step.old.version}" in flat
            assert all(" ".join(change.message.split()) in flat for change in step.comparison.changes)
        for one in event.disagreements:
            assert " ".join(one.note.split()) in flat


def python_blocks(text: str) -> list[str]:
    """Return the Python blocks of a page of the catalogue, as they are copied."""
    found = re.findall(r'<code class="language-python">(.*?)</code>', text, re.DOTALL)
    return [re.sub(r"^ $", "", unescape(one), flags=re.MULTILINE) for one in found]


def test_the_handler_of_every_page_handles_the_payloads_of_its_event(registry: Registry) -> None:
    """The snippet on an event's page, run as it stands, finds the body in a delivered example."""
    for event in registry.events.values():
        (snippet,) = python_blocks(event_pages.page(registry, event))
        typed: dict[str, Any] = {}
        exec(compile(snippet, event.id, "exec"), typed)  # noqa: S102 - our own page
        arriving = [
            one
            for kind in ("delivered", "valid")
            for one in examples.of(registry, event.newest, kind)
            if "debug" not in one.words[0]
        ]
        told = typed["handle"](arriving[0].file.read_bytes())
        body = signalbook.parse(arriving[0].file.read_bytes()).body.model_dump()
        assert told.startswith((f"{naming.python_class(event.id)}: ", "{")), event.id
        assert told.startswith("{") or {*told.partition(": ")[2].split(", ")} <= {
            str(value) for value in body.values()
        }, event.id


def test_an_envelope_that_holds_any_payload_says_what_travels_in_it_and_how_it_is_opened(
    registry: Registry,
) -> None:
    """Such a page leads on to what is inside, and its lines of Python, run as they stand on an example, take that out of it."""
    carried = delivery_examples.carried(registry)
    assert set(carried) == {
        one.id for one in registry.envelopes.values() if one.holds != "event" and not one.bare
    }
    for name, inside in carried.items():
        envelope = registry.envelopes[name]
        page = envelope_pages.page(registry, envelope, inside)
        (snippet,) = python_blocks(page)
        for chain, found in inside.items():
            assert all(registry.envelopes[one].title.en in page for one in chain)
            assert all(event.title.en in unescape(page) for event in found)
            one = next(
                way
                for way in delivery_examples.arrivals(registry, found[0].newest)
                if tuple(e.id for e in way.envelopes) == (name, *chain)
            )
            typed: dict[str, Any] = {"payload": json.dumps(one.payload)}
            exec(compile(snippet, name, "exec"), typed)  # noqa: S102 - our own page
            assert signalbook.check(typed["inner"]).event == found[0].id


def test_a_row_says_which_values_came_and_went(either: Registry) -> None:
    """The past of a list is that of its contracts: what came and is in none before it, what went and is there no more."""
    told = 0
    for what in search.owners(either):
        versions = {
            one.version: {field.path: field.values for field in catalogue.fields(one)}
            for one in what.versions.values()
        }
        for path, past in field_table.past(what).items() if what.versions else ():
            order = sorted(versions, key=naming.version_key)
            assert path in versions[past.since]
            for version, values in past.came.items():
                told += 1
                before = order[order.index(version) - 1]
                assert set(values) == set(versions[version][path]) - set(versions[before][path])
            for version, values in past.went.items():
                told += 1
                before = order[order.index(version) - 1]
                assert set(values) == set(versions[before][path]) - set(versions[version][path])
    assert told >= 2 or either.name != "signalbook"


def test_a_field_about_which_the_sources_disagree_leads_there(registry: Registry) -> None:
    """The row of such a field has a link to the words about it."""
    event = registry.event("alibaba/ecs/instance-state-change")
    row = event_pages.page(registry, event).partition('<tr id="f.state">')[2].partition("</tr>")[0]
    assert 'href="#d.0"' in row
    assert event.disagreements[0].about == "/state"


def test_the_commands_of_every_page_are_commands(either: Registry) -> None:
    """Each line that a page offers to copy is one that the command accepts."""
    for event in either.events.values():
        text = event_pages.page(either, event)
        blocks = re.findall(r'<code class="language-(?:console|yaml)">(.*?)</code>', text, re.DOTALL)
        lines = [
            line
            for block in blocks
            for line in unescape(block).splitlines()
            if "signalbook " in line and "pip install" not in line
        ]
        assert len(lines) == 6
        for line in lines:
            assert parser().parse_args(shlex.split(line.removeprefix("$ ").removeprefix("- run: "))[1:])


def test_the_feed_has_an_entry_for_every_version(either: Registry) -> None:
    """The feed is Atom: unique ids that are the contracts' `$id`s, newest first, with a title, a date and a link each."""
    feed = ET.fromstring(changes.feed(either))  # noqa: S314 - our own
    entries = feed.findall(f"{ATOM}entry")
    contracts = [contract for what in search.owners(either) for contract in what.versions.values()]
    assert sorted(entry.findtext(f"{ATOM}id") or "" for entry in entries) == sorted(
        contract.schema["$id"] for contract in contracts
    )
    dates = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == dates[0]
    assert all(entry.findtext(f"{ATOM}title") and entry.find(f"{ATOM}link") is not None for entry in entries)


def test_the_page_of_fields_knows_every_field(registry: Registry) -> None:
    """Which events have `instanceId`? Each name stands there, with each event that has it."""
    text = search.page(registry)
    for name, places in search.by_name(registry).items():
        entry = text.partition(f'<details id="n.{name}" ')[2].partition("</details>")[0]
        services = re.findall(r"<b>([^<]+)</b>((?: <i>[^<]+</i>)+)", entry)
        ids = {
            f"{service}/{word}"
            for service, words in services
            for word in re.findall(r"<i>([^<]+)</i>", words)
        }
        assert ids == {what.id for what, _ in places}, name


def test_text_of_a_registry_is_never_markup() -> None:
    """A title, a summary or a value with angle brackets is shown as it is: pages are made of other people's words."""
    hostile = '<img src=x onerror=alert(1)> & "quoted" `code` _x_'
    assert "<img" not in markup.text(hostile) + markup.code(hostile) + markup.value(hostile) + markup.linked(
        hostile
    ) + markup.json_block({"a": hostile})
    assert unescape(markup.text(hostile)) == hostile


@pytest.mark.parametrize(
    ("here", "there", "way"),
    [
        ("index.md", "catalogue/index.md", "catalogue/"),
        ("catalogue/index.md", "catalogue/index.md", "./"),
        ("catalogue/a/b/c.md", "catalogue/a/index.md", "../../"),
        ("catalogue/a/b/c.md", "schemas/a/b/c/latest.json", "../../../../schemas/a/b/c/latest.json"),
        ("catalogue/try.md", "index.md", "../../"),
    ],
)
def test_the_way_between_two_pages(here: str, there: str, way: str) -> None:
    """Relative addresses count from the folder that a page becomes."""
    assert markup.way(here, there) == way
