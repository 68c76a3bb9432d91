"""Renders values as HTML inside Markdown pages, and the parts that all catalogue pages share."""

from __future__ import annotations

import json
import posixpath
import re
from html import escape
from typing import TYPE_CHECKING, Any

from signalbook.reading.strict_json import canonical, compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.registry import Disagreement, Registry, Source


_KEY = re.compile(r'^(\s*)("(?:[^"\\]|\\.)*")(?=: )', re.MULTILINE)
_SPECIAL = re.compile(r"[\\`*_{}\[\]]")
_PART = re.compile(r"(?<=[:./_])(?=\w)|(?<=[a-z0-9])(?=[A-Z])")
_ADDRESS = re.compile(r"https?://[^\s<>()]+[^\s<>().,;:]")


def front_matter(**about: str) -> str:
    """Return the front matter of a page: its title, and other settings for the generator."""
    return "\n".join(
        [
            "---",
            *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in about.items()),
            "---",
            "",
            "",
        ]
    )


def text(value: object) -> str:
    """Return a text as HTML on one line, because a line break could end the Markdown paragraph."""
    return escape(" ".join(str(value).split()))


def heading(level: int, said: str, zh: str | None = None, name: str | None = None) -> str:
    """Return a Markdown heading, so that the page's table of contents lists it. `said` is the title, `zh` the Chinese one, `name` its id."""
    plain = _SPECIAL.sub(r"\\\g<0>", text(said))
    return (
        f"{'#' * level} {plain}"
        + (f' <small lang="zh">{text(zh)}</small>' if zh else "")
        + (f" {{ #{name} }}" if name else "")
    )


def linked(value: object) -> str:
    """Return a text as HTML, with URLs as links."""
    return _ADDRESS.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', text(value))


def code(value: object) -> str:
    """Return a name or a value as code."""
    return f"<code>{text(value)}</code>"


def name(word: str) -> str:
    """Return a long name as code that may wrap between its parts: after a colon or a dot, and before a capital."""
    return f"<code>{_PART.sub('<wbr>', text(word))}</code>"


def value(one: Any) -> str:
    """Return a JSON value as code, with strings in quotes."""
    return code(compact(one))


def block(content: str, language: str) -> str:
    """Return a code block; the theme adds a copy button."""
    # A blank line would end the block in some generators; an invisible space prevents that.
    lines = "\n".join(line or " " for line in content.rstrip("\n").split("\n"))
    return f'<pre tabindex="0"><code class="language-{language}">{lines}</code></pre>'


def json_block(document: Any) -> str:
    """Return a JSON document as a code block, with its keys highlighted."""
    escaped = escape(canonical(document).decode().rstrip("\n"), quote=False)
    return block(_KEY.sub(r"\1<b>\2</b>", escaped), "json")


def code_block(content: str, language: str) -> str:
    """Return lines of code as a block."""
    return block(escape(content, quote=False), language)


def details(summary: str, content: str) -> str:
    """Return a collapsible block; summary and content are HTML."""
    return f"<details><summary>{summary}</summary>\n{content}\n</details>"


def items(of: Iterable[str], kind: str = "") -> str:
    """Return pieces of HTML as a list, with an optional class."""
    return "\n".join(
        [f'<ul class="{kind}">' if kind else "<ul>", *(f"<li>{one}</li>" for one in of), "</ul>"]
    )


def pairs(of: Iterable[tuple[str, str]]) -> str:
    """Return labels and descriptions, both HTML, as the content of a description list."""
    return "".join(f"<div><dt>{label}</dt><dd>{said}</dd></div>" for label, said in of)


def table(head: Iterable[str], rows: Iterable[str], about: str, kind: str) -> str:
    """Return a table of HTML rows that scrolls on narrow screens; `about` is its name for screen readers."""
    heads = "".join(f'<th scope="col">{one}</th>' for one in head)
    lines = [
        f'<div class="wide" tabindex="0" role="region" aria-label="{text(about)}">',
        f'<table class="{kind}">',
    ]
    return "\n".join(
        [*lines, f"<thead><tr>{heads}</tr></thead>", "<tbody>", *rows, "</tbody>", "</table>", "</div>"]
    )


