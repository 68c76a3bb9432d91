"""Reads the files of a tree into documents, and collects every fault before the tree is rejected.

Only this module and `trusted_reader` load trees. They skip the examples, which only lint and the documentation pages need.
"""

from __future__ import annotations

import os
import re
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from signalbook.engine.schema_validator import Checker, Library, meta_problem
from signalbook.errors import Fault
from signalbook.reading import files, json_text, pointers, strict_json
from signalbook.registry import naming, references

if TYPE_CHECKING:
    from collections.abc import Iterator

    from signalbook.engine.levels import Schema

META = Path(__file__).parent.parent / "meta"
_ROLE = re.compile(
    r"(?P<registry>registry\.json)"
    r"|[^/]+/(?P<provider>provider\.json)"
    r"|[^/]+/_shared/(?P<shared>[^/]+\.json)"
    r"|[^/]+/_envelopes/[^/]+/((?P<envelope>envelope\.json)|(?P<envelope_version>[^/]+\.json))"
    r"|[^/]+/(?!_)[^/]+/[^/]+/((?P<event>event\.json)|(?P<event_version>[^/]+\.json))"
)


class Files:
    """The documents of one tree, by path below the root. Reading and checking them adds to `faults`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self.documents: dict[str, Schema] = {}
        self.roles: dict[str, list[str]] = {}

    def fault(self, path: str, pointer: str, message: str, fix: str) -> None:
        """Record a fault of a file, given by its path below the root."""
        self.faults.append(Fault(str(self.root / path), pointer, message, fix))

    def read(self) -> None:
        """Read every file that belongs in the tree, and validate those that have a JSON Schema of their own."""
        for name in sorted(self._names()):
            match = _ROLE.fullmatch(name)
            if not match:
                self.fault(
                    name,
                    "",
                    "this file does not belong in the tree",
                    "move it; docs/reference/schema-tree.md shows where files belong",
                )
                continue
            role = next(role for role, found in match.groupdict().items() if found)
            self.roles.setdefault(role, []).append(name)
            self._read(name, role)
        if not self.roles.get("registry") and not any(fault.file == str(self.root) for fault in self.faults):
            self.fault(
                "registry.json", "", "no such file", "add a registry.json with name, title and baseUrl"
            )
        for role in ("event", "envelope"):
            folders = {name.rpartition("/")[0] for name in self.roles.get(f"{role}_version", [])}
            for folder in sorted(folders - {name.rpartition("/")[0] for name in self.roles.get(role, [])}):
                self.fault(
                    f"{folder}/{role}.json",
                    "",
                    "no such file",
                    f"add it, or move the versions next to the file that describes the {role} is",
                )

    def _names(self) -> Iterator[str]:
        """Yield the path of every JSON file below the root, without examples: there are thousands, and only lint and the pages need them."""

        def closed(error: OSError) -> None:
            self.faults.append(
                Fault(
                    str(error.filename),
                    "",
                    f"cannot be read: {error.strerror}",
                    "check that you have permission to open the folder",
                )
            )

        for folder, folders, names in os.walk(self.root, onerror=closed):
            folders[:] = [name for name in folders if name != "examples" and not name.startswith(".")]
            below = Path(folder).relative_to(self.root).as_posix()
            yield from (
                name if below == "." else f"{below}/{name}" for name in names if name.endswith(".json")
            )

    def _read(self, name: str, role: str) -> None:
        try:
            value = strict_json.loads(files.read_regular(self.root / name))
        except files.NotRegular:
            self.fault(
                name,
                "",
                "is not a regular file",
                "replace it with a file or a link to a file: pipes and devices are not read",
            )
            return
        except json_text.NotJSON as error:
            self.fault(
                name,
                "",
                str(error),
                error.hint if error.line and error.hint else "write it as one JSON object",
            )
            return
        except OSError as error:
            self.fault(
                name,
                "",
                f"cannot be read: {error.strerror}",
                "check that the file exists and that you have permission to read it",
            )
            return
        if not isinstance(value, dict):
            self.fault(name, "", "is not a JSON object", "write it as one JSON object")
            return
        self.documents[name] = value
        problems = (
            _meta(role).problems(value) if role in ("registry", "provider", "envelope", "event") else []
        )
        for problem in problems:
            fix = problem.hint or (
                f"expected {problem.expected}"
                if problem.expected
                else "remove it, or move it where it belongs"
            )
            self.fault(name, pointers.join(problem.path), problem.message, fix)

    def library(self) -> Library:
        """Return the library of all schema files, after checking their `$id`s, their syntax and their references."""
        base_url = self.base_url
        schemas = {name: self.documents[name] for name in self.schema_files() if name in self.documents}
        documents = {base_url + name: schema for name, schema in schemas.items()}
        library = Library(documents)
        found = {
            base_url + name: self._check_schema(name, schema, library) for name, schema in schemas.items()
        }
        if not self.faults:
            for url, pointer, reference in references.circles(found):
                fix = "describe it without a reference to itself: no notification nests without end"
                self.fault(
                    url.removeprefix(base_url),
                    pointer,
                    f"the reference {reference!r} leads back to itself",
                    fix,
                )
        if not self.faults:
            for url, count in references.too_many(found):
                message = f"refers to {count:,} schemas in total, more than {references.MOST:,}"
                self.fault(
                    url.removeprefix(base_url),
                    "",
                    message,
                    "use fewer references: each one repeats everything in its definition",
                )
        return library

    @property
    def base_url(self) -> str:
        """The prefix of every `$id`; empty if registry.json is missing or broken."""
        return str(self.documents["registry.json"]["baseUrl"]) if self.sound("registry.json") else ""

    def _check_schema(self, name: str, schema: Schema, library: Library) -> references.References:
        """Record the faults of a schema file, and return its references."""
        wanted = self.base_url + name
        if (
            self.base_url
            and schema.get("$id") != wanted
            and (name in self.roles.get("shared", ()) or naming.VERSION.fullmatch(Path(name).stem))
        ):
            message = f"is {schema['$id']!r}" if "$id" in schema else "is missing"
            self.fault(name, "/$id", message, f"the id must match the path: write {wanted!r}")
        if problem := meta_problem(schema):
            self.fault(
                name,
                pointers.join(problem[0]),
                f"not a valid draft-07 schema: {problem[1]}",
                "fix the keyword",
            )
            return []
        found = references.references(schema)
        for pointer, reference in references.dead(found, wanted, library):
            fix = "use the relative path of a file in this tree, and a location in that file"
            self.fault(name, pointer, f"the reference {reference!r} does not resolve", fix)
        return found

    def shared(self) -> dict[str, Schema]:
        """Return the shared definitions by their path below the root."""
        return {name: self.documents[name] for name in self.roles.get("shared", []) if name in self.documents}

    def schema_files(self) -> list[str]:
        """Return the paths of all schema files: shared definitions and versions."""
        return [
            name
            for role in ("shared", "envelope_version", "event_version")
            for name in self.roles.get(role, [])
        ]

    def versions_in(self, folder: str) -> dict[str, str]:
        """Return the paths of the version files directly in a folder, by version."""
        return self._versions.get(folder, {})

    @cached_property
    def _versions(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for path in self.schema_files():
            folder, _, file = path.rpartition("/")
            found.setdefault(folder, {})[file.removesuffix(".json")] = path
        return found

    def has(self, folder: str) -> bool:
        """Return whether a folder has files, valid or not. If it does, its faults are reported at those files."""
        return any(name.rpartition("/")[0] == folder for names in self.roles.values() for name in names)

    def sound(self, name: str) -> bool:
        """Return whether a file was read and has no faults so far."""
        file = str(self.root / name)
        return name in self.documents and not any(fault.file == file for fault in self.faults)


@cache
def meta_schema(role: str) -> Schema:
    """Return the JSON Schema of one kind of metadata file, with its references resolved, also those to the common schema."""
    names = [f"{name}.schema.json" for name in (role, "common")]
    # In a schema without an $id, references are relative to this base URL, which is the engine's default.
    library = Library(
        {f"json-schema:///{name}": strict_json.loads((META / name).read_bytes()) for name in names}
    )
    return library.resolve(library.look_up(f"json-schema:///{names[0]}", ""))


@cache
def _meta(role: str) -> Checker:
    return Checker(meta_schema(role))
