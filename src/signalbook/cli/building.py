"""`signalbook build`: what is generated from the schemas, and the site's pages; and what of it is out of date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from signalbook import build as generated
from signalbook import pages, sync
from signalbook.cli import console, writing
from signalbook.cli.commands import CLEAN, FINDINGS
from signalbook.registry import Registry, default_root
from signalbook.terminal import safe

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping


def build(options: argparse.Namespace) -> int:
    """Write `--out` and `--docs`, or say what is out of date in them. Raises `Unreadable` where somebody else's file stands in the way of a page."""
    registry = Registry.load(options.schemas or default_root())
    made = [_generated(options, registry)] if options.out else []
    return max([*made, *([_site(options, registry)] if options.docs else [])], default=CLEAN)


def _generated(options: argparse.Namespace, registry: Registry) -> int:
    return brought_up_to_date(options, options.out, generated.files(registry), generated.OWNED, "signalbook build")


def _site(options: argparse.Namespace, registry: Registry) -> int:
    files = writing.with_manifest(pages.files(registry, options.parser()))
    if (options.check or options.diff) and not Path(options.docs, writing.MANIFEST).is_file():
        # A site that was never made here is not out of date; what is kept in git, beside the pages of people, may be.
        paths = {name: Path(options.docs, name) for name in files}
        files = {name: files[name] for name, path in paths.items() if path.is_file() and writing.is_marked(path)}
    own = writing.own_files(options.docs, files, "--docs")
    return brought_up_to_date(options, options.docs, files, own, "signalbook build")


def brought_up_to_date(options: argparse.Namespace, folder: str, files: Mapping[str, bytes], owned: Iterable[str], command: str) -> int:
    """Write generated files below a folder, or with `--check` and `--diff` say what is out of date and which command mends it."""
    if options.check or options.diff:
        stale = sync.differences(files, folder, owned)
        console.say(*(stale if options.diff else map(safe, stale.names())))
        console.say(f"{safe(folder)}: run '{safe(command)}' to bring it up to date" if stale else f"{safe(folder)} is up to date")
        return FINDINGS if stale else CLEAN
    written = sync.write(files, folder, owned)
    console.say(f"{safe(folder)}: {len(written)} of {len(files)} files written")
    return CLEAN