def way(here: str, there: str) -> str:
    """Return the relative URL from one file below the docs folder to another. Markdown pages become folders.

    >>> way("catalogue/jdcloud/vm/state-change.md", "catalogue/jdcloud/envelopes/cloud-events.md")
    '../../envelopes/cloud-events/'
    >>> way("catalogue/index.md", "schemas/jdcloud/vm/state-change/latest.json")
    '../schemas/jdcloud/vm/state-change/latest.json'
    """
    start, (target, end) = _url(here), (_url(there), "/") if there.endswith(".md") else (there, "")
    return posixpath.relpath(target or ".", start or ".") + end


def _url(page: str) -> str:
    stem = page.removesuffix(".md")
    return posixpath.dirname(stem) if posixpath.basename(stem) == "index" else stem


def link(here: str, there: str, content: str, fragment: str = "") -> str:
    """Return a link from one file to another, with HTML inside."""
    return f'<a href="{escape(way(here, there))}{f"#{escape(fragment)}" if fragment else ""}">{content}</a>'


def anchor(path: str) -> str:
    """Return the id of a field's row: `content.disks[].id` → `f.content.disks.id`."""
    return escape(f"f.{path.replace('[]', '')}")


STYLES = '<link rel="stylesheet" href="{css}">\n<script type="module" src="{js}"></script>'
"""Assets that catalogue pages load in addition to the theme."""


def head(here: str, title: str, description: str, twin: str | None = None, *, wide: bool = False) -> str:
    """Return the head of a catalogue page, with its style and script. A `wide` page has no list of sections beside it."""
    about = {
        "title": title,
        "description": description,
        **({"twin": way(here, twin)} if twin else {}),
        **({"wide": "yes"} if wide else {}),
    }
    assets = {kind: way(here, f"catalogue/assets/catalogue.{kind}") for kind in ("css", "js")}
    return front_matter(**about) + STYLES.format(**assets) + "\n"


def trail(registry: Registry, here: str, *words: str) -> str:
    """Return the breadcrumb trail of a page: links to the overviews of the catalogue, the provider and the service."""
    steps = [link(here, "catalogue/index.md", "Catalogue")]
    if words:
        provider = registry.providers[words[0]]
        titles = [provider.title.en, *([provider.services[words[1]].title.en] if words[1:] else [])]
        steps += [
            link(here, "/".join(["catalogue", *words[: place + 1], "index.md"]), text(title))
            for place, title in enumerate(titles)
        ]
    return f'<nav class="trail" aria-label="Where this page stands">{" <span>›</span> ".join(steps)}</nav>\n'


def in_sections(sections: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield the sections of a page (title, id, content) after links to them, because small screens show no list beside the text."""
    there = [one for one in sections if one[2]]
    links = " ".join(f'<a href="#{name}">{title}</a>' for title, name, _ in there)
    yield f'<nav class="jump" aria-label="Sections">{links}</nav>\n'
    for title, name, content in there:
        yield from (heading(2, title, name=name), "", content, "")


def facts(about: Iterable[tuple[str, str]], marks: str = "") -> str:
    """Return labelled facts as HTML; `marks` are extra attributes."""
    return f'<dl class="about"{marks}>{pairs(about)}</dl>'


def verified(sources: Iterable[Source]) -> str:
    """Return the most recent day on which a source was read (yyyy-MM-dd)."""
    return max((source.seen for source in sources), default="unknown")


def origins(sources: Iterable[Source], disagreements: Iterable[Disagreement]) -> str:
    """Return the sources of contracts, and where they disagree."""
    lines = [items(_source(source) for source in sources)]
    told = [
        f'<span id="d.{place}">{code(one.about) if one.about else "The body"}</span>: {linked(one.note)}'
        for place, one in enumerate(disagreements)
    ]
    return "\n".join([*lines, *(["<h3>Where they disagree</h3>", items(told)] if told else [])])


def _source(source: Source) -> str:
    title = f'<a href="{text(source.url)}">{text(source.title)}</a>' if source.url else text(source.title)
    edition = f", {text(source.edition)}" if source.edition else ""
    note = f" {linked(source.note)}" if source.note else ""
    return f"{title}{edition}, read on {text(source.seen)}.{note}"
