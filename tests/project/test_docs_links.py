"""Every link of the documentation leads somewhere, and every page is where a reader looks for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from markdown.extensions.toc import slugify, unique

from conftest import ROOT
from manual import DOCS, GENERATED, KINDS, PAGES, load_yaml, name_of, prose
from signalbook.registry import naming

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signalbook import Registry

CATALOGUE = DOCS / "catalogue"
WRITTEN = ("index", "fields", "changes", "try")
"""The pages of the catalogue that stand for no event and no envelope."""


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page: its headings by MkDocs' rule, and the ids that it gives itself."""
    text = prose(page)
    ids: set[str] = set(re.findall(r'\bid="([^"]+)"', text))
    for heading in re.findall(r"^#+ +(.+?) *#*$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
        ids.add(unique(slugify(plain, "-"), ids))
    return ids


def links(page: Path) -> Iterator[tuple[str, str]]:
    """Yield the path and the anchor of every link to another page, or to a place on this one."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if not re.match(r"[a-z]+:", target):
            path, _, anchor = target.partition("#")
            yield path, anchor


@pytest.mark.parametrize("page", [*PAGES, *sorted(GENERATED)], ids=name_of)
def test_links_lead_to_pages_and_anchors(page: Path, registry: Registry) -> None:
    """A link leads to a file that is there, and to a heading on it; one into the catalogue leads to an event, an envelope or an overview."""
    made = {CATALOGUE / f"{name}.md" for name in WRITTEN}
    for one in (*registry.events, *registry.envelopes):
        made |= {
            DOCS / naming.page(one),
            *(CATALOGUE / folder / "index.md" for folder in (one.split("/")[0], one.rpartition("/")[0])),
        }
    for path, anchor in links(page):
        target = (page.parent / path).resolve() if path else page
        if CATALOGUE in target.parents:
            assert target in made, f"{path}: no such page of the catalogue"
            continue
        assert target.is_file(), f"{path}: no such file"
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}: no such heading"
        assert page.parent == ROOT or DOCS in target.parents, f"{path} is no page of the site"


def named(nav: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the section and the file of every entry of the navigation."""
    for entry in nav:
        for title, inside in entry.items():
            yield from (
                [(title, file) for one in inside for file in one.values()]
                if isinstance(inside, list)
                else [("", inside)]
            )


def test_the_navigation_has_every_page_in_the_section_of_its_kind() -> None:
    """Each page stands in the navigation once, in the section of its folder; what the navigation has besides is generated."""
    nav = list(named(load_yaml((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]))
    files = [DOCS / file for _, file in nav]
    assert len(set(files)) == len(files)
    written = {page for page in PAGES if DOCS in page.parents}
    assert written - set(files) == set()
    assert set(files) - written == GENERATED | {CATALOGUE / f"{name}.md" for name in WRITTEN}
    sections = dict(zip(KINDS, ("Tutorial", "How-to", "Explanation", "Reference"), strict=True))
    assert all(
        section == sections[file.split("/")[0]]
        for section, file in nav
        if "/" in file and not file.startswith("catalogue/")
    )
