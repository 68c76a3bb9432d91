"""Implements `signalbook build`: writes generated files and site pages, or reports which are out of date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from signalbook.cli import written_files
from signalbook.cli.console import CLEAN
from signalbook.cli.written_files import GeneratedFiles
from signalbook.codegen import writer
from signalbook.registry import Registry, default_root
from signalbook.site import builder

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Write `--out` and `--docs`, or report what is out of date. Raises `Unreadable` if a page would replace a file that signalbook did not write."""
    registry = Registry.load(options.schemas or default_root())
    made = (
        [GeneratedFiles("--out", options.out, builder.generated_files(registry), builder.OWNED)]
        if options.out
        else []
    )
    made += [_site(options, registry)] if options.docs else []
    for one in made:
        # Check every folder before the first file is written.
        one.refuse_others()
    return max(
        (written_files.bring_up_to_date(options, one, "signalbook build") for one in made), default=CLEAN
    )


def _site(options: argparse.Namespace, registry: Registry) -> GeneratedFiles:
    files = written_files.with_manifest(builder.site_files(registry, options.parser()))
    root = Path(options.docs)
    if (options.check or options.diff) and not writer.exists(root, writer.MANIFEST):
        # A site that was never built here is not out of date, but generated files that are kept in git beside handwritten pages can be.
        files = {name: data for name, data in files.items() if writer.is_ours(root, name)}
    return GeneratedFiles("--docs", options.docs, files, written_files.own_files(options.docs, files))
