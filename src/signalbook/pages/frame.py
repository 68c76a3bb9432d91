"""What the pages of the catalogue have in common: their head, the way down to them, their sections, the card of facts, where it is all known from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.pages import markup
from signalbook.pages.markup import code, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.registry import Disagreement, Registry, Source

STYLES = '<link rel="stylesheet" href="{css}">\n<script type="module" src="{js}"></script>'
"""What a page of the catalogue loads beside the theme."""


def head(here: str, title: str, description: str, twin: str | None = None, *, wide: bool = False) -> str:
    """Return the head of a page of the catalogue, with the style and the script that such pages have; a `wide` one has no list of its sections beside it."""
    about = {"title": title, "description": description, **({"twin": markup.way(here, twin)} if twin else {}), **({"wide": "yes"} if wide else {})}
    assets = {kind: markup.way(here, f"catalogue/assets/catalogue.{kind}") for kind in ("css", "js")}
    return markup.front_matter(**about) + STYLES.format(**assets) + "\n"


def trail(registry: Registry, here: str, *words: str) -> str:
    """Return the way from the catalogue down to a page: links to the overviews above it, which are the whole, of a provider, of a service."""
    steps = [markup.link(here, "catalogue/index.md", "Catalogue")]
    if words:
        provider = registry.providers[words[0]]
        titles = [provider.title.en, *([provider.services[words[1]].title.en] if words[1:] else [])]
        steps += [markup.link(here, "/".join(["catalogue", *words[: place + 1], "index.md"]), text(title)) for place, title in enumerate(titles)]
    return f'<nav class="trail" aria-label="Where this page stands">{" <span>›</span> ".join(steps)}</nav>\n'


def in_sections(sections: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield the sections of a page (title, id, content), with links to them above: a small screen has no list beside the text."""
    there = [one for one in sections if one[2]]
    links = " ".join(f'<a href="#{name}">{title}</a>' for title, name, _ in there)
    yield f'<nav class="jump" aria-label="Sections">{links}</nav>\n'
    for title, name, content in there:
        yield from (markup.heading(2, title, name=name), "", content, "")


def facts(about: Iterable[tuple[str, str]], marks: str = "") -> str:
    """Return what is known of a thing, label by label, as HTML; `marks` are attributes more."""
    return f'<dl class="about"{marks}>{markup.pairs(about)}</dl>'


def verified(sources: Iterable[Source]) -> str:
    """Return the day on which one of the sources was last read (yyyy-MM-dd)."""
    return max((source.seen for source in sources), default="unknown")


def origins(sources: Iterable[Source], disagreements: Iterable[Disagreement]) -> str:
    """Return where contracts come from, and where those documents disagree."""
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
