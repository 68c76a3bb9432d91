"""What a rule of the law reports, what a rule is, and the files that rules look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from signalbook import jsontext

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from signalbook.registry import Contract, Envelope, Event, Registry


@dataclass(frozen=True, slots=True, order=True)
class Breach:
    """One place that breaks a rule: the file below the root, a JSON Pointer into it, what is wrong and what to do."""

    file: str
    pointer: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its name, why it is there in a line, and the function that finds breaches."""

    name: str
    why: str
    find: Callable[[Registry], Iterable[Breach]]


def files(registry: Registry) -> Iterator[Path]:
    """Yield every JSON file of the tree, examples included, but for the unreadable ones, in order."""
    for path in sorted(registry.root.rglob("*.json")):
        if path.parent.name != "unreadable":
            yield path


def contracts(registry: Registry) -> Iterator[Contract]:
    """Yield every contract: those of events, then those of envelopes."""
    for owner in owners(registry):
        yield from owner.versions.values()


def owners(registry: Registry) -> list[Event | Envelope]:
    """Return all that has contracts: the events, then the envelopes."""
    return [*registry.events.values(), *registry.envelopes.values()]


def formatted(registry: Registry) -> dict[str, bytes]:
    """Return every file of the tree in the canonical format, by its path below the root; files that are not JSON are left out."""
    out = {}
    for path in files(registry):
        try:
            out[path.relative_to(registry.root).as_posix()] = jsontext.canonical(jsontext.loads(path.read_bytes()))
        except jsontext.NotJSON:
            continue
    return out


def nodes(schema: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every subschema of a schema file with its JSON Pointer, the schema itself first."""
    if not isinstance(schema, dict):
        return
    yield pointer, schema
    for keyword in ("properties", "patternProperties", "definitions"):
        for name, inner in schema.get(keyword, {}).items():
            yield from nodes(inner, f"{pointer}/{keyword}/{name.replace('~', '~0').replace('/', '~1')}")
    for keyword in ("items", "additionalProperties", "propertyNames", "not", "contains", "if", "then", "else"):
        yield from nodes(schema.get(keyword), f"{pointer}/{keyword}")
    for keyword in ("allOf", "anyOf", "oneOf"):
        for place, inner in enumerate(schema.get(keyword, [])):
            yield from nodes(inner, f"{pointer}/{keyword}/{place}")
