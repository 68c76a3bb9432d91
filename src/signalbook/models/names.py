"""The names of generated types: classes and aliases of shared definitions, classes of objects inside, and marks that `text` replaces."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook import levels, naming
from signalbook.models.merging import looked_up, reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from signalbook.engine import Library
    from signalbook.levels import Schema

IMPORTED = "SIGNALBOOK_"
"""Before the name of a module that `text` turns into a relative import."""
HERE = "SIGNALBOOK_HERE_"
"""Before the name of a class that stands in the same module."""
NULL = "SIGNALBOOK_NULL"
"""Stands for null in the type of an optional field."""
TEXT = "SIGNALBOOK_TEXT"
"""Stands beside the type of what a string holds as JSON text."""
TIME = "SIGNALBOOK_TIME_"
"""Before the number of a time in a module's list of times."""

_VERSIONED = re.compile(r"(.+?)-([0-9]+(?:-[0-9]+)*)")


@dataclass(frozen=True)
class Shared:
    """The shared definitions that some contracts refer to: target (a URL, with a fragment where it leads into a document) → name and module."""

    names: dict[str, str]
    modules: dict[str, str]

    @staticmethod
    def of(documents: Iterable[Schema], library: Library, root: str, taken: frozenset[str]) -> Shared:
        """Return names for all that documents refer to, and for what that refers to. `root` is the base URL of the tree.

        The name is that of the file: `instance-id.json` → `InstanceId`. The newest of several versions is called without its number, so that the
        types of two versions of an event can be compared: `cts-trace-1-2.json` → `CtsTrace`, and beside it `CtsTraceV10`. `taken` are names of classes.
        """
        found = [(_provider(document["$id"], root), target) for document in documents for target in _targets(document, document["$id"], library)]
        targets = sorted({target for _, target in found})
        # Where a provider uses what another defines, one module holds the types of all: two modules that need each other cannot be imported.
        together = any(provider != _provider(target, root) for provider, target in found)
        modules = {target: "types" if together else f"types__{_provider(target, root)}" for target in targets}
        names: dict[str, str] = {}
        for target in sorted(targets, key=_stem_and_version, reverse=True):
            stem, version = _stem_and_version(target)
            beside = [other for other in names if modules[other] == modules[target]]
            older = any(_stem_and_version(other)[0] == stem and _provider(other, root) == _provider(target, root) for other in beside)
            name = pascal(stem) + (f"V{''.join(map(str, version))}" if older else "")
            if name in (names[other] for other in beside):
                name = f"{pascal(_provider(target, root))}{name}"
            while name in {*(names[other] for other in beside), *taken, *naming.TAKEN} or keyword.iskeyword(name):
                name = f"{name}Type"
            names[target] = name
        return Shared(names, modules)


def _provider(url: str, root: str) -> str:
    return url.removeprefix(root).split("/")[0]


def _targets(schema: Any, base: str, library: Library) -> Iterator[str]:
    """Yield what a schema refers to, and what that refers to."""
    for _, inner in levels.subschemas(schema):
        if target := reference(inner, base):
            yield target
            yield from _targets(*looked_up(target, library), library)


def _stem_and_version(target: str) -> tuple[str, tuple[int, ...]]:
    """Return what a definition is called, and the version at the end of its name, if it has one."""
    document, _, pointer = target.partition("#")
    stem = naming.stem(document, pointer)
    versioned = _VERSIONED.fullmatch(stem)
    return (versioned[1], tuple(map(int, versioned[2].split("-")))) if versioned else (stem, ())


def pascal(name: str) -> str:
    """Return a name as that of a class: `invoking_event` → `InvokingEvent`; a name that is none already gets its first letter large."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", name) if word]
    joined = "".join(word[0].upper() + word[1:] for word in words) or "Field"
    return joined if joined[0].isalpha() else f"N{joined}"


def below(name: str) -> str:
    """Return the name of one item of a list: `ResourceSnapshotItems` → `ResourceSnapshotItem`; `Item` is added where no plural is seen."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else f"{name}Item"
