"""Names generated types: classes and aliases of shared definitions, classes of nested objects, and the markers that `modules` replaces."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook.codegen.merging import looked_up, reference
from signalbook.engine import levels
from signalbook.registry import naming

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.engine.levels import Schema
    from signalbook.engine.schema_validator import Library

IMPORTED = "SIGNALBOOK_"
"""Prefix of a module name that `modules` turns into a relative import."""
HERE = "SIGNALBOOK_HERE_"
"""Prefix of the name of a class in the same module."""
NULL = "SIGNALBOOK_NULL"
"""Marks null in the type of an optional field."""
TEXT = "SIGNALBOOK_TEXT"
"""Marks, next to a type, that a string holds it as JSON text."""
TIME = "SIGNALBOOK_TIME_"
"""Prefix of the index of a time in a module's list of times."""

_VERSIONED = re.compile(r"(.+?)-([0-9]+(?:-[0-9]+)*)")


@dataclass(frozen=True)
class Shared:
    """Shared definitions that some contracts refer to: target (a URL, with a fragment if it points into a document) → name and module."""

    names: dict[str, str]
    modules: dict[str, str]

    @staticmethod
    def of(documents: Iterable[Schema], library: Library, root: str, taken: frozenset[str]) -> Shared:
        """Name everything that documents refer to, directly or indirectly. `root` is the base URL of the tree.

        The name comes from the file: `instance-id.json` → `InstanceId`. The newest of several versions has no number in its name, so that the types
        of two versions of an event can be compared: `cts-trace-1-2.json` → `CtsTrace`, next to `CtsTraceV10`. `taken` holds class names in use.
        """
        found = [
            (_provider(document["$id"], root), target)
            for document in documents
            for target in _targets(document, document["$id"], library)
        ]
        targets = sorted({target for _, target in found})
        # If one provider uses a definition of another, a single module holds all types: modules that need each other cannot be imported.
        together = any(provider != _provider(target, root) for provider, target in found)
        modules = {target: "types" if together else f"types__{_provider(target, root)}" for target in targets}
        names: dict[str, str] = {}
        for target in sorted(targets, key=_stem_and_version, reverse=True):
            stem, version = _stem_and_version(target)
            beside = [other for other in names if modules[other] == modules[target]]
            older = any(
                _stem_and_version(other)[0] == stem and _provider(other, root) == _provider(target, root)
                for other in beside
            )
            name = pascal(stem) + (f"V{''.join(map(str, version))}" if older else "")
            if name in (names[other] for other in beside):
                name = f"{pascal(_provider(target, root))}{name}"
            while name in {*(names[other] for other in beside), *taken, *naming.TAKEN} or keyword.iskeyword(
                name
            ):
                name = f"{name}Type"
            names[target] = name
        return Shared(names, modules)


def _provider(url: str, root: str) -> str:
    return url.removeprefix(root).split("/")[0]


def _targets(schema: Any, base: str, library: Library) -> Iterator[str]:
    """Yield the reference targets of a schema, directly and indirectly."""
    for _, inner in levels.subschemas(schema):
        if target := reference(inner, base):
            yield target
            yield from _targets(*looked_up(target, library), library)


def _stem_and_version(target: str) -> tuple[str, tuple[int, ...]]:
    """Return the stem of a definition's name and the version at its end; an empty tuple if it has none."""
    document, _, pointer = target.partition("#")
    stem = naming.stem(document, pointer)
    versioned = _VERSIONED.fullmatch(stem)
    return (versioned[1], tuple(map(int, versioned[2].split("-")))) if versioned else (stem, ())


def pascal(name: str) -> str:
    """Convert a name to a class name: `invoking_event` → `InvokingEvent`. A valid identifier only gets a capital first letter."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", name) if word]
    joined = "".join(word[0].upper() + word[1:] for word in words) or "Field"
    return joined if joined[0].isalpha() else f"N{joined}"


def below(name: str) -> str:
    """Return the name for one item of a list: `ResourceSnapshotItems` → `ResourceSnapshotItem`. Adds `Item` if it sees no plural."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else f"{name}Item"
