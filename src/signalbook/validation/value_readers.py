"""Compiles paths into functions that read the values there: created once for each kind of payload, and called for each payload.

Each function does what `registry.recognition` and `envelopes` do for the same path, but decides in advance everything that depends on the path only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from signalbook.reading.strict_json import opened
from signalbook.registry.recognition import ABSENT, first_at, value_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from signalbook.registry import KeyPart
    from signalbook.registry.recognition import Candidate

    Read = Callable[[Any], Any]
    Path = tuple[str, ...]


def value(path: Path) -> Read:
    """Return a reader for the value at a path of an object, also through strings that hold JSON text; it returns `ABSENT` if there is none."""
    if len(path) == 1:
        (key,) = path
        return lambda one: one.get(key, ABSENT)
    if len(path) == 2:  # noqa: PLR2004 - deeper paths are rare
        first, second = path

        def below(one: Any) -> Any:
            inner = one.get(first, ABSENT)
            if type(inner) is str:
                inner = opened(inner)
            return inner.get(second, ABSENT) if type(inner) is dict else ABSENT

        return below
    return lambda one: value_at(one, path)


def _text(rule: KeyPart) -> Read:
    """Return a reader for the text of one part of the key that names an event; it returns None if there is none."""
    if len(rule.path) == 1 and not rule.otherwise:
        (key,) = rule.path
        return lambda one: text if type(text := one.get(key)) is str else None
    read = value(rule.path)
    otherwise = value(rule.otherwise) if rule.otherwise else None

    def found(one: Any) -> str | None:
        text = read(one)
        if type(text) is not str and otherwise:
            text = otherwise(one)
        return text if type(text) is str else None

    return found


def texts(rules: Sequence[KeyPart]) -> Read:
    """Return a reader for the texts of a whole key: the text of its only part, or a tuple of all."""
    reads = [_text(rule) for rule in rules]
    if len(reads) == 1:
        return reads[0]
    if len(reads) == 2:  # noqa: PLR2004 - most keys have two parts
        first, second = reads
        return lambda one: (first(one), second(one))
    return lambda one: tuple([read(one) for read in reads])


def _slot(at: Path, decode: Iterable[Path], last: Read) -> Read:
    """Return a reader for the content of an envelope, at a path without lists; it returns None if there is none.

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


def held(at: Path, decode: Sequence[Path], last: Read = opened) -> tuple[Read | None, Read]:
    """Return a reader for the list of an envelope whose path has a `*` (else None), and one for the slot in each item, or in the envelope.

    `last` decodes the JSON text in the slot itself.
    """
    if "*" not in at:
        return None, _slot(at, decode, last)
    star = at.index("*")
    inside = [place[star + 1 :] for place in decode if place[: star + 1] == at[: star + 1]]
    return _slot(at[:star], [place for place in decode if len(place) <= star], opened), _slot(
        at[star + 1 :], inside, last
    )


def look(candidates: Sequence[Candidate], keys: tuple[str, ...]) -> Read | None:
    """Return a reader for all values that the choice between candidates for these keys depends on, as a lookup key; None if there are none.

    If it returns the same for two objects with these keys, all remaining tests have the same result for both.
    """
    tests: dict[Path, list[Mapping[str, Any]]] = {}
    inside: dict[Path, None] = {}
    for one in candidates:
        # Likely tests only matter if there are several candidates.
        likely = one.known.recognise.likely if len(candidates) > 1 else ()
        for path, test in (*one.some, *one.values, *likely):
            if path[0] in keys and (test or len(path) > 1):
                tests.setdefault(path, []).append(test)
        inside |= dict.fromkeys(one.known.recognise.inside)
    probes = [*(_probe(path, found) for path, found in tests.items()), *map(_inside, inside)]
    if len(probes) < 2:  # noqa: PLR2004 - no tuple is needed
        return probes[0] if probes else None
    return lambda one: tuple([probe(one) for probe in probes])


def _probe(path: Path, tests: list[Mapping[str, Any]]) -> Read:
    read = value(path)
    words = [
        word
        for test in tests
        for word in (*test.get("enum", ()), *([test["prefix"]] if "prefix" in test else ()))
    ]
    if not words:
        return lambda one: type(read(one))
    # Keep one character more than the longest word, so that a longer text equals none of them.
    most = max(map(len, words)) + 1

    def found(one: Any) -> Any:
        text = read(one)
        return text[:most] if type(text) is str else type(text)

    return found


def _inside(path: Path) -> Read:
    read = value(path)

    def keys(one: Any) -> Any:
        found = first_at(one, path) if "*" in path else read(one)
        return tuple(found) if type(found) is dict else type(found)

    return keys
