"""Changes to a copy of a tree, each in one place: what the tests of the registry, of lint and of what is generated break."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from signalbook.reading import pointers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Change = Callable[[Path], None]

BASE = "https://acme.example/schemas/"
REGISTRY = "registry.json"
PROVIDER = "acme/provider.json"
SHARED = "acme/_shared/disk-id.json"
DISK_FULL = "acme/disk/disk-full"
SNAPSHOT = "acme/disk/snapshot-failed"
WEBHOOK = "acme/_envelopes/webhook"
QUEUE = "acme/_envelopes/queue"
BARE = "acme/_envelopes/bare-disk"
EVENT = f"{DISK_FULL}/event.json"
OLD = f"{DISK_FULL}/1.0.0.json"
NEW = f"{DISK_FULL}/2.0.0.json"


def save(file: Path, document: Any) -> None:
    """Write a document in the canonical format."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")


def put(path: str, pointer: str, value: Any, *, before: str | None = None) -> Change:
    """Set what a JSON Pointer names. A new key becomes the last one, or stands `before` another; a new item of an array stands at its end."""

    def edit(holder: Any, last: str) -> None:
        if isinstance(holder, list):
            holder[int(last) : int(last) + 1] = [value]
            return
        holder[last] = value
        if before:
            keys = [key for key in holder if key != last]
            keys.insert(keys.index(before), last)
            _replace(holder, {key: holder[key] for key in keys})

    return _edited(path, pointer, edit)


def drop(path: str, pointer: str) -> Change:
    """Take out the key that a JSON Pointer names."""
    return _edited(path, pointer, lambda holder, last: holder.pop(last))


def rename(path: str, pointer: str, name: str) -> Change:
    """Give the key that a JSON Pointer names another name, at the same place."""
    return _edited(
        path,
        pointer,
        lambda holder, last: _replace(
            holder, {name if key == last else key: value for key, value in holder.items()}
        ),
    )


def _edited(path: str, pointer: str, edit: Callable[[Any, str], object]) -> Change:
    """Return the change that edits what holds the place a JSON Pointer names."""

    def change(tree: Path) -> None:
        holder = document = json.loads((tree / path).read_text("utf-8"))
        *way, last = pointers.split(pointer)
        for step in way:
            holder = holder[int(step) if isinstance(holder, list) else step]
        edit(holder, last)
        save(tree / path, document)

    return change


def _replace(holder: dict[str, Any], by: dict[str, Any]) -> None:
    holder.clear()
    holder.update(by)


def write(path: str, text: str) -> Change:
    """Write a file as it is given."""

    def change(tree: Path) -> None:
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text, "utf-8")

    return change


def remove(path: str) -> Change:
    """Remove a file, or a folder with all that is in it."""

    def change(tree: Path) -> None:
        shutil.rmtree(tree / path) if (tree / path).is_dir() else (tree / path).unlink()

    return change


def copy(path: str, to: str) -> Change:
    """Copy a file."""

    def change(tree: Path) -> None:
        (tree / to).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(tree / path, tree / to)

    return change


def move(path: str, to: str) -> Change:
    """Move a file or a folder."""

    def change(tree: Path) -> None:
        (tree / path).rename(tree / to)

    return change


def all_of(*changes: Change) -> Change:
    """Make several changes, one after the other."""

    def change(tree: Path) -> None:
        for one in changes:
            one(tree)

    return change


def definition(path: str, name: str, schema: Any, reference: str | None = None) -> Change:
    """Add a definition of its own to a contract, and a property `extra` that refers to it."""
    extra = {"description": "More.", "allOf": [{"$ref": reference or f"#/definitions/{name}"}]}
    return all_of(put(path, "/definitions", {name: schema}), put(path, "/properties/extra", extra))
