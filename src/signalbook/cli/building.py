"""`signalbook build`: what is generated from the schemas, and the site's pages; and what of it is out of date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

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
    made = [_Made("--out", options.out, generated.files(registry), generated.OWNED)] if options.out else []
    made += [_site(options, registry)] if options.docs else []
    for one in made:
        # All of it before the first file is written.
        one.refuse_others()
    return max((_brought(options, one, "signalbook build") for one in made), default=CLEAN)


class _Made(NamedTuple):
    """Files that were made, the folder they belong into, the option that names it, and what in that folder is ours."""

    option: str
    folder: str
    files: Mapping[str, bytes]
    owned: Iterable[str]

    def refuse_others(self) -> None:
        """Raise `Unreadable` where somebody else's file, a link or a device stands in the way."""
        writing.refuse_others(sync.differences(self.files, self.folder, self.owned), self.option)


def _site(options: argparse.Namespace, registry: Registry) -> _Made:
    files = writing.with_manifest(pages.files(registry, options.parser()))
    root = Path(options.docs)
    if (options.check or options.diff) and not sync.exists(root, sync.MANIFEST):
        # A site that was never made here is not out of date; what is kept in git, beside the pages of people, may be.
        files = {name: data for name, data in files.items() if sync.is_ours(root, name)}
    return _Made("--docs", options.docs, files, writing.own_files(options.docs, files))


def brought_up_to_date(options: argparse.Namespace, files: Mapping[str, bytes], owned: Iterable[str], command: str) -> int:
    """Write generated files below `--out`, or with `--check` and `--diff` say what is out of date and which command mends it.

    Raises `Unreadable`, before anything is touched, where somebody else's file, a link or a device stands in the way.
    """
    made = _Made("--out", options.out, files, owned)
    made.refuse_others()
    return _brought(options, made, command)


def _brought(options: argparse.Namespace, made: _Made, command: str) -> int:
    if options.check or options.diff:
        stale = sync.differences(made.files, made.folder, made.owned)
        console.say(*(stale if options.diff else map(safe, stale.names())))
        console.say(f"{safe(made.folder)}: run '{safe(command)}' to bring it up to date" if stale else f"{safe(made.folder)} is up to date")
        return FINDINGS if stale else CLEAN
    written = sync.write(made.files, made.folder, made.owned)
    console.say(f"{safe(made.folder)}: {len(written)} of {len(made.files)} files written")
    return CLEAN
