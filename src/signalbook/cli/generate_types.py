"""Implements `signalbook generate types`: writes Python types into the user's project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.cli import contract_arguments, written_files
from signalbook.codegen import packages
from signalbook.registry import Registry

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Write Python types into the user's project."""
    registry = Registry.load(options.schemas)
    files = packages.package(registry, contract_arguments.contracts(registry, options.ids), options.style)
    command = contract_arguments.command(
        "generate types", options.ids, style=[options.style], out=[options.out], schemas=[options.schemas]
    )
    return written_files.write_or_check(
        options, written_files.with_manifest(files), written_files.own_files(options.out, files), command
    )
