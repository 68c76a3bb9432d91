"""The catalogue that comes with the kit → documents, as few as an answer needs: it was checked when it was released.

A tree that somebody names is read in full by `reading`, because it may be broken; to do so for the catalogue would double the time of a short run.
Whatever is not as it should be ends in an exception, and then the catalogue is read in full too, which says what is wrong.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from signalbook import jsontext
from signalbook.engine import Library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from signalbook.levels import Schema


class OnDemand(Mapping[str, Any]):
    """Documents by a key, each read when it is first asked for; `names` has the path below the root for each key."""

    def __init__(self, root: str, names: Mapping[str, str]) -> None:
        self._root = root
        self._names = names
        self._read: dict[str, Schema] = {}

    def __getitem__(self, key: str) -> Schema:
        if key not in self._read:
            with open(f"{self._root}/{self._names[key]}", "rb") as file:  # noqa: PTH123 - pathlib would take as long as the reading
                self._read[key] = jsontext.loads(file.read())
        return self._read[key]

    def __contains__(self, key: object) -> bool:
        return key in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class TrustedFiles:
    """The documents of a tree that was checked before, by path below the root; the same to `making` as `reading.Files`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._root = str(root)
        self._shared: list[str] = []
        self.roles: dict[str, list[str]] = {"registry": ["registry.json"], "provider": [], "envelope": [], "event": []}
        for provider in self._folders(""):
            self._provider(provider)
        # The order of files, not of folders: `reading` has it, and people see it in lists.
        self.roles = {role: sorted(names) for role, names in self.roles.items()}
        names = [name for role in self.roles.values() for name in role]
        self.documents = OnDemand(self._root, dict(zip(names, names, strict=True)))

    def _folders(self, below: str) -> list[str]:
        """Return the folders in a folder, by path below the root."""
        with os.scandir(f"{self._root}/{below}") as entries:
            return [f"{below}{entry.name}" for entry in entries if not entry.name.startswith(".") and entry.is_dir()]

    def _provider(self, provider: str) -> None:
        self.roles["provider"].append(f"{provider}/provider.json")
        for folder in self._folders(f"{provider}/"):
            role = "envelope" if folder.endswith("/_envelopes") else "event"
            if folder.endswith("/_shared"):
                self._shared += [f"{folder}/{name}" for name in os.listdir(f"{self._root}/{folder}") if name.endswith(".json")]  # noqa: PTH208
            else:
                self.roles[role] += [f"{inner}/{role}.json" for inner in self._folders(f"{folder}/")]

    @property
    def base_url(self) -> str:
        """What every `$id` begins with."""
        return str(self.documents["registry.json"]["baseUrl"])

    def fault(self, path: str, pointer: str, message: str, fix: str) -> None:
        """Give up: what is trusted has no faults."""
        raise ValueError(f"{path}#{pointer}: {message}; {fix}")

    def library(self) -> Library:
        """Return the library of all schema files."""
        versions = [path for folder in self._versions for path in self._versions[folder].values()]
        return Library(OnDemand(self._root, {self.base_url + name: name for name in (*self._shared, *versions)}))

    def shared(self) -> Mapping[str, Schema]:
        """Return the shared definitions by their path below the root."""
        return OnDemand(self._root, {name: name for name in sorted(self._shared)})

    def versions_in(self, folder: str) -> dict[str, str]:
        """Return the paths of the version files of a folder, by version, as the file beside them lists them."""
        return self._versions.get(folder, {})

    @cached_property
    def _versions(self) -> dict[str, dict[str, str]]:
        found = {}
        for name in (*self.roles["envelope"], *self.roles["event"]):
            folder = name.rpartition("/")[0]
            found[folder] = {version: f"{folder}/{version}.json" for version in self.documents[name].get("versions", ())}
        return found

    def has(self, folder: str) -> bool:
        """Whether files stand in a folder."""
        return folder in self._versions

    def sound(self, name: str) -> bool:
        """Whether a file is there: nothing is wrong with any."""
        return name in self.documents
