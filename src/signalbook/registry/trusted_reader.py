"""Reads the catalogue that comes with the kit, and only the documents that are needed.

The catalogue was checked when it was released. Any other tree may be broken, so `tree_reader` reads it in full; for the catalogue, that would double
the time of a short run. If anything is wrong, this reader raises an exception, and the catalogue is then read in full too, which reports the faults.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from signalbook.engine.schema_validator import Library
from signalbook.reading import strict_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signalbook.engine.levels import Schema


class OnDemand(Mapping[str, Any]):
    """Documents by key, each read on first access; `names` maps each key to the path below the root."""

    def __init__(self, root: str, names: Mapping[str, str]) -> None:
        self._root = root
        self._names = names
        self._read: dict[str, Schema] = {}

    def __getitem__(self, key: str) -> Schema:
        if key not in self._read:
            with open(f"{self._root}/{self._names[key]}", "rb") as file:  # noqa: PTH123 - pathlib takes as long as reading the file
                self._read[key] = strict_json.loads(file.read())
        return self._read[key]

    def __contains__(self, key: object) -> bool:
        return key in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class TrustedFiles:
    """The documents of a tree that was checked before, by path below the root. `builder` uses it like `tree_reader.Files`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._root = str(root)
        self._shared: list[str] = []
        self.roles: dict[str, list[str]] = {
            "registry": ["registry.json"],
            "provider": [],
            "envelope": [],
            "event": [],
        }
        for provider in self._folders(""):
            self._provider(provider)
        # Sort by file, not by folder, as `tree_reader` does: users see this order in lists.
        self.roles = {role: sorted(names) for role, names in self.roles.items()}
        names = [name for role in self.roles.values() for name in role]
        self.documents = OnDemand(self._root, dict(zip(names, names, strict=True)))

    def _folders(self, below: str) -> list[str]:
        """Return the folders in a folder, as paths below the root."""
        with os.scandir(f"{self._root}/{below}") as entries:
            return [
                f"{below}{entry.name}"
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir()
            ]

    def _provider(self, provider: str) -> None:
        self.roles["provider"].append(f"{provider}/provider.json")
        for folder in self._folders(f"{provider}/"):
            role = "envelope" if folder.endswith("/_envelopes") else "event"
            if folder.endswith("/_shared"):
                self._shared += [
                    f"{folder}/{name}"
                    for name in os.listdir(f"{self._root}/{folder}")  # noqa: PTH208
                    if name.endswith(".json")
                ]
            else:
                self.roles[role] += [f"{inner}/{role}.json" for inner in self._folders(f"{folder}/")]

    @property
    def base_url(self) -> str:
        """The prefix of every `$id`."""
        return str(self.documents["registry.json"]["baseUrl"])

    def fault(self, path: str, pointer: str, message: str, fix: str) -> None:
        """Raise ValueError, because a trusted tree must not have faults."""
        raise ValueError(f"{path}#{pointer}: {message}; {fix}")

    def library(self) -> Library:
        """Return the library of all schema files."""
        versions = [path for folder in self._versions for path in self._versions[folder].values()]
        return Library(
            OnDemand(self._root, {self.base_url + name: name for name in (*self._shared, *versions)})
        )

    def shared(self) -> Mapping[str, Schema]:
        """Return the shared definitions by their path below the root."""
        return OnDemand(self._root, {name: name for name in sorted(self._shared)})

    def versions_in(self, folder: str) -> dict[str, str]:
        """Return the paths of the version files of a folder, by version, as listed in its envelope.json or event.json."""
        return self._versions.get(folder, {})

    @cached_property
    def _versions(self) -> dict[str, dict[str, str]]:
        found = {}
        for name in (*self.roles["envelope"], *self.roles["event"]):
            folder = name.rpartition("/")[0]
            found[folder] = {
                version: f"{folder}/{version}.json" for version in self.documents[name].get("versions", ())
            }
        return found

    def has(self, folder: str) -> bool:
        """Return whether a folder has files."""
        return folder in self._versions

    def sound(self, name: str) -> bool:
        """Return whether a file exists; trusted files have no faults."""
        return name in self.documents
