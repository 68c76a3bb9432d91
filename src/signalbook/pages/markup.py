"""Values → HTML inside Markdown pages, and the way from one page to another. All text of a registry passes through here, escaped.

What is more than a paragraph is written as HTML without blank lines, which every Markdown generator passes through alike.
"""

from __future__ import annotations

import json
import posixpath
import re
from html import escape
from typing import TYPE_CHECKING, Any

from signalbook.jsontext import canonical, compact

if TYPE_CHECKING:
    from collections.abc import Iterable

_KEY = re.compile(r'^(\s*)("(?:[^"\\]|\\.)*")(?=: )', re.MULTILINE)
_SPECIAL = re.compile(r"[\\`*_{}\[\]]")
_PART = re.compile(r"(?<=[:./_])(?=\w)|(?<=[a-z0-9])(?=[A-Z])")
_ADDRESS = re.compile(r"https?://[^\s<>()]+[^\s<>().,;:]")


def front_matter(**about: str) -> str:
    """Return the head of a page: its title, and what else a generator is told."""
    return "\n".join(["---", *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in about.items()), "---", "", ""])


def text(value: object) -> str:
    """Return a text as HTML, on one line: a line break inside would end the paragraph for Markdown."""
    return escape(" ".join(str(value).split()))


def heading(level: int, said: str, zh: str | None = None, name: str | None = None) -> str:
    """Return a heading as Markdown, so that it stands in the list of the page: a title, in Chinese too where there is one; `name` is its id."""
    plain = _SPECIAL.sub(r"\\\g<0>", text(said))
    return f"{'#' * level} {plain}" + (f' <small lang="zh">{text(zh)}</small>' if zh else "") + (f" {{ #{name} }}" if name else "")


def linked(value: object) -> str:
    """Return a text as HTML in which addresses are links."""
    return _ADDRESS.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', text(value))


def code(value: object) -> str:
    """Return a name or a value as code."""
    return f"<code>{text(value)}</code>"


def name(word: str) -> str:
    """Return a long name as code that may be broken between its parts: after a colon or a dot, and before a hump."""
    return f"<code>{_PART.sub('<wbr>', text(word))}</code>"


def value(one: Any) -> str:
    """Return a JSON value as code: a text in its quotes."""
    return code(compact(one))


def block(content: str, language: str) -> str:
    """Return a block of code; the theme puts a button to copy it there."""
    # A blank line would end the block for some generators; a space keeps it, and nobody sees it.
    lines = "\n".join(line or " " for line in content.rstrip("\n").split("\n"))
    return f'<pre tabindex="0"><code class="language-{language}">{lines}</code></pre>'


def json_block(document: Any) -> str:
    """Return a JSON document as a block, with its keys marked."""
    escaped = escape(canonical(document).decode().rstrip("\n"), quote=False)
    return block(_KEY.sub(r"\1<b>\2</b>", escaped), "json")


def code_block(content: str, language: str) -> str:
    """Return lines of code as a block."""
    return block(escape(content, quote=False), language)


def details(summary: str, content: str) -> str:
    """Return what opens when its summary is pressed; both are HTML."""
    return f"<details><summary>{summary}</summary>\n{content}\n</details>"


def items(of: Iterable[str], kind: str = "") -> str:
    """Return pieces of HTML as a list, with a class where one is given."""
    return "\n".join([f'<ul class="{kind}">' if kind else "<ul>", *(f"<li>{one}</li>" for one in of), "</ul>"])


def pairs(of: Iterable[tuple[str, str]]) -> str:
    """Return labels and what is said of each, both HTML, as what stands in a list of descriptions."""
    return "".join(f"<div><dt>{label}</dt><dd>{said}</dd></div>" for label, said in of)


def table(head: Iterable[str], rows: Iterable[str], about: str, kind: str) -> str:
    """Return a table of rows of HTML, which a screen that is too narrow scrolls; `about` is its name for who does not see it."""
    heads = "".join(f'<th scope="col">{one}</th>' for one in head)
    lines = [f'<div class="wide" tabindex="0" role="region" aria-label="{text(about)}">', f'<table class="{kind}">']
    return "\n".join([*lines, f"<thead><tr>{heads}</tr></thead>", "<tbody>", *rows, "</tbody>", "</table>", "</div>"])


def way(here: str, there: str) -> str:
    """Return the relative URL from one file below the docs folder to another; of Markdown pages, the folders they become.

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
