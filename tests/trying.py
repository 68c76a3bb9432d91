"""What the tests of the page "Try it" share: the page with all that it loads, served."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from browsing import serve
from conftest import ROOT
from signalbook.site import recognition_data, try_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signalbook import Registry

ASSETS = ROOT / "src" / "signalbook" / "site" / "assets"
POLICY = "default-src 'self'; script-src 'self' 'unsafe-eval'; img-src data:"
"""What the page needs of a browser, as the how-to about publishing says it."""


@contextmanager
def served(registry: Registry, folder: Path) -> Iterator[tuple[Path, str]]:
    """Write the page and what it loads into a folder, serve it, and yield both the folder and the page's address."""
    for name, data in recognition_data.files(registry).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    for name in ("try.js", "try.css"):
        shutil.copy(ASSETS / name, folder / "catalogue" / "assets" / name)
    page = try_page.page(registry).decode().split("---\n", 2)[2]
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    head += '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Try it</title>'
    (folder / "catalogue" / "try").mkdir()
    (folder / "catalogue" / "try" / "index.html").write_text(f"{head}<main>{page}</main></html>", "utf-8")
    with serve(folder) as base:
        yield folder, f"{base}/catalogue/try/"
