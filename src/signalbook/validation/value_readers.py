"""Compiles paths into functions that read the values there: created once for each kind of payload, and called for each payload.

Each function does what `registry.recognition` and `envelopes` do for the same path, but decides in advance everything that depends on the path only.
Readers take an object and its *inner* values: those at the keys that longer paths lead through, with JSON text parsed. So each text is parsed once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.reading.strict_json import opened, unfolded
from signalbook.registry.recognition import ABSENT, first_at, holds_keys, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    from signalbook.registry import KeyPart
    from signalbook.registry.recognition import Candidate

    Object = dict[str, Any]
    Decode = Callable[[Any], Any]
    Read = Callable[[Object, Object], Any]
    Path = tuple[str, ...]


def inner(keys: Sequence[str]) -> Callable[[Object], Object]:
    """Return a function that returns the values of an object at `keys`, all of which it has, with JSON text parsed."""
    if len(keys) == 1:
        (key,) = keys
        return lambda one: {key: unfolded(one[key])}
    return lambda one: {key: unfolded(one[key]) for key in keys}


def value(path: Path) -> Read:
    """Return a reader for the value at a path; it returns `ABSENT` if there is none."""
    key, *rest = path
    if not rest:
        return lambda one, _: one.get(key, ABSENT)
    if len(rest) == 1:
        (second,) = rest
        return lambda _, inner: found.get(second, ABSENT) if type(found := inner.get(key)) is dict else ABSENT
    below = tuple(rest)
    return lambda _, inner: value_at(inner.get(key, ABSENT), below)


def text(path: Path) -> Read:
    """Return a reader for the string at a path; it returns None if there is none."""
    if len(path) == 1:
        (key,) = path
        return lambda one, _: found if type(found := one.get(key)) is str else None
    read = value(path)
    return lambda one, inner: found if type(found := read(one, inner)) is str else None


def key_text(rule: KeyPart) -> Read:
    """Return a reader for the text of one part of the key that names an event; it returns None if there is none."""
    read = text(rule.path)
    if not rule.otherwise:
        return read
    otherwise = text(rule.otherwise)
    return lambda one, inner: found if (found := read(one, inner)) is not None else otherwise(one, inner)


def all_of(reads: Sequence[Read]) -> Callable[[Object, Object], Hashable]:
    """Return a reader for what several readers return, as a lookup key: the value of the only reader, or a tuple."""
    if not reads:
        return lambda _one, _inner: ()
    if len(reads) == 1:
        return reads[0]
    if len(reads) == 2:  # noqa: PLR2004 - calling two readers directly is faster than a loop
        first, second = reads
        return lambda one, inner: (first(one, inner), second(one, inner))
    return lambda one, inner: tuple([read(one, inner) for read in reads])


def slot(at: Path, decode: Iterable[Path], last: Decode = opened) -> Decode:
    """Return a reader for the content of an object, at a path without lists; it returns None if there is none.

    The reader decodes JSON text at the paths in `decode`, with `last` for the slot itself.
    """
    steps = [(key, at[: place + 1] in set(decode)) for place, key in enumerate(at)]
    if not steps:
        return lambda one: one
    if len(steps) == 1:
        ((key, is_text),) = steps
        return (lambda one: last(one.get(key))) if is_text else (lambda one: one.get(key))

    *before, (end, is_text_at_end) = steps

    def found(one: Any) -> Any:
        for key, is_text in before:
            one = one.get(key) if type(one) is dict else None
            if is_text:
                one = opened(one)
        one = one.get(end) if type(one) is dict else None
        return last(one) if is_text_at_end else one

    return found


def listed(at: Path, decode: Sequence[Path], last: Decode = opened) -> tuple[Decode | None, Decode]:
    """Return a reader for the list of an envelope whose path has a `*` (else None), and one for the slot in each item, or in the envelope.

    `last` decodes the JSON text in the slot itself.
    """
    if "*" not in at:
        return None, slot(at, decode, last)
    star = at.index("*")
    inside = [place[star + 1 :] for place in decode if place[: star + 1] == at[: star + 1]]
    return slot(at[:star], [place for place in decode if len(place) <= star], opened), slot(
        at[star + 1 :], inside, last
    )


def probes(candidates: Sequence[Candidate], keys: tuple[str, ...]) -> dict[Path, list[Read]]:
    """Return readers for all that the choice between candidates for objects with these keys depends on, by the path of the value they read.

    If they return the same for two objects with these keys, all remaining tests have the same result for both.
    """
    tests: dict[Path, list[Mapping[str, Any]]] = {}
    needed: dict[Path, list[tuple[frozenset[str], int]]] = {}
    for one in candidates:
        # Likely tests only matter if there are several candidates.
        likely = one.known.recognise.likely if len(candidates) > 1 else ()
        for path, test in (*one.some, *one.values, *likely):
            if path[0] in keys and (test or len(path) > 1):
                tests.setdefault(path, []).append(test)
        for path, inside in one.known.recognise.inside.items():
            needed.setdefault(path, []).append(inside)
    out = {path: [_result(path, found)] for path, found in tests.items()}
    for path, insides in needed.items():
        out.setdefault(path, []).extend(_has_keys(path, *inside) for inside in insides)
    return out


def _result(path: Path, tests: Iterable[Mapping[str, Any]]) -> Read:
    """Return a reader for what the results of tests on the value at a path depend on; the fewer different values it returns, the better."""
    read = value(path)
    prefixes = {test["prefix"] for test in tests if "prefix" in test}
    words = {word for test in tests for word in test.get("enum", ())}
    if not prefixes and not words:
        return lambda one, inner: type(read(one, inner))
    if not prefixes:
        return lambda one, inner: (
            found if type(found := read(one, inner)) is str and found in words else type(found)
        )
    if not words and len(prefixes) == 1:
        (prefix,) = prefixes
        return lambda one, inner: (
            found.startswith(prefix) if type(found := read(one, inner)) is str else type(found)
        )
    # One character more than the longest word, so that a longer text equals none of them.
    most = max(map(len, (*words, *prefixes))) + 1
    return lambda one, inner: found[:most] if type(found := read(one, inner)) is str else type(found)


def _has_keys(path: Path, keys: frozenset[str], least: int) -> Read:
    """Return a reader for whether the object at a path, in which * is the first item of an array, has at least `least` of the keys."""
    key, *rest = path
    below = tuple(rest)

    def found(one: Object, inner: Object) -> bool:
        value = first_at(inner.get(key, ABSENT), below) if below else one.get(key, ABSENT)
        return holds_keys(value, keys, least)

    return found
