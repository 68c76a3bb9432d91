"""What the tests of the site share: the site as `make docs` makes it, its pages as trees of elements, and the accessibility checker."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from browsing import missing
from conftest import ROOT
from signalbook import Registry
from signalbook.cli.arguments import parser
from signalbook.codegen import writer
from signalbook.site import builder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"


def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the catalogue's site, built once for all workers of a run."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if worker else base) / "catalogue-site"
    with (shared.parent / "catalogue-site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").is_file():
            shutil.rmtree(shared, ignore_errors=True)
            shared.mkdir()
            made(shared)
            (shared / "done").touch()
    return shared / "site"


def made(root: Path, schemas: Path | None = None, url: str = "") -> Path:
    """Make the site of a registry below a folder, strictly, and return the folder of its files.

    That of the catalogue has the pages that people wrote too. `url` is the address at which another registry's will stand.
    """
    docs, site = root / "docs", root / "site"
    if schemas is None:
        kept = shutil.ignore_patterns("catalogue", "schemas", ".signalbook.json")
        shutil.copytree(ROOT / "docs", docs, ignore=kept)
        shutil.copy(ROOT / "mkdocs.yml", root)
    else:
        root.mkdir(exist_ok=True)
        config = f"site_name: ours\nsite_url: {url}\ntheme:\n  name: signalbook\nmarkdown_extensions: [attr_list, tables]\n"
        (root / "mkdocs.yml").write_text(config, "utf-8")
    writer.write(builder.site_files(Registry.load(schemas), parser()), docs)
    if schemas is not None:
        (docs / "index.md").write_text("# Ours\n\nSee the [catalogue](catalogue/index.md).\n", "utf-8")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return site


def axe() -> str:
    """Return the source of the accessibility checker; without it skip the test, or fail it where a browser is required."""
    if not AXE.is_file():
        missing(f"needs axe-core, and {AXE.relative_to(ROOT)} is not there: make web")
    return AXE.read_text("utf-8")


@dataclass
class Page(HTMLParser):
    """A page's ids, and the addresses it refers to: those it links to, and those it loads by itself."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take down what an element says."""
        about = {name: value or "" for name, value in attrs}
        self.ids += [about["id"]] if "id" in about else []
        if tag == "a" and "href" in about:
            self.links.append(about["href"])
        elif tag == "link" and about.get("rel") in ("stylesheet", "icon"):
            self.loads.append(about["href"])
        elif tag == "link" and about.get("rel") == "alternate":
            self.links.append(about["href"])
        elif tag in ("script", "img", "iframe", "source") and "src" in about:
            self.loads.append(about["src"])

    def handle_data(self, data: str) -> None:
        """Take down the text."""
        self.words.append(data)


@cache
def page(file: Path) -> Page:
    """Return what a page says, read once."""
    out = Page()
    out.feed(file.read_text("utf-8"))
    return out


def html(site: Path) -> list[str]:
    """Return the paths of a site's pages below its folder, in order; the page for what is not there is none of them."""
    return sorted(
        path.relative_to(site).as_posix() for path in site.rglob("*.html") if path.name != "404.html"
    )


def targets(site: Path, name: str) -> Iterator[tuple[str, Path, str]]:
    """Yield each address of this site that a page refers to: as it is written, the file it leads to, and the fragment."""
    found = page(site / name)
    for address in (*found.links, *found.loads):
        url = urlsplit(urljoin(f"http://site.invalid/{name}", address))
        if url.netloc != "site.invalid":
            continue
        file = site / unquote(url.path).lstrip("/")
        yield address, file / "index.html" if url.path.endswith("/") else file, unquote(url.fragment)
