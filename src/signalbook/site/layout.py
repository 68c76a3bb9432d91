"""Shared parts of catalogue pages: head, breadcrumb trail, sections, facts and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.site import markup
from signalbook.site.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.registry import Disagreement, Registry, Source

STYLES = '<link rel="stylesheet" href="{css}">\n<script type="module" src="{js}"></script>'
"""Assets that catalogue pages load in addition to the theme."""


def head(here: str, title: str, description: str, twin: str | None = None, *, wide: bool = False) -> str:
    """Return the head of a catalogue page, with its style and script. A `wide` page has no list of sections beside it."""
    about = {
        "title": title,
        "description": description,
        **({"twin": markup.way(here, twin)} if twin else {}),
        **({"wide": "yes"} if wide else {}),
    }
    assets = {kind: markup.way(here, f"catalogue/assets/catalogue.{kind}") for kind in ("css", "js")}
    return markup.front_matter(**about) + STYLES.format(**assets) + "\n"


def trail(registry: Registry, here: str, *words: str) -> str:
    """Return the breadcrumb trail of a page: links to the overviews of the catalogue, the provider and the service."""
    steps = [markup.link(here, "catalogue/index.md", "Catalogue")]
    if words:
        provider = registry.providers[words[0]]
        titles = [provider.title.en, *([provider.services[words[1]].title.en] if words[1:] else [])]
        steps += [
            markup.link(here, "/".join(["catalogue", *words[: place + 1], "index.md"]), text(title))
            for place, title in enumerate(titles)
        ]
    return f'<nav class="trail" aria-label="Where this page stands">{" <span>›</span> ".join(steps)}</nav>\n'


def in_sections(sections: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield the sections of a page (title, id, content) after links to them, because small screens show no list beside the text."""
    there = [one for one in sections if one[2]]
    links = " ".join(f'<a href="#{name}">{title}</a>' for title, name, _ in there)
    yield f'<nav class="jump" aria-label="Sections">{links}</nav>\n'
    for title, name, content in there:
        yield from (markup.heading(2, title, name=name), "", content, "")


def facts(about: Iterable[tuple[str, str]], marks: str = "") -> str:
    """Return labelled facts as HTML; `marks` are extra attributes."""
    return f'<dl class="about"{marks}>{markup.pairs(about)}</dl>'


def verified(sources: Iterable[Source]) -> str:
    """Return the most recent day on which a source was read (yyyy-MM-dd)."""
    return max((source.seen for source in sources), default="unknown")


def origins(sources: Iterable[Source], disagreements: Iterable[Disagreement]) -> str:
    """Return the sources of contracts, and where they disagree."""
    lines = [markup.items(_source(source) for source in sources)]
    told = [
        f'<span id="d.{place}">{code(one.about) if one.about else "The body"}</span>: {markup.linked(one.note)}'
        for place, one in enumerate(disagreements)
    ]
    return "\n".join([*lines, *(["<h3>Where they disagree</h3>", markup.items(told)] if told else [])])


def _source(source: Source) -> str:
    title = f'<a href="{text(source.url)}">{text(source.title)}</a>' if source.url else text(source.title)
    edition = f", {text(source.edition)}" if source.edition else ""
    note = f" {markup.linked(source.note)}" if source.note else ""
    return f"{title}{edition}, read on {text(source.seen)}.{note}"
