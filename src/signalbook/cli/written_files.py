"""Writes generated files for `build` and `generate`, and never over files of the user."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from signalbook.cli import console
from signalbook.cli.console import CLEAN, FINDINGS
from signalbook.codegen import packages, writer
from signalbook.errors import Unreadable
from signalbook.reading import files, json_text, strict_json
from signalbook.terminal import safe

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping


class GeneratedFiles(NamedTuple):
    """Generated files, their target folder, the option that names it, and which files in it signalbook owns."""

    option: str
    folder: str
    files: Mapping[str, bytes]
    owned: Iterable[str]

    def refuse_others(self) -> None:
        """Raise `Unreadable` if a file that signalbook did not write, a link or a device is in the way. Empty files may be overwritten."""
        stale = writer.differences(self.files, self.folder, self.owned)
        for name in stale.changed:
            path = stale.root / name
            if (
                writer.exists(stale.root, name)
                and path.stat().st_size
                and not writer.is_ours(stale.root, name)
            ):
                fix = f"choose another folder with {self.option}, or move the file"
                raise Unreadable(str(path), "was not written by signalbook and would be overwritten", fix)


def write_or_check(
    options: argparse.Namespace, files: Mapping[str, bytes], owned: Iterable[str], command: str
) -> int:
    """Write generated files below `--out`; with `--check` or `--diff`, report what is out of date and which command updates it.

    Raises `Unreadable`, before anything is written, if a file that signalbook did not write, a link or a device is in the way.
    """
    made = GeneratedFiles("--out", options.out, files, owned)
    made.refuse_others()
    return bring_up_to_date(options, made, command)


def bring_up_to_date(options: argparse.Namespace, made: GeneratedFiles, command: str) -> int:
    """Write the files, or with `--check` or `--diff` report what is out of date and which command updates it. Return the exit code."""
    if options.check or options.diff:
        stale = writer.differences(made.files, made.folder, made.owned)
        console.say(*(stale if options.diff else map(safe, stale.names())))
        console.say(
            f"{safe(made.folder)}: run '{safe(command)}' to update it"
            if stale
            else f"{safe(made.folder)} is up to date"
        )
        return FINDINGS if stale else CLEAN
    written = writer.write(made.files, made.folder, made.owned)
    console.say(f"{safe(made.folder)}: {len(written)} of {len(made.files)} files written")
    return CLEAN


def with_manifest(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files together with a manifest that lists them, so that the next run recognizes its own files."""
    return {**files, writer.MANIFEST: strict_json.canonical({"about": packages.MARK, "files": list(files)})}


def own_files(folder: str, files: Mapping[str, bytes]) -> list[str]:
    """Return the files below a folder that an earlier run wrote, so that those missing from `files` can be removed.

    The manifest alone is not trusted: each listed file must carry signalbook's mark. Raises `Unreadable`, before anything is written, if the manifest
    or a listed file was not written by signalbook.
    """
    root = Path(folder)
    manifest = str(root / writer.MANIFEST)
    if not writer.exists(root, writer.MANIFEST):
        return []
    if not writer.is_ours(root, writer.MANIFEST):
        raise Unreadable(
            manifest, "is not a file list written by signalbook", "move it, or choose another folder"
        )
    listed = _listed(root / writer.MANIFEST)
    for name in listed:
        if writer.exists(root, name) and name not in files and not writer.is_ours(root, name):
            fix = f"nothing was written: move it, or remove it from {manifest}"
            raise Unreadable(
                str(root / name),
                "is listed as written by signalbook, but its content does not confirm that",
                fix,
            )
    return [writer.MANIFEST, *listed]


def _listed(manifest: Path) -> list[str]:
    """Return the paths that a manifest lists."""
    try:
        listed = strict_json.loads(files.read_regular(manifest, follow=False))["files"]
        if all(isinstance(name, str) for name in listed):
            return list(listed)
    except (json_text.NotJSON, LookupError, TypeError):
        pass
    raise Unreadable(
        str(manifest),
        "is not a valid file list",
        "delete it and the types next to it; the next run writes them again",
    )
