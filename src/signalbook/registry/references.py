"""Checks the references between the schema files of a tree: each must resolve, and none may be circular."""

from __future__ import annotations

from typing import TYPE_CHECKING

from signalbook.engine.levels import subschemas
from signalbook.engine.schema_validator import Unresolved, address
from signalbook.reading import pointers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from signalbook.engine.levels import Schema
    from signalbook.engine.schema_validator import Library

Place = tuple[str, str]
"""The URL of a document, and a JSON Pointer into it."""


MOST = 100_000
"""Maximum number of references in one document after expanding all of them. The largest contract of the catalogue has a few hundred."""

References = list[tuple[str, str]]
"""The references of a schema file: the pointer and the text of each."""


def references(schema: Schema) -> References:
    """Return the pointer and the text of every reference in a schema file."""
    return [
        (pointers.join((*path, "$ref")), node["$ref"])
        for path, node in subschemas(schema)
        if isinstance(node.get("$ref"), str)
    ]


def dead(found: References, base: str, library: Library) -> Iterator[tuple[str, str]]:
    """Yield the references of the document `base` that do not resolve."""
    for pointer, reference in found:
        try:
            library.look_up(base, reference)
        except Unresolved:
            yield pointer, reference


def circles(found: Mapping[str, References]) -> Iterator[tuple[str, str, str]]:
    """Yield (URL of the document, pointer, text) of each reference that closes a circle; `found` has the references by URL.

    Every reference must resolve: call `dead` first.
    Generators, fuzzers and strict validation need finite schemas, and no notification refers to itself.
    """
    outgoing = {
        url: [(pointer, text, address(url, text)) for pointer, text in inside]
        for url, inside in found.items()
    }
    done: set[Place] = set()
    for url in found:
        yield from _circles_from((url, ""), outgoing, (), done)


def _circles_from(
    place: Place,
    outgoing: Mapping[str, list[tuple[str, str, Place]]],
    way: tuple[Place, ...],
    done: set[Place],
) -> Iterator[tuple[str, str, str]]:
    if place in done:
        return
    document, inside = place
    for pointer, text, target in outgoing.get(document, ()):
        if not _within(pointer, inside):
            continue
        if any(target[0] == seen[0] and _within(seen[1], target[1]) for seen in (*way, place)):
            yield document, pointer, text
        else:
            yield from _circles_from(target, outgoing, (*way, place), done)
    done.add(place)


def _within(pointer: str, outer: str) -> bool:
    return pointer == outer or pointer.startswith(f"{outer}/")


def too_many(found: Mapping[str, References]) -> Iterator[tuple[str, int]]:
    """Yield the URL of each document with more than `MOST` references after expanding all of them, and their number.

    Call `circles` first. Thirty definitions that each refer to the next one twice expand to a billion references, which no memory holds.
    """
    outgoing = {
        url: [(pointer, address(url, text)) for pointer, text in inside] for url, inside in found.items()
    }
    counted: dict[Place, int] = {}
    for url in found:
        if (count := _written_out((url, ""), outgoing, counted)) > MOST:
            yield url, count


def _written_out(
    place: Place, outgoing: Mapping[str, list[tuple[str, Place]]], counted: dict[Place, int]
) -> int:
    if place not in counted:
        document, inside = place
        targets = [target for pointer, target in outgoing.get(document, ()) if _within(pointer, inside)]
        counted[place] = len(targets) + sum(_written_out(target, outgoing, counted) for target in targets)
    return counted[place]
